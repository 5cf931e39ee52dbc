"""Accounting services: deliveries promised to clients, documents requested, reports, taxes."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, DocumentUse, EventType, Move, Print, Purpose, Reminder

_CLIENT: Final = ("accounting_client",)

ACCOUNTING: Final = (
    EventType(
        name="accounting.delivery.committed",
        case="engagement_id",
        audiences=(to(_CLIENT, Purpose.SERVICE, "email"),),
        clocks=(ClockMove("accounting_delivery", Move.START),),
    ),
    EventType(
        name="accounting.documents.requested",
        shared=True,
        case="engagement_id",
        audiences=(to(_CLIENT, Purpose.SERVICE, "email", "whatsapp", "sms"),),
        # Two days: a client needs more than one to get documents from a bank or an accountant.
        reminders=(Reminder("needed_by", timedelta(hours=48)),),
        answered_by=("accounting.documents.received", "accounting.report.delivered"),
        # While we wait for the client, our own promise does not run.
        clocks=(ClockMove("accounting_delivery", Move.PAUSE),),
    ),
    EventType(
        name="accounting.documents.received",
        case="engagement_id",
        audiences=(to(_CLIENT, Purpose.TRANSACTIONAL, "email"),),
        clocks=(ClockMove("accounting_delivery", Move.RESUME),),
        ends_reminders=True,
    ),
    EventType(
        name="accounting.report.delivered",
        case="engagement_id",
        audiences=(to(_CLIENT, Purpose.SERVICE, "email+inbox", print=Print.LETTER),),
        clocks=(ClockMove("accounting_delivery", Move.STOP),),
        ends_reminders=True,
        # Policy 5.2, confidentiality: a mail that is forwarded would take the figures along, for ever.
        document=DocumentUse.LINK,
    ),
    EventType(
        name="accounting.tax_deadline.approaching",
        case="obligation_id",
        audiences=(to(_CLIENT, Purpose.SERVICE, "email+sms", "whatsapp"),),
        reminders=tuple(Reminder("due_on", timedelta(days=days)) for days in (15, 5, 1)),
        # A tax authority that moves the day replaces the reminders.
        ends_reminders=True,
        useful_until="due_on",
    ),
    EventType(
        name="accounting.tax_obligation.filed",
        case="obligation_id",
        audiences=(to(_CLIENT, Purpose.TRANSACTIONAL, "email"),),
        ends_reminders=True,
    ),
)
