"""Files that a command line writes, formats and runs (rule `edit-by-shell`)."""

from __future__ import annotations

import pytest

from reviewer.run.shell.changed import MAX_CONTENT
from reviewer.run.shell.command_line import analyse


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("cat > a/b.py <<'EOF'\nx = \"it's\"\nEOF", [("add", "a/b.py", 'x = "it\'s"\n')]),
        ("cat <<EOF > f\n\\$x\nEOF", [("add", "f", "$x\n")]),
        ("cat <<-EOF >> f\n\ta\n\tEOF", [("update", "f", "a\n")]),
        ("cd /x && tee out <<'E'\nhi\nE", [("add", "/x/out", "hi\n")]),
        ("cat <<'E' | sudo tee -a f\nhi\nE", [("update", "f", "hi\n")]),
        ('echo "a b" > f', [("add", "f", "a b\n")]),
        ("echo -n x >> f", [("update", "f", "x")]),
        ("echo -e 'a\\nb' > f", [("add", "f", "a\nb\n")]),
        ("echo $X > f", [("add", "f", None)]),
        ("printf '%s\\n' a b > f", [("add", "f", "a\nb\n")]),
        ("printf '%d' 1 > f", [("add", "f", None)]),
        (": > f", [("add", "f", "")]),
        ("truncate -s 0 f", [("update", "f", "")]),
        ("pytest > out 2>&1", [("add", "out", None)]),
        ("make 2> err | tee log", [("add", "err", None), ("add", "log", None)]),
        ("rm -rf build a.py", [("delete", "build", None), ("delete", "a.py", None)]),
        ("git rm x; git rm --cached y", [("delete", "x", None)]),
        ("cp a.py b.py; cp -r a b/", [("add", "b.py", None), ("add", "b/a", None)]),
        ("touch x", [("add", "x", None)]),
        ("(cd a && echo x > b); echo y > c", [("add", "a/b", "x\n"), ("add", "c", "y\n")]),
        ("bash -lc 'cd x && cat > f <<EOF\nhi\nEOF'", [("add", "x/f", "hi\n")]),
        ("F=a.py; cat > $F <<E\nx\nE", [("add", "a.py", "x\n")]),
        ("python3 -c \"open('a.txt','w').write('hi\\n')\"", [("add", "a.txt", "hi\n")]),
        ("python - <<'E'\nwith open('n', 'w') as f:\n    f.write('{}')\nE", [("add", "n", "{}")]),
        ("Set-Content -Path a.txt -Value hi", [("add", "a.txt", "hi\n")]),
        ("@'\nit's\n'@ | Add-Content src\\a.ts", [("update", "src\\a.ts", "it's\n")]),
        ("Remove-Item -Recurse -Force build", [("delete", "build", None)]),
        ("curl -o f http://a.b/c", [("add", "f", None)]),
        ("echo x > /dev/null 2>&1; echo y > $F; echo z > *.txt; a 2>&1; b >&2", []),
        ("docker exec web sh -c 'echo x > f'; ssh h 'rm x'", []),
        ("git checkout -- f; git restore f; git stash", []),
        ("true || echo x > f", []),
    ],
)
def test_what_is_written(line: str, found: list[tuple[str, str, str | None]]) -> None:
    assert [(edit.op, edit.path, edit.content) for edit in analyse(line).edits] == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("sed -i 's/foo/bar/g' a b", [("a", "@@ @@\n-foo\n+bar"), ("b", "@@ @@\n-foo\n+bar")]),
        ("sed -i.bak -e 's/a\\.b/c/' -e '3d' f", [("f", "@@ @@\n-a.b\n+c")]),
        ("sed -i '' 's/x/y/' f", [("f", "@@ @@\n-x\n+y")]),
        ("sed -i -E 's/(a)(b)/\\2\\1/' f", [("f", None)]),
        ("sed -i 's/a.c/b/' f", [("f", None)]),
        ("sed -i '5,10d' f", [("f", None)]),
        ("sed -n 's/a/b/p' f", []),
        ("perl -0pi -e 's/foo\\nbar/baz/' f", [("f", "@@ @@\n-foo\n-bar\n+baz")]),
        ("perl -pi -e 's/$x/y/' f", [("f", None)]),
        ("for f in a b; do sed -i 's/x/y/' \"$f\"; done", [("a", "@@ @@\n-x\n+y"), ("b", "@@ @@\n-x\n+y")]),
        ("git apply <<'E'\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\nE", [("x", "@@ -1 +1 @@\n-a\n+b")]),
        (
            "apply_patch <<'E'\n*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End Patch\nE",
            [("a", "@@ @@\n-x\n+y")],
        ),
        (
            "python - <<'E'\np = Path('b.py')\ns = p.read_text()\np.write_text(s.replace('''a\nb''', '''c'''))\nE",
            [("b.py", None)],
        ),
        (
            (
                "python - <<'E'\np = 'b.py'\ns = open(p).read()\n"
                "s = s.replace('''a\nb''', '''c''')\nopen(p, 'w').write(s)\nE"
            ),
            [("b.py", "@@ @@\n-a\n-b\n+c")],
        ),
        (
            "node -e \"let s=fs.readFileSync('a.js','utf8'); s=s.replace('a','b'); fs.writeFileSync('a.js',s)\"",
            [("a.js", "@@ @@\n-a\n+b")],
        ),
    ],
)
def test_what_is_replaced_by_what(line: str, found: list[tuple[str, str | None]]) -> None:
    edits = analyse(line).edits
    assert [(edit.path, edit.patch) for edit in edits] == found
    assert all(edit.content is None for edit in edits)


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ('sed -i "10i\\    return 1" f', "    return 1\n"),
        ("sed -i '/import os/a import sys' f", "import sys\n"),
        ("sed -i '3c\\\nnew\\\nlines' f", "new\nlines\n"),
    ],
)
def test_lines_that_are_put_in(line: str, content: str) -> None:
    (edit,) = analyse(line).edits
    assert (edit.op, edit.content, edit.append) == ("update", content, True)


