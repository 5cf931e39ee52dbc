"""Messages of the residents' page."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import EventType, Lane, Purpose

RESIDENTS: Final = (
    EventType(
        name="resident.code.requested",
        # Somebody waits for it, at a page that waits ten minutes.
        lane=Lane.URGENT,
        case="request_id",
        # To the contact that the person has chosen: the event brings only that one.
        audiences=(to("resident", Purpose.TRANSACTIONAL, "email", "sms"),),
        hub_emitted=True,
    ),
    EventType(
        name="resident.digest.ready",
        lane=Lane.BULK,
        case="digest_id",
        # Its messages are in the inbox already, each by itself.
        audiences=(to("resident", Purpose.SERVICE, "email", "push"),),
        hub_emitted=True,
    ),
)
