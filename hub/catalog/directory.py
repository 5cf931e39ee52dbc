"""Changes of people, units and buildings: they update the directory, and notify whose contact they take."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import EventType, Lane, Purpose
from hub.people.contact_changes import CHANGED

DIRECTORY: Final = (
    EventType(name="directory.copropiedad.upserted", case="copropiedad_id"),
    EventType(name="directory.unit.upserted", case="unit_id"),
    EventType(name="directory.person.upserted", case="person_id"),
    EventType(name="directory.person.removed", case="person_id"),
    EventType(name="directory.membership.upserted", case="membership_id"),
    EventType(name="directory.membership.removed", case="membership_id"),
    EventType(name="directory.leave.upserted", case="leave_id"),
    EventType(name="directory.leave.removed", case="leave_id"),
    EventType(name="directory.rota.upserted", case="rota_id"),
    EventType(name="directory.rota.removed", case="rota_id"),
    EventType(
        name=CHANGED,
        # A file of people may change thousands at once.
        lane=Lane.BULK,
        case="change_id",
        audiences=(
            # To the address or number itself: the person has another one now.
            to("former_contact", Purpose.TRANSACTIONAL, "email", "sms"),
            # Of a correction by hand: whoever has the new one hears that it is used.
            to("new_contact", Purpose.TRANSACTIONAL, "email", "sms", template="new", optional=True),
        ),
        hub_emitted=True,
    ),
)
