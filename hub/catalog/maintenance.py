"""Repair requests and scheduled works."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose, Reminder

# Changed or newly announced works replace the earlier reminders.
_BEFORE_WORKS: Final = (
    Reminder("starts_at", timedelta(hours=24)),
    Reminder("starts_at", timedelta(hours=2)),
)
# The residents who may have planned their day around the works.
_OF_WORKS: Final = (
    Audience(
        who=("zone:residents",),
        purpose=Purpose.SERVICE,
        channels=(("push", "email"), ("sms",)),
        print=Print.BOARD,
    ),
)

MAINTENANCE: Final = (
    EventType(
        name="maintenance.request.received",
        lane=Lane.NORMAL,
        case="request_id",
        audiences=(
            Audience(
                who=("requester",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("push", "email"), ("sms",)),
            ),
            Audience(
                who=("staff:maintenance",), purpose=Purpose.INTERNAL, channels=(("inbox",),), template="staff"
            ),
        ),
        clocks=(
            ClockMove("maintenance_response", Move.START),
            ClockMove("maintenance_resolution", Move.START),
        ),
    ),
    EventType(
        name="maintenance.request.assigned",
        lane=Lane.NORMAL,
        case="request_id",
        audiences=(
            Audience(who=("requester",), purpose=Purpose.SERVICE, channels=(("push",), ("email",), ("sms",))),
            Audience(
                who=("technician",),
                purpose=Purpose.INTERNAL,
                channels=(("push", "sms"),),
                template="technician",
            ),
        ),
        clocks=(ClockMove("maintenance_response", Move.STOP),),
    ),
    EventType(
        name="maintenance.request.completed",
        lane=Lane.NORMAL,
        case="request_id",
        audiences=(Audience(who=("requester",), purpose=Purpose.SERVICE, channels=(("push", "email"),)),),
        clocks=(
            ClockMove("maintenance_response", Move.STOP),
            ClockMove("maintenance_resolution", Move.STOP),
        ),
    ),
    EventType(
        name="maintenance.request.cancelled",
        lane=Lane.NORMAL,
        case="request_id",
        audiences=(
            Audience(who=("requester",), purpose=Purpose.TRANSACTIONAL, channels=(("push",), ("email",))),
        ),
        clocks=(
            ClockMove("maintenance_response", Move.CANCEL),
            ClockMove("maintenance_resolution", Move.CANCEL),
        ),
    ),
    EventType(
        name="maintenance.scheduled.announced",
        lane=Lane.BULK,
        case="work_id",
        audiences=(
            Audience(
                who=("zone:residents",),
                purpose=Purpose.SERVICE,
                channels=(("email", "push", "inbox"),),
                print=Print.BOTH,
            ),
        ),
        clocks=(ClockMove("notice_lead", Move.CHECK),),
        reminders=_BEFORE_WORKS,
        ends_reminders=True,
    ),
    EventType(
        name="maintenance.scheduled.changed",
        lane=Lane.NORMAL,
        case="work_id",
        audiences=_OF_WORKS,
        reminders=_BEFORE_WORKS,
        ends_reminders=True,
    ),
    EventType(
        name="maintenance.scheduled.cancelled",
        lane=Lane.NORMAL,
        case="work_id",
        audiences=_OF_WORKS,
        clocks=(ClockMove("notice_lead", Move.CANCEL),),
        ends_reminders=True,
    ),
)
