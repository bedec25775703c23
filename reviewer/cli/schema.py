"""`reviewer schema`: JSON Schemas of the files that go in and out, made from the models that read them."""

from __future__ import annotations

import click

from reviewer.cli.output import print_json, table

NAMES = ("timeline", "task", "notes", "packet", "approval", "config", "policy")


@click.command(short_help="Print the JSON Schema of a file that goes in or out.")
@click.argument("name", required=False, type=click.Choice(NAMES), metavar="[NAME]")
def command(name: str | None) -> None:
    """Print the JSON Schema (draft 2020-12) of NAME; without it, what there is.

    An agent that nobody wrote an importer for can still be reviewed: let it, or a script of yours, write its run as
    timeline.jsonl, one JSON object a line, and give it to `reviewer pack --session timeline.jsonl`.

    \b
      {"kind": "run", "agent": "my-agent", "cwd": "/work/shop", "models": ["m-1"]}
      {"kind": "prompt", "text": "Make the cart total right.", "time": "2026-03-02T09:00:00Z"}
      {"kind": "read", "path": "src/cart.py"}
      {"kind": "edit", "path": "src/cart.py", "applied": true, "patch": "@@ @@\\n-a\\n+b"}
      {"kind": "command", "line": "pytest -q", "exit_code": 0, "output": "3 passed in 0.1s\\n"}
      {"kind": "message", "text": "The total counts the discount once."}

    Only `kind` and the fields that say something are needed. Numbers, turns, and a command's state, kind and test
    counts are worked out; `output` is its text. A field that is wrong is named in the packet, and the rest counts. What
    the run does not know is left out: an absent exit code is not 0.
    """  # noqa: D301 - click's mark for lines that stay as they are
    from reviewer.workflow.schema import names, schema

    if name is None:
        table(names().items())
    else:
        print_json(schema(name))
