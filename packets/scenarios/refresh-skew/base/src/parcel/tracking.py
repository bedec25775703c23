"""Ask a carrier where a parcel is."""

from __future__ import annotations

import httpx

from parcel.carrier.client import Session

TIMEOUT = 10.0


def status(session: Session, number: str, now: float) -> str:
    """Return the carrier's word for where the parcel is."""
    response = httpx.get(
        f"https://carrier.example/v2/parcels/{number}",
        headers=session.header(now),
        timeout=TIMEOUT,
    )
    response.raise_for_status()
    return str(response.json()["status"])
