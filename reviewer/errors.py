"""The one tree of errors that a person can be shown.

Every error is a sentence (which file, which key or line, what was expected) and, where there is one, a hint that says
what to do. The exit code is part of the command line's interface: 0 yes, 1 no, 2 bad input or usage, 3 cannot be
determined. Sentences may quote hostile input: whoever prints them passes them through `reviewer.text.display_safe`.
"""

from __future__ import annotations


class ReviewerError(Exception):
    """An expected failure, told in one sentence."""

    exit_code = 2

    def __init__(self, sentence: str, *, hint: str | None = None) -> None:
        """Keep the sentence and the hint apart, so that each surface can lay them out.

        Args:
            sentence: what is wrong, where, and what was expected.
            hint: what the person can do about it, or None.
        """
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class BadInputError(ReviewerError):
    """A file, an argument or a setting is not what it has to be (exit code 2)."""


class BadPacketError(BadInputError):
    """A packet breaks the format, its limits or its own digests (exit code 2)."""


class BadTranscriptError(BadInputError):
    """A session log cannot be read as any known format (exit code 2)."""


class GitError(BadInputError):
    """A repository, a revision or an object is missing or cannot be trusted (exit code 2)."""


class JournalError(BadInputError):
    """A review journal cannot be read or written without losing something (exit code 2)."""


class SigningError(BadInputError):
    """No key, no terminal, or the signer refused (exit code 2)."""


class UndeterminedError(ReviewerError):
    """The question has no answer here: something needed is not at hand (exit code 3)."""

    exit_code = 3
