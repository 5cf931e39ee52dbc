"""A claim of somebody about their data, as the event that starts its clocks. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from hub.model import Event, own_event

CLAIMED: Final = "privacy.claim.received"


def claim_event(person: str, kind: str, case: str, at: datetime, detail: str = "") -> Event:
    """Make the claim; `detail` is the person's own text. A repeat of the same case is a duplicate."""
    data = {
        "case_id": case,
        "subject_id": person,
        "kind": str(kind),
        "received_at": at.isoformat(),
        "data_subject": {"ref": person},
        **({"detail": detail} if detail else {}),
    }
    return own_event(CLAIMED, f"claim:{case}", data, time=at)
