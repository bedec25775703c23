"""Operators over Go by the form of its lines: checks turned off, logic that is off, and names that are not there."""

from __future__ import annotations

from tests.evaluate.operators.settings import TextOperator, appended, swapped

SECURITY: dict[str, TextOperator] = {
    "tls_unverified": appended(
        "\nfunc insecureClient() *http.Client {\n"
        "\tconf := &tls.Config{InsecureSkipVerify: true}\n"
        "\treturn &http.Client{Transport: &http.Transport{TLSClientConfig: conf}}\n}\n",
        1,
        "Nothing is verified.",
    ),
    "shell_called": appended(
        '\nfunc runUser(name string) error {\n\treturn exec.Command("sh", "-c", "ls "+name).Run()\n}\n', 1, "A shell."
    ),
    "sql_pasted": appended(
        "\nfunc findUser(db *sql.DB, name string) (*sql.Rows, error) {\n"
        '\treturn db.Query("SELECT id FROM users WHERE name = \'" + name + "\'")\n}\n',
        1,
        "A pasted query.",
    ),
}
PLAUSIBLE: dict[str, TextOperator] = {
    "bound_shifted": swapped(r"(?<=\bif )([^\n{]*?) < ([^\n{]*)(?= \{)", r"\1 <= \2", "A bound is off by one."),
    "condition_negated": swapped(r"(?<=\bif )([a-z]\w*\.[A-Z]\w*)(?= \{)", r"!\1", "A condition is turned round."),
    "length_shifted": swapped(r"len\((\w+)\) == (\d)", r"len(\1) == \2+1", "A length is off by one."),
    "panic_stub": swapped(
        r"^(func (?:\([^)\n]*\) )?[A-Za-z]\w*\([^)\n]*\) (?:error|bool) \{\n)",
        '\\1\tpanic("not implemented")\n',
        "A stub.",
    ),
}
HALLUCINATED: dict[str, TextOperator] = {
    "standard_name_absent": swapped(
        r"\bstrings\.(?:HasPrefix|Join|Split|Contains)\(", "strings.StartsWith(", "No such name."
    ),
    "format_absent": swapped(r"\bfmt\.(?:Sprintf|Errorf|Fprintf)\(", "fmt.Formatf(", "No such name."),
}
