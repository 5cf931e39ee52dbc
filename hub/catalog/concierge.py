"""The front desk: outages, incidents, packages."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose, Reminder

CONCIERGE: Final = (
    EventType(
        name="building.outage.reported",
        lane=Lane.NORMAL,
        case="outage_id",
        audiences=(
            Audience(
                who=("zone:residents",),
                purpose=Purpose.SERVICE,
                channels=(("push", "sms"),),
                print=Print.BOARD,
            ),
            Audience(
                who=("staff:on_call",),
                purpose=Purpose.INTERNAL,
                channels=(("push", "sms"),),
                template="staff",
            ),
        ),
        clocks=(ClockMove("outage", Move.START),),
    ),
    EventType(
        name="building.outage.restored",
        lane=Lane.NORMAL,
        case="outage_id",
        audiences=(
            Audience(who=("zone:residents",), purpose=Purpose.SERVICE, channels=(("push",), ("sms",))),
        ),
        clocks=(ClockMove("outage", Move.STOP),),
    ),
    EventType(
        name="concierge.incident.reported",
        lane=Lane.NORMAL,
        case="incident_id",
        audiences=(
            Audience(who=("affected",), purpose=Purpose.SERVICE, channels=(("push", "email"), ("sms",))),
            Audience(
                who=("staff:coordinator",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox", "push"),),
                template="staff",
            ),
        ),
        clocks=(ClockMove("incident_response", Move.START),),
    ),
    EventType(
        name="concierge.incident.closed",
        lane=Lane.NORMAL,
        case="incident_id",
        audiences=(Audience(who=("affected",), purpose=Purpose.SERVICE, channels=(("email", "push"),)),),
        clocks=(ClockMove("incident_response", Move.STOP),),
    ),
    EventType(
        name="concierge.package.received",
        lane=Lane.NORMAL,
        case="package_id",
        audiences=(
            Audience(who=("unit:residents",), purpose=Purpose.SERVICE, channels=(("push",), ("sms",))),
        ),
        clocks=(ClockMove("custody", Move.START),),
        reminders=(Reminder("received_at", after=timedelta(hours=48)),),
    ),
    EventType(
        name="concierge.package.collected",
        lane=Lane.NORMAL,
        case="package_id",
        audiences=(
            Audience(who=("unit:residents",), purpose=Purpose.TRANSACTIONAL, channels=(("push", "inbox"),)),
        ),
        clocks=(ClockMove("custody", Move.STOP),),
        ends_reminders=True,
    ),
)
