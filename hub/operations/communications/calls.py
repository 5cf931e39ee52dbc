"""
Calls of colleagues to a communication: the event that tells one person that it needs them, or was decided.

It names the communication by its title, and never quotes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hub.model import Json, own_event
from hub.model.communications import CALLED, Communication
from hub.model.reviews import Verdict
from hub.ports import Publisher

About = Literal["review_asked", "paused"] | Verdict


async def call(
    publisher: Publisher,
    colleague: str | None,
    about: About,
    communication: Communication,
    at: datetime,
    *,
    people: int | None = None,
    by: str | None = None,
    reason: str | None = None,
) -> None:
    """
    Call a person of the directory; the same about, at the same instant, calls the same person once.

    That it has paused itself is told to the duty `ops` too, and to nobody else without a `colleague`.
    `by` is the name of who asks or has decided, `reason` their words. Raises BrokerUnavailable.
    """
    call_id = f"{communication.id}:{about}:{at.isoformat()}:{colleague or ''}"
    cause = next(iter(communication.causes), None)
    said: dict[str, Json] = {"people": people, "cause": cause, "by": by, "reason": reason}
    data: dict[str, Json] = {
        "call_id": call_id,
        "reader": "colleague" if about != "paused" else "both" if colleague else "ops",
        "about": str(about),
        "communication_id": str(communication.id),
        "title": communication.title,
        **({"colleague": {"ref": colleague}} if colleague else {}),
        **{name: value for name, value in said.items() if value is not None},
    }
    await publisher.event(own_event(CALLED, f"called:{call_id}", data, time=at))
