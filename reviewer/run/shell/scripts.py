"""Files that a small script on a command line reads and writes: Python, JavaScript, Ruby (rule `edit-by-shell`).

Pure: the script's text in, facts out; nothing of it is run or parsed as a language. Only paths that stand in the script
as plain texts are told, by themselves or through a name that is given such a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.shell import words as shell_words

if TYPE_CHECKING:
    from reviewer.run.event import EditOperation

_MAX_SCRIPT = 128 * 1024
_MAX_FOUND = 400
_STRING = (
    r"[rRbBuUfF]{0,2}(?:'''(?:[^'\\]++|\\.|'(?!''))*+'''|\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\""
    r"|'(?:[^'\\\n]++|\\.)*+'|\"(?:[^\"\\\n]++|\\.)*+\"|`(?:[^`\\]++|\\.)*+`)"
)
_ARG = rf"(?:{_STRING}|[A-Za-z_]\w*+)"
_CALLS: dict[str, str] = {
    **dict.fromkeys(("os.remove", "os.unlink", "shutil.rmtree", "fs.unlinkSync", "fs.rmSync", "File.delete"), "delete"),
    **dict.fromkeys(("os.rename", "os.replace", "shutil.move", "fs.renameSync", "File.rename"), "rename"),
    **dict.fromkeys(("shutil.copy", "shutil.copyfile", "shutil.copy2", "fs.copyFileSync", "FileUtils.cp"), "copy"),
    **dict.fromkeys(("fs.writeFileSync", "fs.writeFile", "File.write", "IO.write", "Deno.writeTextFile"), "write"),
    **dict.fromkeys(("fs.appendFileSync", "fs.appendFile"), "append"),
    **dict.fromkeys(("fs.readFileSync", "fs.readFile", "File.read", "IO.read", "File.readlines"), "read"),
    **dict.fromkeys(("Deno.readTextFile", "readFileSync", "readFile"), "read"),
    **dict.fromkeys(("writeFileSync", "writeFile", "Bun.write"), "write"),
}
_SCAN = re.compile(
    rf"""
    \b(?P<name>[A-Za-z_]\w*+)[ \t]{{0,9}}(?::=|=(?!=))[ \t]{{0,9}}\(?\s{{0,9}}(?:(?:pathlib\.)?Path\(\s{{0,9}})?
        (?P<value>{_STRING})(?=[ \t]{{0,9}}\)?[ \t]{{0,9}}(?:[;,#\n)]|\Z))
  | \bfor\s{{1,9}}(?:const\s|let\s|var\s)?\(?(?P<each>[A-Za-z_]\w*+)\s{{1,9}}(?:in|of)\s{{1,9}}
        [\[(](?P<values>(?:\s*+{_STRING}\s*+,?+)++)\s*+[\])]
  | \b(?:io\.)?open\(\s{{0,9}}(?:(?:pathlib\.)?Path\(\s{{0,9}})?(?P<opened>{_ARG})\s{{0,9}}\)?
        (?:\s{{0,9}},\s{{0,9}}(?:mode\s?=\s?)?(?P<mode>['"][rwaxb+tU]{{1,4}}['"]))?[^()\n]{{0,200}}+\)
        (?:\s{{1,9}}as\s{{1,9}}(?P<handle>\w{{1,80}})|\.write\(\s{{0,9}}(?P<text>{_ARG})\s{{0,9}}\))?
  | \b(?P<call>{"|".join(re.escape(name) for name in _CALLS)})\(\s{{0,9}}(?P<one>{_ARG})\s{{0,9}}
        (?:,\s{{0,9}}(?P<two>{_ARG})(?=\s{{0,9}}[,)]))?
  | (?:\bPath\(\s{{0,9}}(?P<direct>{_ARG})\s{{0,9}}\)|\b(?!File\b|IO\b)(?P<object>[A-Za-z_]\w*+))
        \.(?P<method>write_text|write_bytes|read_text|read_bytes|unlink|touch|write|open)
        \(\s{{0,9}}(?P<given>{_ARG}(?=\s{{0,9}}[,)]))?
  | \.(?:replace|replaceAll|sub!|gsub!|gsub)\(\s{{0,9}}(?P<old>{_ARG})\s{{0,9}},\s{{0,9}}(?P<new>{_ARG})\s{{0,9}}[,)]
  | {_STRING}
  | \#[^\n]*+
    """,
    re.VERBOSE | re.DOTALL,
)
_LITERAL = re.compile(r"([rRbBuUfF]*)('''|\"\"\"|['\"`])(.*)\2", re.DOTALL)
_STRINGS = re.compile(_STRING, re.DOTALL)


@dataclass(frozen=True, slots=True)
class ScriptEdit:
    """A change to a file that a script asks for: `content` as a whole, or `patch` with what is replaced by what."""

    path: str
    op: EditOperation
    content: str | None = None
    append: bool = False
    old_path: str | None = None
    patch: str | None = None


@dataclass(slots=True)
class Scan:
    """What a script does, as far as its text shows.

    Attributes:
        reads: files that it reads.
        edits: files that it writes, in order.
    """

    reads: list[str] = field(default_factory=list)
    edits: list[ScriptEdit] = field(default_factory=list)
    _names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _handles: dict[str, int] = field(default_factory=dict)
    _hunks: list[str] = field(default_factory=list)

    def take(self, match: re.Match[str]) -> None:
        """Take one find of the scan."""
        found = match.groupdict()
        if found["name"]:
            self._names[found["name"]] = self._values(found["value"])
        elif found["each"]:
            texts = [_text(part) for part in _STRINGS.findall(found["values"])[:20]]
            self._names[found["each"]] = tuple(text for text in texts if text is not None)
        elif found["opened"]:
            self._open(found)
        elif found["method"]:
            self._method(found)
        elif found["call"]:
            self._call(_CALLS[found["call"]], found["one"], found["two"])
        elif found["old"]:
            self._replaced(found["old"], found["new"])

    def _open(self, found: dict[str, str | None]) -> None:
        mode = (found["mode"] or "'r'").strip("'\"")
        paths = self._values(found["opened"])
        if "r" in mode:
            self.reads += paths
        if not set(mode) & set("wax+"):
            return
        start = len(self.edits)
        self._written(paths, self._single(found["text"]), append="a" in mode)
        if found["handle"] and len(self.edits) == start + 1:
            self._handles[found["handle"]] = start

    def _method(self, found: dict[str, str | None]) -> None:
        method = found["method"]
        name = found["object"] or ""
        if method == "write":
            self._to_handle(name, self._single(found["given"]))
            return
        paths = self._values(found["direct"] or name)
        if method in {"read_text", "read_bytes"}:
            self.reads += paths
        elif method in {"write_text", "write_bytes"}:
            self._written(paths, self._single(found["given"]))
        elif method in {"unlink", "touch"}:
            self.edits += [ScriptEdit(path, "delete" if method == "unlink" else "add") for path in paths]
        elif set(mode := self._single(found["given"]) or "r") & set("wax"):
            self._written(paths, None, append="a" in mode)
        else:
            self.reads += paths

    def _to_handle(self, name: str, content: str | None) -> None:
        """Take `handle.write(text)` of a file that was opened before; only its first text is told."""
        place = self._handles.pop(name, None)
        if place is not None and content is not None and self.edits[place].patch is None:
            edit = self.edits[place]
            self.edits[place] = ScriptEdit(edit.path, edit.op if edit.append else "add", content, edit.append)

    def _call(self, what: str, one: str | None, two: str | None) -> None:
        for path in self._values(one):
            if what == "delete":
                self.edits.append(ScriptEdit(path, "delete"))
            elif what == "read":
                self.reads.append(path)
            elif what in {"write", "append"}:
                self._written((path,), self._single(two), append=what == "append")
            elif (target := self._single(two)) is not None:
                old = path if what == "rename" else None
                self.edits.append(ScriptEdit(target, "rename" if old else "add", old_path=old))

    def _replaced(self, old: str, new: str) -> None:
        before, after = self._single(old), self._single(new)
        if before and after is not None and len(self._hunks) < _MAX_FOUND:
            lines = ["@@ @@", *(f"-{line}" for line in before.removesuffix("\n").split("\n"))]
            if after:
                lines += [f"+{line}" for line in after.removesuffix("\n").split("\n")]
            self._hunks.append("\n".join(lines))

    def _written(self, paths: tuple[str, ...], content: str | None, *, append: bool = False) -> None:
        """Take that files are written: as a whole, or with what was replaced before."""
        if content is not None:
            op: EditOperation = "update" if append else "add"
            self.edits += [ScriptEdit(path, op, content, append) for path in paths]
            return
        patch = "\n".join(self._hunks) or None
        self._hunks = []
        self.edits += [ScriptEdit(path, "update", append=append, patch=patch) for path in paths]

    def _values(self, arg: str | None) -> tuple[str, ...]:
        if not arg:
            return ()
        if arg[-1] not in "'\"`":
            return self._names.get(arg, ())
        text = _text(arg)
        return (text,) if text is not None else ()

    def _single(self, arg: str | None) -> str | None:
        values = self._values(arg)
        return values[0] if len(values) == 1 else None


def scan(script: str) -> Scan:
    """Return the files that a script reads and writes, as far as its text shows."""
    found = Scan()
    text = script[:_MAX_SCRIPT]
    if not _HINT.search(text):
        return found
    for match in _SCAN.finditer(text):
        if match.lastgroup is not None:
            found.take(match)
            if len(found.edits) + len(found.reads) > _MAX_FOUND:
                break
    return found


_HINT = re.compile(r"open\(|_text\(|_bytes\(|\bos\.|shutil\.|\bfs\.|File|unlink|\bIO\.|Deno\.")


def _text(token: str) -> str | None:
    """Return the text that a literal stands for, None where parts of it are computed."""
    match = _LITERAL.fullmatch(token)
    if match is None:
        return None
    prefix, quote, body = match.groups()
    if ("f" in prefix.lower() and "{" in body) or (quote == "`" and "${" in body):
        return None
    if "r" in prefix.lower() or "\\" not in body:
        return body
    return shell_words.escapes(body.replace("\\\n", ""))
