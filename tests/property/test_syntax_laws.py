"""Laws of syntax trees: any bytes end in a tree or in nothing, equal code pairs away, layout does not count."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.syntax.function import functions
from reviewer.syntax.grammar import LANGUAGES
from reviewer.syntax.pairing import FilePair, pair
from reviewer.syntax.tree import parse

WORDS = st.sampled_from(
    [
        *(
            "function f(a) {",
            "}",
            "(",
            ")",
            "[",
            "=> {",
            "try {",
            "catch (e) {",
            "finally",
            "if (x) {",
            "else",
            ";",
            ",",
        ),
        *(
            "class A {",
            "def f",
            "end",
            "do |x|",
            "rescue",
            "fn f() {",
            "match x {",
            "Err(e) => {}",
            "?",
            "<",
            ">",
            "'",
            '"',
        ),
        *(
            "`${",
            "#{",
            "//",
            "/*",
            "*/",
            "#",
            "func (s *S) F() error {",
            "err != nil",
            "_ =",
            ":=",
            "@A(b)",
            "\n",
            "\r",
            "\x00",
        ),
        *("é", "\ud800", "import", "return 1", "a.b.c(1, 'x')", "await f()", "{ a: 1 }", "<<~X", "%w[", "package a"),
    ]
)
SOURCE = st.one_of(
    st.lists(WORDS, max_size=30).map(lambda words: " ".join(words).encode("utf-8", "surrogatepass")),
    st.binary(max_size=80),
)


@given(language=st.sampled_from(sorted(LANGUAGES)), source=SOURCE)
@settings(max_examples=150, deadline=None)
def test_any_bytes_end_in_a_tree_whose_functions_lie_inside_it(language: str, source: bytes) -> None:
    tree = parse(language, source)
    if tree is None:
        return
    found = functions(tree)
    assert len({one.name for one in found}) == len(found)
    for one in found:
        assert 0 <= one.node.start <= one.node.end <= len(source)
        assert 1 <= one.first <= one.last
        assert one.shape
    assert pair([FilePair("a", found, found)]) == ()


@given(language=st.sampled_from(sorted(LANGUAGES)), old=SOURCE, new=SOURCE)
@settings(max_examples=100, deadline=None)
def test_every_function_is_in_at_most_one_pair(language: str, old: bytes, new: bytes) -> None:
    before, after = parse(language, old), parse(language, new)
    if before is None or after is None:
        return
    pairs = pair([FilePair("a", functions(before), functions(after))])
    for side in ("old", "new"):
        names = [getattr(one, side).function.name for one in pairs if getattr(one, side) is not None]
        assert len(set(names)) == len(names)
