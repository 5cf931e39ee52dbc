"""Fees, payments, policies, owners' assemblies and votes, and what the administration tells a copropiedad."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.catalog.audiences import ONE_AUTHORISED, to
from hub.catalog.quality import SURVEY
from hub.model import ClockMove, DocumentUse, EventType, FollowUp, Lane, Move, Print, Purpose, Reminder

_OWNERS: Final = ("copropiedad:owners", "copropiedad:proxies")
_EVERYBODY: Final = ("copropiedad:owners", "copropiedad:residents")
_COUNCIL: Final = "copropiedad:council"

_A_DAY_BEFORE: Final = timedelta(hours=24)
_BEFORE_IT_CLOSES: Final = (Reminder("closes_at", _A_DAY_BEFORE),)
_BEFORE_IT_STARTS: Final = (Reminder("starts_at", _A_DAY_BEFORE),)

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
        # Of one payer, small, and needed to pay.
        document=DocumentUse.ATTACH,
    ),
    EventType(
        name="admin.payment.received",
        case="unit_id",
        audiences=(
            to("payer", Purpose.TRANSACTIONAL, "email+push", "sms"),
            # Only the owner may see the balance, so the owner gets another text.
            to("owner", Purpose.SERVICE, "inbox", "email", template="owner", optional=True),
        ),
        # A payment, in whole or in part, cancels dunning, and collection that waits for its window.
        clocks=(ClockMove("dunning", Move.CANCEL),),
        ends_collection=True,
    ),
    EventType(
        name="admin.payment.promised",
        # The staff registers it: a receipt, and no collection.
        shared=True,
        case="promise_id",
        audiences=(to("promiser", Purpose.TRANSACTIONAL, "email+push", "sms"),),
    ),
    EventType(
        name="admin.payment.failed",
        lane=Lane.URGENT,
        case="payment_id",
        audiences=(to("payer", Purpose.TRANSACTIONAL, "push+email"),),
    ),
    EventType(
        name="admin.account.overdue",
        lane=Lane.BULK,
        case="unit_id",
        audiences=(to("payer", Purpose.COLLECTION, *ONE_AUTHORISED, one_authorised=True),),
        # A newer notice replaces one that has not left.
        ends_collection=True,
    ),
    EventType(
        name="policy.updated",
        lane=Lane.BULK,
        case="policy_id",
        audiences=(
            to("everyone", Purpose.SERVICE, "email+inbox", print=Print.BOARD, digestible=True),
            # Staff who also live or own here get this message only.
            to("staff:all", Purpose.INTERNAL, "inbox+email", template="staff"),
        ),
        # The message says what changes. All the people of a company need not keep the file.
        document=DocumentUse.LINK,
        takes_effect="effective_on",
    ),
    EventType(
        name="admin.assembly.convened",
        shared=True,
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
        name="admin.assembly.second_call",
        case="assembly_id",
        audiences=(
            # Ley 675 de 2001, art. 41: any plural number of owners decides now.
            to(_OWNERS, Purpose.LEGAL, "email+push+sms", print=Print.BOARD),
            to((_COUNCIL, "copropiedad:auditor"), Purpose.LEGAL, "email", template="council"),
            # A message that the law requires is sent once; the reminders are a service.
            to(
                _OWNERS,
                Purpose.SERVICE,
                "push",
                "whatsapp",
                "sms",
                template="reminder",
                reminders_only=True,
            ),
        ),
        reminders=(*_BEFORE_IT_STARTS, Reminder("starts_at", timedelta(hours=2))),
        ends_reminders=True,
    ),
    EventType(
        name="admin.assembly.cancelled",
        shared=True,
        case="assembly_id",
        audiences=(to(_OWNERS, Purpose.LEGAL, "email+push+sms", print=Print.BOARD),),
        clocks=(ClockMove("convocation_lead", Move.CANCEL),),
        ends_reminders=True,
        ends_follow_ups=True,
    ),
    EventType(
        name="admin.assembly.held",
        case="assembly_id",
        clocks=(ClockMove("minutes", Move.START),),
        follow_ups=(
            FollowUp(
                SURVEY,
                "survey_after_assembly",
                to=_OWNERS,
                data={"kind": "asamblea", "service_area": "administracion"},
            ),
        ),
    ),
    EventType(
        name="admin.minutes.published",
        shared=True,
        case="assembly_id",
        audiences=(to(_OWNERS, Purpose.LEGAL, "email+inbox", print=Print.LETTER),),
        clocks=(ClockMove("minutes", Move.STOP),),
        # Ley 675 de 2001, art. 47: each owner may have a copy.
        document=DocumentUse.ATTACH,
    ),
    EventType(
        name="admin.vote.opened",
        case="vote_id",
        audiences=(to(_OWNERS, Purpose.SERVICE, "email+push", print=Print.BOARD),),
        reminders=_BEFORE_IT_CLOSES,
        ends_reminders=True,
        useful_until="closes_at",
    ),
    EventType(
        name="admin.vote.pending",
        case="vote_id",
        # Instead of the reminders to everybody.
        audiences=(to("pending", Purpose.SERVICE, "email+push", reminders_only=True),),
        reminders=_BEFORE_IT_CLOSES,
        ends_reminders=True,
        useful_until="closes_at",
    ),
    EventType(
        name="admin.vote.closed",
        case="vote_id",
        ends_reminders=True,
    ),
    EventType(
        name="admin.decision.published",
        lane=Lane.BULK,
        case="decision_id",
        audiences=(
            to(
                _EVERYBODY,
                Purpose.SERVICE,
                "email+inbox",
                "push",
                print=Print.BOARD,
                digestible=True,
                narrowable=True,
            ),
        ),
        # The message says what was decided. A whole building need not keep the file.
        document=DocumentUse.LINK,
        takes_effect="effective_on",
    ),
    EventType(
        name="admin.financial_report.published",
        lane=Lane.BULK,
        case="report_id",
        audiences=(
            to("copropiedad:owners", Purpose.SERVICE, "email+inbox", print=Print.LETTER, digestible=True),
            to(_COUNCIL, Purpose.SERVICE, "email", template="council"),
        ),
        # As the reports of the accountants: a mail that is forwarded would take the figures along.
        document=DocumentUse.LINK,
    ),
    EventType(
        name="admin.circular.issued",
        lane=Lane.BULK,
        case="circular_id",
        audiences=(
            to(
                _EVERYBODY,
                Purpose.SERVICE,
                "email+push+inbox",
                print=Print.BOTH,
                who_by="audience",
                digestible=True,
                narrowable=True,
            ),
        ),
        useful_until="valid_until",
        # A link goes with a circular that is taken back; a copy in a thousand mails stays.
        document=DocumentUse.LINK,
    ),
    EventType(
        name="admin.invitation.issued",
        shared=True,
        lane=Lane.BULK,
        case="invitation_id",
        audiences=(
            to(
                _EVERYBODY,
                Purpose.SERVICE,
                "email+push+inbox",
                print=Print.BOTH,
                who_by="audience",
                narrowable=True,
            ),
        ),
        reminders=_BEFORE_IT_STARTS,
        ends_reminders=True,
        useful_until="starts_at",
        document=DocumentUse.LINK,
    ),
    EventType(
        name="admin.sanction.notified",
        case="case_id",
        # Cases of personal data have ids of the same name, and this one is confidential.
        realm="sanction.",
        audiences=(to("person", Purpose.LEGAL, "email", print=Print.LETTER),),
    ),
    EventType(
        name="admin.visit.scheduled",
        shared=True,
        case="visit_id",
        # Visits to a property have ids of the same name.
        realm="admin.",
        audiences=(to(_COUNCIL, Purpose.SERVICE, "email+push", print=Print.BOARD),),
        reminders=_BEFORE_IT_STARTS,
        ends_reminders=True,
        useful_until="starts_at",
    ),
    EventType(
        name="service.terms.changed",
        lane=Lane.BULK,
        case="change_id",
        audiences=(to("client", Purpose.LEGAL, "email", print=Print.LETTER),),
        # A client who must accept new terms or leave gets them as they were written.
        document=DocumentUse.ATTACH,
    ),
    EventType(
        name="staff.training.scheduled",
        lane=Lane.BULK,
        case="training_id",
        audiences=(to("staff:all", Purpose.INTERNAL, "inbox+email"),),
        reminders=_BEFORE_IT_STARTS,
        ends_reminders=True,
        useful_until="starts_at",
    ),
)
