"""Stop rules that can be checked: what each form means, and whether the run kept to it by what the packet derives.

Pure; knows the manifest only, not the order of events. The forms are `after: required_green`, `max_repeats: N`,
`max_files_read: N` and `deny_tools: A, B`; any other text is for a person.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.shell_words import bare, narrower, split
from reviewer.run.shell.command_line import analyse
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.packet.manifest import Manifest

LISTS = "lists only"
"""What is said of a test run that shows the names of tests and runs none."""
Found: TypeAlias = tuple[Literal["kept", "broken", "untold", "yours"], str, tuple[int, ...]]


def stop_rule(said: str, required: Sequence[str], manifest: Manifest) -> Found:
    """Return how a run stands to a stop rule: the standing, what it follows from, and events."""
    name, _, value = (part.strip() for part in said.partition(":"))
    known = {"after", "max_repeats", "max_files_read", "deny_tools"}
    if name not in known:
        return "yours", "read the timeline for it", ()
    if not (manifest.origin.transcript or manifest.command or manifest.tool_call):
        return "untold", "no run is recorded", ()
    match name, value:
        case "after", "required_green":
            return _after_green(required, manifest)
        case "max_repeats", number if number.isascii() and number.isdigit():
            return _repeats(int(number), manifest)
        case "max_files_read", number if number.isascii() and number.isdigit():
            read = len(manifest.file_read)
            standing: Literal["kept", "broken"] = "broken" if read > int(number) else "kept"
            return standing, f"{plural(read, 'file')} {'was' if read == 1 else 'were'} read", ()
        case "deny_tools", names:
            return _denied([name.strip().casefold() for name in names.split(",")], manifest)
    return "yours", f"'{value}' is no form of '{name}' that can be checked", ()


def _after_green(required: Sequence[str], manifest: Manifest) -> Found:
    if not required:
        return "untold", "the contract requires no command", ()
    green = [
        next((row for row in manifest.command if row.state == "passed" and is_run_of(wanted, row.line)), None)
        for wanted in required
    ]
    if None in green:
        return "kept", "the required commands were never all green", ()
    last = max((row for row in green if row is not None), key=lambda row: row.n)
    if last.after_last_edit is False:
        return (
            "broken",
            f"files were edited after command {last.n} had made the required commands green",
            tuple(last.events),
        )
    return "kept", f"nothing was edited after command {last.n}", tuple(last.events)


def _repeats(most: int, manifest: Manifest) -> Found:
    failed = [row for row in manifest.command if row.state == "failed"]
    counts = Counter(analyse(row.line).key or row.line for row in failed)
    worst, times = max(counts.items(), key=lambda entry: entry[1], default=("", 0))
    events = tuple(number for row in failed if (analyse(row.line).key or row.line) == worst for number in row.events)
    if times > most:
        return "broken", f"'{worst}' failed {plural(times, 'time')}", events
    return "kept", f"no command failed more than {plural(times, 'time')}", ()


def _denied(names: Sequence[str], manifest: Manifest) -> Found:
    used = [row for row in manifest.tool_call if row.times and row.tool.casefold() in names]
    if not used:
        return "kept", "none of them was used", ()
    said = ", ".join(f"{row.tool} {plural(row.times, 'time')}" for row in used)
    return "broken", f"used: {said}", tuple(number for row in used for number in row.events[:10])


def is_run_of(wanted: str, line: str) -> bool:
    """Return whether a command line runs a wanted one: the same words, more options allowed, whatever stands around."""
    want, ran = analyse(wanted), analyse(line)
    if ran.selection == LISTS and want.selection != LISTS:
        return False
    if want.key and (ran.key == want.key or want.key in ran.key.split(" && ")):
        return True
    parts = [words for part in split(line) if (words := bare(part))]
    wholes = [words for part in split(wanted) if (words := bare(part)) and words[0] != "cd"]
    # `pytest -q` is a run of `pytest`; `pytest tests/one.py`, narrowed, is not.
    tool, runs = _module(want.tool), _module(ran.tool)
    if len(wholes) < 2 and tool and runs[: len(tool)] == tool and ran.selection == want.selection:
        return True
    # `go test -count=1 ./...` is a run of `go test ./...`: the same words, and options between them.
    return bool(wholes) and all(any(narrower(whole, part) is False for part in parts) for whole in wholes)


def _module(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a tool, `python -m tool` as the tool itself."""
    is_module = len(words) > 2 and words[0].startswith("python") and words[1] == "-m"
    return words[2:] if is_module else words
