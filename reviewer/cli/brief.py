"""The brief as lines of plain text: each section, each field with how it is known, 80 columns wide.

Knows the manifest and words; prints nothing itself. Texts of the packet are quoted with a bar in front, so that nobody
takes the agent's words for ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewer.cli.output import fold, wrap
from reviewer.packet.member import TIMELINE
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviewer.packet.loader import Packet
    from reviewer.packet.manifest import CommandRow, Manifest, Session

BRIEF = (
    *("task", "scope", "plan", "timeline", "commands", "retries", "assumptions", "rollback", "cost"),
    *("origin", "change", "files", "redactions", "omissions"),
)
NOT_RECORDED = "not recorded"
LOST = "lost"
COURSE = {
    "planned_untouched": "planned, not touched",
    "touched_unplanned": "touched, not planned",
    "claimed_not_run": "claimed, not run",
    "run_before_last_edit": "run before the last edit",
    "scope_exceeded": "beyond the scope",
    "claimed_not_changed": "edited, not in the change",
    "changed_not_claimed": "changed, by no edit of the run",
    "edited_unread": "edited without being read",
}
"""What each kind of the manifest's `[[course]]` is called."""
_LABEL = 23
_TEXT_LINES = 40


def header(packet: Packet) -> Iterator[str]:
    """Yield what every look at a packet starts with: which one it is."""
    manifest = packet.manifest
    yield wrap(manifest.title)
    yield f"packet {manifest.id}"
    yield f"made   {manifest.created} by {manifest.producer.name} {manifest.producer.version}"
    yield f"key    {packet.key}"


def render(section: str, packet: Packet) -> Iterator[str]:
    """Yield the lines of one section.

    Args:
        section: one of `BRIEF`.
        packet: an open packet.
    """
    yield _TITLES[section].upper()
    yield from _SECTIONS[section](packet)


def _task(packet: Packet) -> Iterator[str]:
    yield from _graded(packet.manifest.task, "task")


def _scope(packet: Packet) -> Iterator[str]:
    manifest = packet.manifest
    yield from _graded(manifest.scope, "scope")
    for denial in manifest.denial:
        yield wrap(f"denied: {denial.tool} | {denial.what}", "    | ", first="  ")
        if denial.said:
            yield wrap(denial.said, "    | ", first="    the person said | ")
    for host in manifest.host:
        yield wrap(
            f"host {host.host}, {plural(host.times, 'time')}, by {', '.join(host.ways)}{_told(host)}",
            "    ",
            first="  ",
        )
    for effect in manifest.effect:
        ran = {True: "", False: ", did not run", None: ", whether it ran is not recorded"}[effect.reached]
        yield wrap(f"{effect.what.replace('_', ' ')}{ran}{_told(effect)}", "    ", first="  outside the diff: ")
        yield wrap(effect.text, "    | ")


def _plan(packet: Packet) -> Iterator[str]:
    plan = packet.manifest.plan
    yield from _graded(plan, "plan", skip=("steps",))
    if plan.steps:
        yield f"  steps ({plan.known.get('steps', 'absent')})"
        for step in plan.steps:
            yield wrap(step.text, " " * 18, first=f"    {step.status:<12}  ")
    else:
        yield _field("steps", plan.known.get("steps"), [])
    yield "  where plan, doing and saying part"
    for row in packet.manifest.course:
        yield wrap(f"{COURSE[row.what]}: {row.text}", "      ", first="    ")
        yield wrap(f"{row.detail or ''}{_told(row)}".strip(), "      ")
    if not packet.manifest.course:
        yield f"    {'nowhere that a rule sees' if _has_run(packet.manifest) else NOT_RECORDED}"


def _timeline(packet: Packet) -> Iterator[str]:
    from reviewer.cli.timeline_text import event_line
    from reviewer.run.timeline import parse

    events = parse(packet.read(TIMELINE), f"{packet.path.name}: {TIMELINE}")
    if not events:
        yield f"  {NOT_RECORDED}"
    for event in events:
        yield event_line(event)


def _commands(packet: Packet) -> Iterator[str]:
    manifest = packet.manifest
    yield from _none_or(manifest.command, manifest, "no commands")
    for row in manifest.command:
        yield from _command(row)


