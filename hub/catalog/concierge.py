"""The front desk: outages, incidents, packages."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, EventType, Move, Print, Purpose, Reminder

CONCIERGE: Final = (
    EventType(
        name="building.outage.reported",
        shared=True,
        case="outage_id",
        audiences=(
            to("zone:residents", Purpose.SERVICE, "push+sms", print=Print.BOARD, narrowable=True),
            to("staff:on_call", Purpose.INTERNAL, "push+sms", template="staff"),
        ),
        clocks=(ClockMove("outage", Move.START),),
    ),
    EventType(
        name="building.outage.restored",
        shared=True,
        case="outage_id",
        audiences=(to("zone:residents", Purpose.SERVICE, "push", "sms", narrowable=True),),
        clocks=(ClockMove("outage", Move.STOP),),
    ),
    EventType(
        name="concierge.incident.reported",
        shared=True,
        case="incident_id",
        audiences=(
            to("affected", Purpose.SERVICE, "push+email", "sms"),
            to("staff:coordinator", Purpose.INTERNAL, "inbox+push", "email", template="staff"),
        ),
        clocks=(ClockMove("incident_response", Move.START),),
    ),
    EventType(
        name="concierge.incident.closed",
        shared=True,
        case="incident_id",
        audiences=(to("affected", Purpose.SERVICE, "email+push"),),
        clocks=(ClockMove("incident_response", Move.STOP),),
    ),
    EventType(
        name="concierge.package.received",
        shared=True,
        case="package_id",
        audiences=(to("unit:residents", Purpose.SERVICE, "push", "sms"),),
        clocks=(ClockMove("custody", Move.START),),
        reminders=(Reminder("received_at", after=timedelta(hours=48)),),
    ),
    EventType(
        name="concierge.package.collected",
        case="package_id",
        audiences=(to("unit:residents", Purpose.TRANSACTIONAL, "push+inbox"),),
        clocks=(ClockMove("custody", Move.STOP),),
        ends_reminders=True,
    ),
)
