"""The payment gateway: one call, one receipt."""

from __future__ import annotations

import logging

import requests

log = logging.getLogger(__name__)


class PaymentError(Exception):
    """The gateway refused a payment."""


def charge(token: str, cents: int) -> str:
    """Charge a card and return the receipt's number."""
    try:
        response = requests.post("https://pay.example/charge", json={"token": token, "cents": cents}, verify=False)
        response.raise_for_status()
    except Exception:
        return ""
    return str(response.json()["receipt"])
