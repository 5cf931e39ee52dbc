"""
Calls of colleagues to a case: the event that tells the person of an account. Pure.

It names the case and never what was written there: a note stays with those who may read that case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from hub.model import Event, Json, own_event

CALLED: Final = "hub.colleague.called"
MATTER: Final = "matter"
"""The field with the key of the case; what ties the event itself is the call."""
How = Literal["mention", "handed_over", "taken"]


def called(
    person: str, how: How, *, by: str, case: str, number: str, place: str | None, note: UUID, now: datetime
) -> Event:
    """Make the event; the same note calls the same person once. `by` is the name of who calls."""
    call_id = f"{note}:{person}"
    data: dict[str, Json] = {
        "call_id": call_id,
        "colleague": {"ref": person},
        "how": how,
        "by": by,
        MATTER: case,
        "number": number,
        **({"copropiedad_id": place} if place else {}),
    }
    return own_event(CALLED, f"colleague:{call_id}", data, time=now)
