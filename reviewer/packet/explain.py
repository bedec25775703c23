"""Say in one sentence what is wrong with a TOML document that does not fit its model: line, key, what was expected.

Knows pydantic's errors and TOML's text; serves `packet.toml` and the task contract alike. Pure.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from reviewer.text import clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationError

    from reviewer.errors import BadInputError

# Possessive: the line may be a long string inside an array, and has to be given up at once.
_HEADER = re.compile(r"\s*+(\[\[?)([^\]]++)\]")
_KEY = re.compile(r'\s*("[^"]*"|\'[^\']*\'|[A-Za-z0-9_-]+)\s*[=.]')
_DELIMITER = re.compile(r'"""|\'\'\'')
_MAX_PARTS = 8
_NAME = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
# The parser's time grows with the square of a dotted key's parts, so such a key is found first. Strings and comments
# are passed over, as they may hold anything.
_TOKEN = re.compile(
    rf"""(?P<deep>{_NAME}(?:[ \t]*+\.[ \t]*+{_NAME}){{{_MAX_PARTS}}})"""
    r"""|\"{3}(?:[^"\\]|\\.|"(?!""))*+"{0,3}|'{3}(?:[^']|'(?!''))*+'{0,3}"""
    r"""|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?|\#[^\n]*+|[A-Za-z0-9_-]++""",
    re.DOTALL,
)


def parse_toml(data: bytes, where: str, refusal: type[BadInputError]) -> tuple[str, dict[str, Any]]:
    """Return a TOML document as text and as tables.

    Args:
        data: the whole file.
        where: what to call it in the sentence.
        refusal: which error to raise.

    Raises:
        BadInputError: (as `refusal`) it is not UTF-8 or not TOML; the sentence has the line.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refusal(f"{where}, line {line}: is not UTF-8, which TOML has to be") from None
    if (deep := line_of_deep_key(text)) is not None:
        raise refusal(f"{where}, line {deep}: a key has more than {_MAX_PARTS} parts, which no key here has")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        at = f", line {place[1]}, column {place[2]}" if place else ", at its end"
        raise refusal(f"{where}{at}: is not TOML: {reason}") from None
    except (RecursionError, ValueError) as error:
        reason = "is nested too deep" if isinstance(error, RecursionError) else f"has a value that cannot be: {error}"
        raise refusal(f"{where}: {reason}") from None
    if (strange := _strange_number(tables)) is not None:
        line = line_of(text, strange)
        raise refusal(f"{where}, line {line}: {show_key(strange)} is not a finite number that 64 bits hold")
    return text, tables


def line_of_deep_key(text: str) -> int | None:
    """Return the line of a dotted key that would take the TOML parser too long, None when there is none."""
    for token in _TOKEN.finditer(text):
        if token["deep"]:
            return text.count("\n", 0, token.start()) + 1
    return None


def explain(error: ValidationError, model: type[BaseModel], text: str) -> str:
    """Return ", line N: key: what was expected" for the first thing that is wrong.

    Args:
        error: what pydantic found.
        model: the model that the whole document should fit.
        text: the document.
    """
    first = error.errors(include_url=False, include_context=False)[0]
    place = tuple(part for part in first["loc"] if isinstance(part, int) or _present_name(part))
    if first["type"] == "extra_forbidden":
        # The last part is the key as it is written, whatever it looks like.
        place = (*(part for part in place if part != first["loc"][-1]), first["loc"][-1])
    line = line_of(text, place)
    key = show_key(place)
    sentence = _sentence(first["type"], first["msg"], first.get("input"))
    if first["type"] == "extra_forbidden":
        sentence = "is not a key here" + _suggestion(str(place[-1]), _model_at(model, place[:-1]))
    elif first["type"] == "missing":
        sentence = "is missing"
    more = error.error_count() - 1
    rest = f" (and {more} more)" if more else ""
    return f", line {line}: {key or 'the document'} {sentence}{rest}"


def show_key(place: Sequence[str | int]) -> str:
    """Return a place as a person writes it: `file_changed[2].path`, rows counted from 1."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{clip(part, 80)}" for part in place).lstrip(".")


def line_of(text: str, place: Sequence[str | int]) -> int:
    """Return the line (from 1) of the key at `place`, or of the nearest table around it that has a header."""
    best, best_depth = 1, 0
    rows: dict[str, int] = {}
    table: tuple[str | int, ...] = ()
    inside = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if header := _HEADER.match(line):
            table = _table(header[2].strip(), header[1] == "[[", rows)
            found = table
        elif key := _KEY.match(line):
            found = (*table, key[1].strip("\"'"))
            delimiter = _DELIMITER.search(line)
            if delimiter and line.count(delimiter[0]) == 1:
                inside = delimiter[0]
        else:
            continue
        if len(found) > best_depth and tuple(place[: len(found)]) == found:
            best, best_depth = number, len(found)
    return best


def _table(name: str, is_row: bool, rows: dict[str, int]) -> tuple[str | int, ...]:  # noqa: FBT001 - the header's own kind
    place: list[str | int] = []
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    for depth, part in enumerate(parts, start=1):
        path = ".".join(parts[:depth])
        place.append(part)
        if is_row and depth == len(parts):
            rows[path] = rows.get(path, -1) + 1
        if path in rows:
            place.append(rows[path])
    return tuple(place)


def _strange_number(tables: dict[str, Any]) -> tuple[str | int, ...] | None:
    """Return the place of a number that other readers and printers of the document cannot take, or None."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), tables)]
    while pending:
        place, value = pending.pop()
        if isinstance(value, dict):
            pending += [((*place, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            pending += [((*place, number), inner) for number, inner in enumerate(value)]
        elif (isinstance(value, int) and not -(2**63) <= value < 2**63) or (
            isinstance(value, float) and not math.isfinite(value)
        ):
            return place
    return None


def _present_name(part: object) -> bool:
    # Pydantic adds the names of validators and union members to the place; TOML keys never look like those.
    return isinstance(part, str) and not re.search(r"[\[\](),]", part)


def _model_at(model: type[BaseModel], place: Sequence[str | int]) -> type[BaseModel] | None:
    current: type[BaseModel] | None = model
    for part in place:
        if isinstance(part, int) or current is None:
            continue
        fields = {field.alias or name: field for name, field in current.model_fields.items()}
        current = _model_in(fields[part].annotation) if part in fields else None
    return current


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type as typing gives it
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def _suggestion(key: str, model: type[BaseModel] | None) -> str:
    if model is None:
        return ""
    names = [field.alias or name for name, field in model.model_fields.items()]
    close = difflib.get_close_matches(key[:80], names, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; there are: {', '.join(names)}"


def _sentence(kind: str, message: str, value: object) -> str:
    shown = f"{value!r:.60}" if isinstance(value, str | int | float) else type(value).__name__
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return f"is {shown}: {message[:1].lower()}{message[1:]}"