def _command(row: CommandRow) -> Iterator[str]:
    exit_code = "exit not recorded" if row.exit_code is None else f"exit {row.exit_code}"
    seconds = "" if row.seconds is None else f", {row.seconds:g} s"
    facts = [row.kind, row.state, exit_code + seconds]
    if row.after_last_edit is not None:
        facts.append("after the last edit" if row.after_last_edit else "before the last edit")
    if row.retry_of is not None:
        facts.append(f"again after {row.retry_of}")
    if row.selection is not None:
        facts.append(f"narrowed to {row.selection}")
    if row.tests:
        facts.append(", ".join(f"{count:,} {name}" for name, count in row.tests.items()))
    if row.log is None:
        facts.append("output not recorded")
    elif row.log_cut:
        facts.append("output cut")
    yield wrap(row.line, "       | ", first=f"  {row.n:>3}  | ")
    yield wrap(", ".join(facts) + f" ({row.known})", " " * 7)
    if row.not_conclusive:
        yield wrap(f"the exit code is not conclusive: {row.not_conclusive}", " " * 7)


def _retries(packet: Packet) -> Iterator[str]:
    manifest = packet.manifest
    yield from _none_or(manifest.retry, manifest, "no retries")
    for row in manifest.retry:
        alone = row.path is None and len(row.command) == 1
        numbers = ", ".join(map(str, row.command))
        what = f"edits of {row.path}" if row.path is not None else f"command{'' if alone else 's'} {numbers}"
        said = "failed, never tried again" if alone else row.outcome.replace("_", " ")
        yield wrap(f"{what}: {said}{_told(row)}", "    ", first="  ")
        if row.path is None and not alone:
            yield wrap(f"changed between: {', '.join(row.what_changed_between) or 'no file recorded'}", "    ")
    for refused in manifest.edit_refused:
        again = "a later edit took effect" if refused.retried else "no later edit took effect"
        yield wrap(f"edit of {refused.path} refused, {again}{_told(refused)}", "    ", first="  ")
        yield wrap(refused.reason, "    | ")


def _assumptions(packet: Packet) -> Iterator[str]:
    manifest = packet.manifest
    yield from _none_or(manifest.assumption, manifest, "no assumptions found")
    for row in manifest.assumption:
        yield wrap(row.text, "  | ")
        facts = [f"risk {row.risk or NOT_RECORDED}", f"confidence {_scalar(row.confidence)}", row.where or ""]
        yield wrap(", ".join(filter(None, facts)) + f" ({row.known}{_rule(row.rule)})", "    ")
    if manifest.claim:
        yield "  the agent says"
    for claim in manifest.claim:
        yield wrap(claim.text, "  | ")
        evidence = "no command bears it out" if claim.evidence is None else f"command {claim.evidence} bears it out"
        yield wrap(f"{evidence} ({claim.known}{_rule(claim.rule)})", "    ")
    if manifest.question:
        yield "  the agent asked"
    for question in manifest.question:
        yield wrap(question.text, "  | ")
        yield wrap("no answer recorded" if question.answer is None else f"answer: {question.answer}", "    ")


def _rollback(packet: Packet) -> Iterator[str]:
    yield from _graded(packet.manifest.rollback, "rollback")


def _cost(packet: Packet) -> Iterator[str]:
    yield from _graded(packet.manifest.cost, "cost")
    yield from _graded(packet.manifest.end, "end")


def _origin(packet: Packet) -> Iterator[str]:
    origin = packet.manifest.origin
    yield from _graded(origin, "origin", skip=("transcript", "operator"))
    who = origin.operator
    words = None if who is None else f"{who.name} <{who.email}>" if who.email else who.name
    yield _field("operator", origin.known.get("operator"), words)
    if not origin.transcript:
        yield _field("transcript", origin.known.get("transcript"), [])
    for log in origin.transcript:
        place = log.path or f"left out: {log.left_out or 'no reason given'}"
        yield _field("transcript", origin.known.get("transcript"), f"{log.format}, {place}")
        unknown = sum(log.unknown.values())
        yield f"    {plural(log.records, 'record')}, {unknown:,} not understood, {plural(log.torn, 'byte')} torn"
        yield f"    sha256 {log.sha256}"
        if log.chosen_because:
            yield wrap(f"taken because {log.chosen_because}", "    ")
    for session in packet.manifest.session:
        yield from _session(session)


def _session(row: Session) -> Iterator[str]:
    span = f"{row.started or NOT_RECORDED} to {row.ended or NOT_RECORDED}"
    yield wrap(f"session {row.n}: {row.agent} {', '.join(row.versions)}".rstrip(), "    ", first="  ")
    yield wrap(f"{span}, {plural(row.commands, 'command')}, {plural(row.edits, 'edit')}, ended: {row.end}", "    ")
    link = "UNRELATED to these commits" if row.link == "unrelated" else f"linked by {row.link.replace('_', ' ')}"
    yield wrap(f"{link}{': ' + row.link_evidence if row.link_evidence else ''}{_told(row)}", "    ")


