"""Loading a packet: what is refused, and that the sentence leads to the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reviewer.digest import sha256
from reviewer.errors import BadPacketError
from reviewer.packet import member, writer
from reviewer.packet.limits import Limits
from reviewer.packet.loader import load, parse_manifest
from reviewer.packet.member import render_list
from tests.support.packets import NEW, make_packet, packet_members

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def manifest_text(**tables: Any) -> str:  # noqa: ANN401
    data = packet_members(manifest=tables)[member.MANIFEST]
    assert isinstance(data, bytes)
    return data.decode()


def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), start=1) if part in line)


def refused(text: str, reason: str) -> None:
    with pytest.raises(BadPacketError, match=reason):
        parse_manifest(text.encode(), "p.packet")


def rewritten(path: Path, change: Callable[[dict[str, writer.Member]], object]) -> Path:
    """Write a packet whose archive form is right and whose content was changed by `change`."""
    members = packet_members()
    change(members)
    writer.write_archive(path, members)
    return path


def test_both_forms_load_to_the_same_packet(tmp_path: Path) -> None:
    with load(make_packet(tmp_path)) as archive, load(make_packet(tmp_path, name="f", folder=True)) as folder:
        assert archive.manifest == folder.manifest
        assert archive.key == folder.key == sha256(archive.manifest_bytes)
        assert archive.digest() == folder.digest() == sha256((tmp_path / "sample.packet").read_bytes())
        assert archive.names == folder.names
        assert bytes(archive.diff()) == bytes(folder.diff()) == archive.read("change.diff")
        assert archive.change_entries() == folder.change_entries()
        assert archive.blob(sha256(NEW["tests/test_session.py"])) == NEW["tests/test_session.py"]
        assert archive.blob("0" * 64) is None
        assert archive.has("logs/1.log")
        assert not archive.has("logs/2.log")


def test_opening_without_verifying_is_followed_by_verify(tmp_path: Path) -> None:
    path = rewritten(tmp_path / "p", lambda members: members.update({"change.diff": b"diff --git evil\n"}))
    with load(path, verify=False) as packet:
        with pytest.raises(BadPacketError, match=r"'change\.diff' is not what the packet says"):
            packet.verify()
        with pytest.raises(BadPacketError, match=r"'change\.diff' is not what the packet says"):
            packet.read("change.diff")
    with pytest.raises(BadPacketError, match=r"p: 'change\.diff' is not what the packet says: its digest is"):
        load(path)


def test_verifying_reports_its_progress_and_can_be_ended(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with load(make_packet(tmp_path), verify=False) as packet:
        packet.verify(lambda done, total: seen.append((done, total)))
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)
        assert seen[-1][0] <= seen[-1][1] == packet.size

        def stop(_done: int, _total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            packet.verify(stop)


def test_a_member_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    path = rewritten(tmp_path / "p", lambda members: members.update({"logs/9.log": b""}))
    with pytest.raises(BadPacketError, match=r"'logs/9\.log' is in the packet and not in members\.sha256"):
        load(path, verify=False)


def test_a_listed_member_that_is_missing_is_refused(tmp_path: Path) -> None:
    path = rewritten(tmp_path / "p", lambda members: members.pop("logs/1.log"))
    with pytest.raises(BadPacketError, match=r"'logs/1\.log' is in members\.sha256 and not in the packet"):
        load(path, verify=False)


def test_a_list_that_the_manifest_does_not_pin_is_refused(tmp_path: Path) -> None:
    path = rewritten(tmp_path / "p", lambda members: members.update({"members.sha256": render_list({})}))
    with pytest.raises(BadPacketError, match=r"packet\.toml, line 5: members_sha256 says [0-9a-f]{12}…, and"):
        load(path, verify=False)


@pytest.mark.parametrize("name", ["members.sha256", "change.diff", "change.manifest", "timeline.jsonl"])
def test_a_packet_without_a_required_member_is_refused(tmp_path: Path, name: str) -> None:
    path = rewritten(tmp_path / "p", lambda members: members.pop(name))
    with pytest.raises(BadPacketError, match=name):
        load(path, verify=False)


def test_a_reference_to_a_member_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = make_packet(
        tmp_path, manifest={"command": [{"n": 1, "line": "x"}, {"n": 2, "line": "y", "log": "logs/7.log"}]}
    )
    with pytest.raises(BadPacketError, match=r"line \d+: command\[2\]\.log names 'logs/7\.log', which is not in"):
        load(path)


def test_pins_of_the_change_have_to_be_the_lists(tmp_path: Path) -> None:
    members = packet_members()
    text, diff = members["packet.toml"], members["change.diff"]
    assert isinstance(text, bytes)
    assert isinstance(diff, bytes)
    digest = sha256(diff)
    members["packet.toml"] = text.replace(digest.encode(), b"0" * 64)
    writer.write_archive(tmp_path / "p", members)
    with pytest.raises(BadPacketError, match=r"change\.diff_sha256 is not the digest that members\.sha256 has"):
        load(tmp_path / "p", verify=False)


def test_a_manifest_beyond_the_limit_is_not_parsed(tmp_path: Path) -> None:
    with pytest.raises(BadPacketError, match=r"packet\.toml has [\d,]+ bytes; at most 100 are read"):
        load(make_packet(tmp_path), Limits(max_manifest=100))


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_name() -> None:
    text = manifest_text().replace("read_before_edit = true", "read_befor_edit = true", 1)
    line = line_with(text, "read_befor_edit")
    refused(
        text, rf"p\.packet: packet\.toml, line {line}: file_changed\[1\]\.read_befor_edit is not a key here; did you"
    )


def test_an_unknown_table_is_refused() -> None:
    refused(manifest_text() + "\n[verdict]\nok = true\n", r"line \d+: verdict is not a key here")


def test_a_higher_schema_version_says_to_update() -> None:
    text = manifest_text().replace('"review-packet/1"', '"review-packet/2"')
    with pytest.raises(BadPacketError, match="line 1: schema is version 2; this reviewer reads version 1") as caught:
        parse_manifest(text.encode(), "p.packet")
    assert caught.value.hint == "update reviewer"


@pytest.mark.parametrize("schema", ["schema = 3", 'schema = "other/1"', ""])
def test_another_schema_is_no_packet(schema: str) -> None:
    refused(manifest_text().replace('schema = "review-packet/1"', schema), "schema is not 'review-packet/1'")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("exit_code = 0", 'exit_code = "0"', r"command\[1\]\.exit_code is '0': "),
        (
            "seconds = 1.5",
            "seconds = -1.5",
            r"command\[1\]\.seconds is -1\.5: input should be greater than or equal to 0",
        ),
        ("times = 1", "times = true", r"file_read\[1\]\.times"),
        ("times = 1", "times = 1.0", r"file_read\[1\]\.times"),
        ('status = "M"', 'status = "X"', r"file_changed\[1\]\.status is 'X': input should be 'A'"),
        ("files = 2", "files = -2", r"change\.files is -2"),
        ('title = "Allow for clock skew"', "", r"title is missing"),
        ('created = "2026-01-02T03:10:00Z"', 'created = "yesterday"', r"created is 'yesterday'"),
        ('created = "2026-01-02T03:10:00Z"', "created = 2026-01-02T03:10:00Z", r"created is datetime"),
        ('id = "allow', 'id = "../allow', r"id is "),
        ("added = 3", "added = nan", r"file_changed\[1\]\.added"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_key(old: str, new: str, reason: str) -> None:
    text = manifest_text()
    assert old in text
    refused(text.replace(old, new, 1), reason)


def test_the_line_of_a_bad_value_is_its_own() -> None:
    text = manifest_text().replace('kind = "test"', 'kind = "tests"')
    line = line_with(text, '= "tests"')
    refused(text, rf"line {line}: command\[1\]\.kind is 'tests'")


def test_toml_that_does_not_parse_names_line_and_column() -> None:
    refused("schema = \n", r"packet\.toml, line 1, column 10: is not TOML: Invalid value")
    refused(manifest_text() + "\n[task]\n", r"packet\.toml, line \d+, column 6: is not TOML: Cannot declare")


def test_bytes_that_are_not_utf8_name_their_line() -> None:
    with pytest.raises(BadPacketError, match=r"packet\.toml, line 2: is not UTF-8"):
        parse_manifest(b'schema = "review-packet/1"\nid = "\xff"\n', "p.packet")


def test_nesting_without_end_is_refused() -> None:
    refused("a = " + "[" * 100_000, "is nested too deep")


def test_a_grade_for_a_field_that_does_not_exist_is_refused() -> None:
    text = manifest_text(task={"known": {"prompt": "recorded", "promt": "recorded"}, "prompt": "x"})
    refused(text, rf"line {line_with(text, 'promt =')}: task\.known\.promt grades a field that is not in \[task\]")


def test_a_value_has_to_say_how_it_is_known() -> None:
    refused(manifest_text(task={"prompt": "x"}), r"task\.prompt has a value and does not say how it is known")
    refused(
        manifest_text(task={"known": {"prompt": "absent"}, "prompt": "x"}), r"task\.prompt has a value and does not say"
    )
    refused(manifest_text(task={"known": {"prompt": "recorded"}}), r"task\.prompt is recorded and missing")


def test_none_and_not_recorded_stay_apart() -> None:
    text = manifest_text(scope={"known": {"allowed_tools": "declared"}, "allowed_tools": []})
    scope = parse_manifest(text.encode(), "p").scope
    assert scope.allowed_tools == []
    assert scope.allowed_commands is None


def test_a_packet_that_was_sealed_without_a_timeline_is_refused(tmp_path: Path) -> None:
    members = packet_members()
    text = members.pop(member.MANIFEST)
    assert isinstance(text, bytes)
    del members[member.MEMBER_LIST], members[member.TIMELINE]
    writer.write_archive(tmp_path / "p", writer.seal(parse_manifest(text, "p"), members))
    with pytest.raises(BadPacketError, match=r"p: has no timeline\.jsonl, which every packet has"):
        load(tmp_path / "p", verify=False)


def test_a_manifest_that_changes_while_the_packet_is_open_is_noticed(tmp_path: Path) -> None:
    path = make_packet(tmp_path, folder=True)
    with load(path, verify=False) as packet:
        data = (path / member.MANIFEST).read_bytes()
        (path / member.MANIFEST).write_bytes(data.replace(b"Allow", b"Adlow"))
        with pytest.raises(BadPacketError, match=r"packet\.toml changed while the packet was open"):
            packet.verify()