@pytest.mark.parametrize(
    ("line", "moved"),
    [
        ("git mv a b", [("a", "b")]),
        ("mv a.py src", [("a.py", "src/a.py")]),
        ("cd x && mv a.py b.py", [("x/a.py", "x/b.py")]),
        ("mv a b dir", [("a", "dir/a"), ("b", "dir/b")]),
        ("python -c \"os.rename('a','b')\"", [("a", "b")]),
        ("Rename-Item src\\a.txt b.txt", [("src\\a.txt", "src\\b.txt")]),
        ("mv *.py src", []),
    ],
)
def test_what_is_renamed(line: str, moved: list[tuple[str, str]]) -> None:
    edits = analyse(line).edits
    assert [(edit.old_path, edit.path) for edit in edits] == moved
    assert all(edit.op == "rename" for edit in edits)


def test_a_long_text_is_cut_and_many_files_are_counted_up_to_an_end() -> None:
    (edit,) = analyse("cat > f <<E\n" + "x" * (MAX_CONTENT + 1) + "\nE").edits
    assert (len(edit.content or ""), edit.cut) == (MAX_CONTENT, True)
    assert len(analyse("rm " + " ".join(f"f{number}" for number in range(500))).edits) == 100


def test_a_patch_that_was_written_before_on_the_line() -> None:
    known = analyse("cat > p <<'E'\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\nE\ngit apply p; git apply q.diff")
    assert [edit.path for edit in known.edits] == ["p", "x"]
    assert known.runs == (("q.diff", ""),)


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("black .", (".",)),
        ("cd a && ruff format b.py", ("a/b.py",)),
        ("npx prettier --write src", ("src",)),
        ("gofmt -w x.go; cargo fmt", ("x.go", ".")),
        ("eslint --fix a.ts", ("a.ts",)),
        ("npm run lint:fix", (".",)),
        ("python -m isort a.py", ("a.py",)),
        ("black --check .; ruff check .; gofmt -l .; cargo fmt --check; npm run format:check", ()),
    ],
)
def test_what_is_formatted(line: str, paths: tuple[str, ...]) -> None:
    assert analyse(line).formats == paths


def test_scripts_that_are_run_and_what_is_done_before_the_last_program() -> None:
    known = analyse("cd a && cat b.py && echo x > c && python fix.py")
    assert known.runs == (("a/fix.py", "a"),)
    assert known.early == (1, 1, 0)
    assert analyse("bash run.sh; ./go.sh").runs == (("run.sh", ""), ("./go.sh", ""))
