"""Invoices: what is owed, and what has been paid."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.auth import requires_role


@dataclass
class Line:
    """One line of an invoice, in cents."""

    title: str
    cents: int


@dataclass
class Invoice:
    """What a customer owes."""

    number: str
    lines: list[Line] = field(default_factory=list)
    paid: int = 0

    @property
    def total(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def due(self) -> int:
        return max(0, self.total - self.paid)


@requires_role("accountant")
def write_off(session: Session, number: str) -> None:
    """Forget what is still due on an invoice."""
    session.execute(text("UPDATE invoice SET due = 0 WHERE number = :number"), {"number": number})


def find(session: Session, number: str) -> Invoice | None:
    """Return an invoice by its number."""
    row = session.execute(text("SELECT number FROM invoice WHERE number = :number"), {"number": number}).first()
    return Invoice(row.number) if row else None