def _change(packet: Packet) -> Iterator[str]:
    change = packet.manifest.change
    yield _field("repository", "recorded", change.repository)
    yield _field("base", "recorded", change.base)
    yield _field("head", "recorded", change.head)
    yield _field("target_ref", None if change.target_ref is None else "derived", change.target_ref)
    yield _field("commits", "recorded", str(len(change.commits)))
    lines = f"{plural(change.files, 'file')}, +{change.added:,} -{change.removed:,} lines"
    yield _field("size", "recorded", lines)
    yield _field("change", "recorded", change.manifest_sha256)


def _files(packet: Packet) -> Iterator[str]:
    for row in packet.manifest.file_changed:
        lines = "binary" if row.added is None else f"+{row.added} -{row.removed or 0}"
        facts = [f"by {row.by}"] if row.by != "unknown" else ["who is not recorded"]
        if row.generated:
            facts.append("generated")
        if row.read_before_edit is not None:
            facts.append("read before" if row.read_before_edit else "not read before the edit")
        name = row.path if row.old_path is None else f"{row.old_path} -> {row.path}"
        yield wrap(f"{name}", "      ", first=f"  {row.status} ")
        yield wrap(f"{lines}, {', '.join(facts)} ({row.known})", "      ")
    for told in packet.manifest.attribution:
        lines = "the whole file" if told.first is None else f"lines {told.first}-{told.last}"
        who = " ".join(filter(None, (told.by, told.agent, told.model)))
        yield wrap(f"{told.path}: {lines} by {who}, says {told.source}{_told(told)}", "      ", first="  ")
    read = packet.manifest.file_read
    if read:
        yield f"  read by the agent: {plural(len(read), 'file')}"
    for entry in read:
        where = ", outside the repository" if entry.outside_repo else ""
        yield wrap(f"{entry.path} ({plural(entry.times, 'time')}{where}, {entry.known})", "      ", first="    ")


def _redactions(packet: Packet) -> Iterator[str]:
    rows = packet.manifest.redaction
    if not rows:
        yield "  nothing was masked"
    for row in rows:
        yield wrap(f"{row.file}: {row.rule}, {plural(row.count, 'time')}", "  ")


def _omissions(packet: Packet) -> Iterator[str]:
    rows = packet.manifest.omission
    if not rows:
        yield "  nothing was left out"
    for row in rows:
        yield wrap(f"{row.what}: {row.reason}", "  ")


def _graded(table: Any, name: str, *, skip: Sequence[str] = ()) -> Iterator[str]:  # noqa: ANN401 - any graded table
    for field in type(table).model_fields:
        if field == "known" or field in skip:
            continue
        label = field if name != "end" else f"end {field}"
        yield _field(label, table.known.get(field), getattr(table, field))


def _field(label: str, known: str | None, value: object) -> str:
    start = f"  {label:<{_LABEL}}"
    if known in {None, "absent"}:
        return f"{start}{NOT_RECORDED}"
    if known == "lost":
        return f"{start}{LOST}: it was recorded, and is no more"
    if isinstance(value, list | tuple):
        if not value:
            return f"{start}none ({known})"
        lines = [wrap(f"{entry}", "      | ", first="    - | ") for entry in value]
        return "\n".join([f"{start}({known})", *lines])
    if isinstance(value, str) and ("\n" in value or len(value) > 80 - _LABEL - 16):
        return "\n".join([f"{start}({known})", fold(value, "    | ", most=_TEXT_LINES)])
    return f"{start}{_scalar(value)} ({known})"


def _scalar(value: object) -> str:
    match value:
        case None:
            return NOT_RECORDED
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.0f}" if value >= 10_000 else f"{value:g}"
        case _:
            return str(value)


def _told(row: Any) -> str:  # noqa: ANN401 - any row that says how it is known
    return f" ({row.known}{_rule(row.rule)})"


def _has_run(manifest: Manifest) -> bool:
    return bool(manifest.origin.transcript or manifest.command or manifest.tool_call)


def _rule(rule: str | None) -> str:
    return f" by rule {rule}" if rule else ""


def _none_or(rows: Iterable[object], manifest: Manifest, none: str) -> Iterator[str]:
    if not rows:
        yield f"  {none if _has_run(manifest) else NOT_RECORDED}"


_TITLES = {name: name for name in BRIEF} | {"cost": "cost and end", "files": "files changed and read"}
_SECTIONS: dict[str, Callable[[Packet], Iterator[str]]] = {
    "task": _task,
    "scope": _scope,
    "plan": _plan,
    "timeline": _timeline,
    "commands": _commands,
    "retries": _retries,
    "assumptions": _assumptions,
    "rollback": _rollback,
    "cost": _cost,
    "origin": _origin,
    "change": _change,
    "files": _files,
    "redactions": _redactions,
    "omissions": _omissions,
}
