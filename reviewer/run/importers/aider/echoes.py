"""What stands in the file as if it had been typed, and was not: words that the program gives to a model by itself.

Aider writes whatever it hands to one of its models in the form of the person's words (`Coder.run(with_message=...)`):
the architect's answer to the editor, the words of `/ask` once more, what the linter found, pages of its help.
"""

from __future__ import annotations

from reviewer.run.importers.values import words_of

_ASKING = words_of("/ask /code /architect /context")
_LINT = "# Fix any errors below, if possible."
_HELP = "# Question: "
_PAGES = "# Relevant docs:"
_SHORT, _SHORT_END = 20, 100
"""A person may well say a shorter answer again, or a shorter end of one, in signs."""


class Echoes:
    """The last words of the model and of the person, for which the program may stand up again."""

    def __init__(self) -> None:
        self._answer = ""
        self._asked = ""

    def answered(self, said: str) -> None:
        """Take an answer of the model."""
        self._answer, self._asked = _signs(said), ""

    def asked(self, said: str) -> None:
        """Take what the person typed."""
        word, _, rest = said.partition(" ")
        self._answer, self._asked = "", _signs(rest) if word in _ASKING else ""

    def why(self, said: str) -> str | None:
        """Return what the program means by such words, "" where they are nothing new, None where a person typed them.

        Args:
            said: a text in the person's form.
        """
        if said.startswith(_LINT):
            return f"the program asks the model: {said}"
        if said.startswith(_HELP) and _PAGES in said:
            return f"the program asks the model: {said}"
        signs = _signs(said)
        if signs and signs == self._asked:
            return ""
        # What a model thinks before it answers is not handed on.
        is_end = len(signs) >= _SHORT_END and self._answer.endswith(signs)
        if is_end or (len(signs) >= _SHORT and signs == self._answer):
            return "the program gives this answer to the editor model"
        return None


def _signs(said: str) -> str:
    """Return a text without its blanks: both copies are wrapped and padded in their own ways."""
    return "".join(said.split())
