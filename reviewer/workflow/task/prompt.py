"""A task contract as a prompt: plain text for any agent, with the note that asks it to write down what it assumed.

Pure. Says what the contract says and nothing more; a key that is missing gives no line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.workflow.task.notes import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.workflow.contract import Contract

_NETWORK = {
    "deny": "Do not use the network.",
    "allowlist": "Use the network only to reach these hosts:",
    "open": "The network may be used.",
}
NOTE = f"""\
When you end, write a file {NAME} at the root of the repository and do not commit it. It is TOML:

    [[assumption]]            # one for each thing that you took for granted or did not check
    text = "..."
    risk = "low"              # low, medium or high: what happens if it is wrong
    confidence = 0.8          # 0 to 1
    where = "path/file.py:12" # leave it out if it has no place

    [rollback]
    strategy = "..."
    steps = ["..."]
    triggers = ["..."]        # what would make a person undo the change

Write down what you did not run and what did not pass. Claim nothing that you did not see."""


def render(contract: Contract) -> str:
    """Return the prompt, ending in a line feed."""
    return "\n\n".join(_parts(contract)) + "\n"


def _parts(contract: Contract) -> Iterator[str]:
    task, scope, rollback = contract.task, contract.scope, contract.rollback
    if task.prompt:
        yield task.prompt
    if task.objective:
        yield f"Objective: {task.objective}"
    if task.issue:
        yield f"Issue: {task.issue}"
    yield from _list("Constraints", task.constraints)
    yield from _list("Not part of this task", task.non_goals)
    yield from _list("Change only files that match", scope.allowed_paths, "Change no files.")
    yield from _list("Never change files that match", scope.forbidden_paths)
    yield from _list("Use only these tools", scope.allowed_tools, "Use no tools.")
    yield from _list("Run only commands that start with", scope.allowed_commands, "Run no commands.")
    if scope.network:
        said = _NETWORK[scope.network]
        yield "\n".join([said, *(f"- {host}" for host in (scope.hosts or []) if scope.network == "allowlist")])
    yield from _list("Done when", task.done_when)
    yield from _list("After your last edit, these commands have to pass", task.required_commands)
    yield from _list("Stop rules", [_rule(rule) for rule in scope.stop_rules or []])
    if rollback.strategy:
        yield f"The change will be undone by: {rollback.strategy}"
    yield NOTE


def _list(title: str, entries: Sequence[str] | None, none: str | None = None) -> Iterator[str]:
    if entries:
        yield "\n".join([f"{title}:", *(f"- {entry}" for entry in entries)])
    elif entries is not None and none is not None:
        yield none


def _rule(rule: str) -> str:
    name, _, value = rule.partition(":")
    match name.strip(), value.strip():
        case "after", "required_green":
            return "Once the required commands pass, change nothing more."
        case "max_repeats", number:
            return f"Do not run a command that fails more than {number} times: stop and say what you know."
        case "max_files_read", number:
            return f"Read no more than {number} files: then stop and ask."
        case "deny_tools", names:
            return f"Never use: {names}."
        case _:
            return rule
