"""Accounting services: deliveries promised to clients, documents requested, reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose, Reminder

_CLIENT: Final = ("accounting_client",)

ACCOUNTING: Final = (
    EventType(
        name="accounting.delivery.committed",
        lane=Lane.NORMAL,
        case="engagement_id",
        audiences=(Audience(who=_CLIENT, purpose=Purpose.SERVICE, channels=(("email",),)),),
        clocks=(ClockMove("accounting_delivery", Move.START),),
    ),
    EventType(
        name="accounting.documents.requested",
        lane=Lane.NORMAL,
        case="engagement_id",
        audiences=(
            Audience(who=_CLIENT, purpose=Purpose.SERVICE, channels=(("email",), ("whatsapp",), ("sms",))),
        ),
        # Two days: a client needs more than one to get documents from a bank or an accountant.
        reminders=(Reminder("needed_by", timedelta(hours=48)),),
        # While we wait for the client, our own promise does not run.
        clocks=(ClockMove("accounting_delivery", Move.PAUSE),),
    ),
    EventType(
        name="accounting.documents.received",
        lane=Lane.NORMAL,
        case="engagement_id",
        audiences=(Audience(who=_CLIENT, purpose=Purpose.TRANSACTIONAL, channels=(("email",),)),),
        clocks=(ClockMove("accounting_delivery", Move.RESUME),),
        ends_reminders=True,
    ),
    EventType(
        name="accounting.report.delivered",
        lane=Lane.NORMAL,
        case="engagement_id",
        audiences=(
            Audience(
                who=_CLIENT,
                purpose=Purpose.SERVICE,
                channels=(("email", "inbox"),),
                print=Print.LETTER,
            ),
        ),
        clocks=(ClockMove("accounting_delivery", Move.STOP),),
        ends_reminders=True,
    ),
)
