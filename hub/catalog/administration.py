"""Fees, payments, policies and owners' assemblies."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, DocumentUse, EventType, Lane, Move, Print, Purpose, Reminder

_OWNERS: Final = ("copropiedad:owners", "copropiedad:proxies")

ADMINISTRATION: Final = (
    EventType(
        name="admin.invoice.issued",
        lane=Lane.BULK,
        case="unit_id",
        audiences=(
            # Before the due day this is a service; after it, collection is another event.
            to("payer", Purpose.SERVICE, "email+inbox", "push", print=Print.LETTER),
        ),
        clocks=(ClockMove("dunning", Move.START),),
    ),
    EventType(
        name="admin.payment.received",
        case="unit_id",
        audiences=(
            to("payer", Purpose.TRANSACTIONAL, "email+push", "sms"),
            # Only the owner may see the balance, so the owner gets another text.
            to("owner", Purpose.SERVICE, "inbox", "email", template="owner", optional=True),
        ),
        # A payment, in whole or in part, cancels dunning.
        clocks=(ClockMove("dunning", Move.CANCEL),),
    ),
    EventType(
        name="policy.updated",
        lane=Lane.BULK,
        case="policy_id",
        audiences=(
            to("everyone", Purpose.SERVICE, "email+inbox", print=Print.BOARD),
            # Staff who also live or own here get this message only.
            to("staff:all", Purpose.INTERNAL, "inbox+email", template="staff"),
        ),
    ),
    EventType(
        name="admin.assembly.convened",
        case="assembly_id",
        audiences=(
            # Ley 675 de 2001, art. 39: to each owner, at the last registered address.
            to(_OWNERS, Purpose.LEGAL, "email", print=Print.LETTER),
            to(_OWNERS, Purpose.SERVICE, "push", "whatsapp", "sms", print=Print.BOARD, template="notice"),
            to(("copropiedad:council", "copropiedad:auditor"), Purpose.LEGAL, "email", template="council"),
        ),
        reminders=(Reminder("starts_at", timedelta(hours=72)), Reminder("starts_at", timedelta(hours=24))),
        # Ley 675 de 2001, art. 39: 15 full days lie between the call and an ordinary assembly.
        clocks=(ClockMove("convocation_lead", Move.CHECK, when={"kind": "ordinaria"}),),
        # A new call replaces the reminders of the earlier one.
        ends_reminders=True,
    ),
    EventType(
        name="admin.assembly.cancelled",
        case="assembly_id",
        audiences=(to(_OWNERS, Purpose.LEGAL, "email+push+sms", print=Print.BOARD),),
        clocks=(ClockMove("convocation_lead", Move.CANCEL),),
        ends_reminders=True,
    ),
    EventType(
        name="admin.assembly.held",
        case="assembly_id",
        clocks=(ClockMove("minutes", Move.START),),
    ),
    EventType(
        name="admin.minutes.published",
        case="assembly_id",
        audiences=(to(_OWNERS, Purpose.LEGAL, "email+inbox", print=Print.LETTER),),
        clocks=(ClockMove("minutes", Move.STOP),),
        # Ley 675 de 2001, art. 47: each owner may have a copy.
        document=DocumentUse.ATTACH,
    ),
)
