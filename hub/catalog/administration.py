"""Fees, payments, policies and owners' assemblies."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose, Reminder

_OWNERS: Final = ("copropiedad:owners", "copropiedad:proxies")

ADMINISTRATION: Final = (
    EventType(
        name="admin.invoice.issued",
        lane=Lane.BULK,
        case="unit_id",
        audiences=(
            # Before the due day this is a service; after it, collection is another event.
            Audience(
                who=("payer",),
                purpose=Purpose.SERVICE,
                channels=(("email", "inbox"), ("push",)),
                print=Print.LETTER,
            ),
        ),
        clocks=(ClockMove("dunning", Move.START),),
    ),
    EventType(
        name="admin.payment.received",
        lane=Lane.NORMAL,
        case="unit_id",
        audiences=(
            Audience(
                who=("payer",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("email", "push"), ("sms",)),
            ),
            # Only the owner may see the balance, so the owner gets another text.
            Audience(
                who=("owner",),
                purpose=Purpose.SERVICE,
                channels=(("inbox",),),
                template="owner",
                optional=True,
            ),
        ),
        # A payment, in whole or in part, cancels dunning.
        clocks=(ClockMove("dunning", Move.CANCEL),),
    ),
    EventType(
        name="policy.updated",
        lane=Lane.BULK,
        case="policy_id",
        audiences=(
            Audience(
                who=("everyone",),
                purpose=Purpose.SERVICE,
                channels=(("email", "inbox"),),
                print=Print.BOARD,
            ),
            # Staff who also live or own here get this message only.
            Audience(
                who=("staff:all",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox", "email"),),
                template="staff",
            ),
        ),
    ),
    EventType(
        name="admin.assembly.convened",
        lane=Lane.NORMAL,
        case="assembly_id",
        audiences=(
            # Ley 675 de 2001, art. 39: to each owner, at the last registered address.
            Audience(
                who=_OWNERS,
                purpose=Purpose.LEGAL,
                channels=(("email",),),
                print=Print.LETTER,
            ),
            Audience(
                who=_OWNERS,
                purpose=Purpose.SERVICE,
                channels=(("push",), ("whatsapp",), ("sms",)),
                print=Print.BOARD,
                template="notice",
            ),
            Audience(
                who=("copropiedad:council", "copropiedad:auditor"),
                purpose=Purpose.LEGAL,
                channels=(("email",),),
                template="council",
            ),
        ),
        reminders=(
            Reminder("starts_at", timedelta(hours=72)),
            Reminder("starts_at", timedelta(hours=24)),
        ),
        # Ley 675 de 2001, art. 39: 15 full days lie between the call and an ordinary assembly.
        clocks=(ClockMove("convocation_lead", Move.CHECK, when={"kind": "ordinaria"}),),
        # A new call replaces the reminders of the earlier one.
        ends_reminders=True,
    ),
    EventType(
        name="admin.assembly.cancelled",
        lane=Lane.NORMAL,
        case="assembly_id",
        audiences=(
            Audience(
                who=_OWNERS,
                purpose=Purpose.LEGAL,
                channels=(("email", "push", "sms"),),
                print=Print.BOARD,
            ),
        ),
        clocks=(ClockMove("convocation_lead", Move.CANCEL),),
        ends_reminders=True,
    ),
    EventType(
        name="admin.assembly.held",
        lane=Lane.NORMAL,
        case="assembly_id",
        clocks=(ClockMove("minutes", Move.START),),
    ),
    EventType(
        name="admin.minutes.published",
        lane=Lane.NORMAL,
        case="assembly_id",
        audiences=(
            Audience(
                who=_OWNERS,
                purpose=Purpose.LEGAL,
                channels=(("email", "inbox"),),
                print=Print.LETTER,
            ),
        ),
        clocks=(ClockMove("minutes", Move.STOP),),
    ),
)
