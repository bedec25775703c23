"""Files, searches and folders that a command line shows (rule `read-by-shell`)."""

from __future__ import annotations

import pytest

from reviewer.run.shell.command_line import analyse


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("cat a", ("a", None, None, True)),
        ("cd x && cat a", ("x/a", None, None, True)),
        ("cat < a", ("a", None, None, True)),
        ("cat a | head -20", ("a", 1, 20, False)),
        ("cat a | head -n 20 | tail -5", ("a", 16, 20, False)),
        ("nl -ba a | sed -n '10,20p'", ("a", 10, 20, False)),
        ("head -50 a", ("a", 1, 50, False)),
        ("head -c 9 a", ("a", None, None, False)),
        ("tail -n +50 a", ("a", 50, None, False)),
        ("tail -5 a", ("a", None, None, False)),
        ("sed -n '10,$p' a", ("a", 10, None, False)),
        ("sed -n '10,+5p' a", ("a", 10, 15, False)),
        ("awk 'NR>=3 && NR<9' a", ("a", 3, 8, False)),
        ("bat -r 5:9 a", ("a", 5, 9, False)),
        ("less a", ("a", None, None, None)),
        ("jq .x a", ("a", None, None, None)),
        ("git show HEAD~1:src/a | head -40", ("src/a", 1, 40, False)),
        ("git blame -L 3,5 a", ("a", 3, 5, None)),
        ("cat 'app/[slug]/page.tsx'", ("app/[slug]/page.tsx", None, None, True)),
        ("Get-Content app\\a.ts -TotalCount 25", ("app\\a.ts", 1, 25, False)),
        ("gc a | Select-Object -Skip 10 -First 5", ("a", 11, 15, False)),
        ("type src\\a.py", ("src\\a.py", None, None, True)),
        ("python -c \"print(open('a').read())\"", ("a", None, None, None)),
    ],
)
def test_a_file_with_its_lines(line: str, read: tuple[str, int | None, int | None, bool | None]) -> None:
    (found,) = analyse(line).reads
    assert (found.path, found.first, found.last, found.whole) == read


def test_two_parts_of_a_file() -> None:
    assert [(read.first, read.last) for read in analyse("sed -n '1,5p;10,12p' f").reads] == [(1, 5), (10, 12)]


@pytest.mark.parametrize(
    "line",
    ["cat *.py", "cat $X", "cat a > b", "type python", "sed -i s/a/b/ f", "wc -l a", "cat a | wc -l", "ssh h cat a"],
)
def test_lines_that_show_no_file(line: str) -> None:
    assert analyse(line).reads == ()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("grep -rn -A 3 total src", (("total", "src"),)),
        ("rg -n foo a b", (("foo", "a"), ("foo", "b"))),
        ("rg foo", (("foo", None),)),
        ("cd x && rg foo", (("foo", "x"),)),
        ("cat a | grep foo", (("foo", "a"),)),
        ("ls | grep foo", ()),
        ("find . -name '*.py' | xargs grep foo", (("*.py", "."), ("foo", None))),
        ("git grep -n foo -- src", (("foo", "src"),)),
        ("Select-String -Path a.ts -Pattern 'x|y' -Context 0,2", (("x|y", "a.ts"),)),
        ('findstr /n "foo" a.txt', (("foo", "a.txt"),)),
        ("grep --include=*.py -e foo .", (("foo", "."),)),
    ],
)
def test_searches(line: str, found: tuple[tuple[str, str | None], ...]) -> None:
    assert analyse(line).searches == found


@pytest.mark.parametrize(
    ("line", "folders"),
    [
        ("ls -la src", ("src",)),
        ("ls", (".",)),
        ("rg --files a b", ("a", "b")),
        ("Get-ChildItem public -Force", ("public",)),
        ("find a b -type f", ("a", "b")),
    ],
)
def test_folders_that_are_listed(line: str, folders: tuple[str, ...]) -> None:
    assert analyse(line).lists == folders
