"""Giving the terminal to another program for a moment, and taking it back whatever happens there.

Textual's own `suspend` never gives the screen back when it is left by an error, and while the event loop runs Ctrl+C
ends the whole program: both are kept from happening here.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

T = TypeVar("T")


class InterruptedHereError(Exception):
    """Ctrl+C was pressed while the other program had the terminal."""


def hand_over(app: App[str], work: Callable[[], T]) -> T:
    """Return what `work` returns, done with the terminal handed over to it.

    Raises:
        SuspendNotSupported: this terminal cannot be handed over; nothing was done.
        InterruptedHereError: Ctrl+C.
        Exception: whatever `work` raises, after the screen is back.
    """
    failed: Exception
    with app.suspend():
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return work()
        except KeyboardInterrupt:
            failed = InterruptedHereError()
        except Exception as error:  # noqa: BLE001 - raised again below, when the screen is back
            failed = error
        finally:
            signal.signal(signal.SIGINT, before)
    raise failed
