"""Changes of people, units and buildings: they update the directory and notify nobody."""

from __future__ import annotations

from typing import Final

from hub.model import EventType, Lane

DIRECTORY: Final = (
    EventType(name="directory.copropiedad.upserted", lane=Lane.NORMAL, case="copropiedad_id"),
    EventType(name="directory.unit.upserted", lane=Lane.NORMAL, case="unit_id"),
    EventType(name="directory.person.upserted", lane=Lane.NORMAL, case="person_id"),
    EventType(name="directory.person.removed", lane=Lane.NORMAL, case="person_id"),
    EventType(name="directory.membership.upserted", lane=Lane.NORMAL, case="membership_id"),
    EventType(name="directory.membership.removed", lane=Lane.NORMAL, case="membership_id"),
    EventType(name="directory.leave.upserted", lane=Lane.NORMAL, case="leave_id"),
    EventType(name="directory.leave.removed", lane=Lane.NORMAL, case="leave_id"),
    EventType(name="directory.rota.upserted", lane=Lane.NORMAL, case="rota_id"),
    EventType(name="directory.rota.removed", lane=Lane.NORMAL, case="rota_id"),
)
