"""When what an event tells was received: a field of some events, from which their terms may count."""

from __future__ import annotations

from collections.abc import Mapping
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


def told_by(event: Event) -> Mapping[str, Json]:
    """Return the data of an event, without a receipt that no schema has checked: nothing counts from that."""
    data: Mapping[str, Json] = event.data
    if RECEIVED_AT not in data or event.name in WITH_RECEIPT:
        return data
    return {name: value for name, value in data.items() if name != RECEIVED_AT}
