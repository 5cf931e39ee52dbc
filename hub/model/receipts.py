"""When what an event tells was received: a field of some events, from which their terms may count."""

from __future__ import annotations

from typing import Final

from hub.model.events import Event
from hub.model.json import Json

RECEIVED_AT: Final = "received_at"
WITH_RECEIPT: Final = frozenset(
    {
        "concierge.package.received",
        "emergency.reply.received",
        "inbound.message.received",
        "maintenance.request.received",
        "pqrs.info_received",
        "pqrs.received",
        "privacy.claim.received",
        "privacy.query.received",
    }
)
"""Events whose schemas have the field; in any other one it may be anything that its publisher adds."""


def receipt_of(event: Event) -> Json:
    """Return when it was received, as its publisher wrote it; None where no schema has checked it."""
    return event.data.get(RECEIVED_AT) if event.name in WITH_RECEIPT else None
