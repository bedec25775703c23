"""The one error of this package: why a record, a signature or a key is not taken.

Knows nothing of where the bytes came from; callers put the file's name before the sentence.
"""

from __future__ import annotations

from reviewer.errors import BadInputError


class RefusedError(BadInputError):
    """A record, signature, key or list of signers breaks a rule; the sentence names the rule."""
