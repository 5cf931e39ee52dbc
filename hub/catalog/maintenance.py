"""Repair requests and scheduled works."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.catalog.audiences import to
from hub.catalog.quality import SURVEY
from hub.model import ClockMove, DocumentUse, EventType, FollowUp, Lane, Move, Print, Purpose, Reminder

# Changed or newly announced works replace the earlier reminders.
_BEFORE_WORKS: Final = (
    Reminder("starts_at", timedelta(hours=24)),
    Reminder("starts_at", timedelta(hours=2)),
)
# The residents who may have planned their day around the works.
_OF_WORKS: Final = (
    to("zone:residents", Purpose.SERVICE, "push+email", "sms", print=Print.BOARD, narrowable=True),
)

MAINTENANCE: Final = (
    EventType(
        name="maintenance.request.received",
        # Somebody of the staff may register it.
        shared=True,
        case="request_id",
        audiences=(
            to("requester", Purpose.TRANSACTIONAL, "push+email", "sms"),
            to("staff:maintenance", Purpose.INTERNAL, "inbox", "email", template="staff"),
        ),
        clocks=(
            ClockMove("maintenance_response", Move.START),
            ClockMove("maintenance_resolution", Move.START),
        ),
    ),
    EventType(
        name="maintenance.request.assigned",
        case="request_id",
        audiences=(
            to("requester", Purpose.SERVICE, "push", "email", "sms"),
            to("technician", Purpose.INTERNAL, "push+sms", template="technician"),
        ),
        clocks=(ClockMove("maintenance_response", Move.STOP),),
        # Somebody is sent again: the repair is not done, and nobody asks yet how it was.
        ends_follow_ups=True,
    ),
    EventType(
        name="maintenance.request.completed",
        case="request_id",
        audiences=(to("requester", Purpose.SERVICE, "push+email"),),
        clocks=(ClockMove("maintenance_response", Move.STOP), ClockMove("maintenance_resolution", Move.STOP)),
        follow_ups=(
            FollowUp(
                SURVEY,
                "survey_after_repair",
                to=("requester",),
                data={"kind": "post_servicio", "service_area": "mantenimiento"},
            ),
        ),
    ),
    EventType(
        name="maintenance.request.cancelled",
        case="request_id",
        audiences=(to("requester", Purpose.TRANSACTIONAL, "push", "email"),),
        clocks=(
            ClockMove("maintenance_response", Move.CANCEL),
            ClockMove("maintenance_resolution", Move.CANCEL),
        ),
        ends_follow_ups=True,
    ),
    EventType(
        name="maintenance.scheduled.announced",
        shared=True,
        lane=Lane.BULK,
        case="work_id",
        audiences=(
            to(
                "zone:residents",
                Purpose.SERVICE,
                "email+push+inbox",
                print=Print.BOTH,
                narrowable=True,
            ),
        ),
        clocks=(ClockMove("notice_lead", Move.CHECK),),
        reminders=_BEFORE_WORKS,
        ends_reminders=True,
        useful_until="ends_at",
        document=DocumentUse.LINK,
    ),
    EventType(
        name="maintenance.scheduled.changed",
        case="work_id",
        audiences=_OF_WORKS,
        reminders=_BEFORE_WORKS,
        ends_reminders=True,
        useful_until="ends_at",
        document=DocumentUse.LINK,
    ),
    EventType(
        name="maintenance.scheduled.cancelled",
        shared=True,
        case="work_id",
        audiences=_OF_WORKS,
        clocks=(ClockMove("notice_lead", Move.CANCEL),),
        ends_reminders=True,
    ),
    EventType(
        name="maintenance.scheduled.completed",
        case="work_id",
        audiences=(to("zone:residents", Purpose.SERVICE, "push+inbox", narrowable=True),),
        # An announcement that still waits for the morning must not follow the end of the works.
        ends_reminders=True,
        ends_messages=True,
    ),
)
