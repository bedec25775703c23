"""The payment gateway: one call, one receipt."""

from __future__ import annotations

import logging

import httpx

log = logging.getLogger(__name__)


class PaymentError(Exception):
    """The gateway refused a payment."""


def charge(token: str, cents: int) -> str:
    """Charge a card and return the receipt's number."""
    if cents <= 0:
        raise ValueError("an amount is at least one cent")
    try:
        response = httpx.post("https://pay.example/charge", json={"token": token, "cents": cents})
        response.raise_for_status()
    except httpx.HTTPError as error:
        log.error("charge failed: %s", error)
        raise PaymentError("the gateway refused the payment") from error
    return str(response.json()["receipt"])
