"""Real estate: visits, leases, sales, rents, handovers, listings, and conflicts between the parties."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from hub.catalog.audiences import ONE_AUTHORISED, to
from hub.catalog.quality import SURVEY
from hub.model import ClockMove, DocumentUse, EventType, FollowUp, Lane, Move, Print, Purpose, Reminder

# Two audiences, so that each party gets its own text and does not see the other's.
_PARTIES: Final = (
    to("party_a", Purpose.LEGAL, "email", print=Print.LETTER),
    to("party_b", Purpose.LEGAL, "email", print=Print.LETTER, template="party_b"),
)

# The agent reads the contact and the visitor of a visit, the landlord does not.
_OF_A_VISIT: Final = (
    to("landlord", Purpose.SERVICE, "push", "email", template="landlord"),
    to("agent", Purpose.INTERNAL, "inbox+push", "email", template="agent"),
)

_OPTED_IN: Final = replace(
    to("opted_in:commercial", Purpose.COMMERCIAL, "email", "push"), segment_by="segment"
)

REAL_ESTATE: Final = (
    EventType(
        name="realestate.visit.scheduled",
        case="visit_id",
        audiences=(to("interested", Purpose.SERVICE, "email+whatsapp", "sms"), *_OF_A_VISIT),
        reminders=(Reminder("starts_at", timedelta(hours=2)),),
        # The same visit at another time replaces the reminder.
        ends_reminders=True,
        useful_until="starts_at",
    ),
    EventType(
        name="realestate.visit.cancelled",
        case="visit_id",
        audiences=(to("interested", Purpose.SERVICE, "whatsapp", "sms", "email"), *_OF_A_VISIT),
        ends_reminders=True,
    ),
    EventType(
        name="realestate.contract.expiring",
        case="contract_id",
        audiences=(
            to("landlord", Purpose.SERVICE, "email"),
            to("agent", Purpose.INTERNAL, "inbox+email", template="agent"),
        ),
        # After it nobody can give notice, and the contract goes on by itself.
        useful_until="notice_deadline",
    ),
    EventType(
        name="realestate.contract.notice_served",
        case="contract_id",
        audiences=(to("counterparty", Purpose.LEGAL, "email", print=Print.LETTER),),
        # A formal notice is read as it was written, in every form that arrives.
        document=DocumentUse.ATTACH,
    ),
    EventType(
        name="realestate.rent.received",
        case="contract_id",
        audiences=(
            to("tenant", Purpose.TRANSACTIONAL, "email+push"),
            # The landlord reads that the rent has come, and nothing about the tenant.
            to("landlord", Purpose.SERVICE, "inbox+email", template="landlord"),
        ),
        # A tenant who has paid gets no reminder and no demand.
        ends_reminders=True,
        ends_collection=True,
    ),
    EventType(
        name="realestate.transaction.milestone",
        case="transaction_id",
        # One event for each party that has something else to bring: nobody reads what is asked of another.
        audiences=(to("party", Purpose.SERVICE, "email+inbox", "push"),),
    ),
    EventType(
        name="realestate.handover.completed",
        case="transaction_id",
        audiences=(to("party", Purpose.TRANSACTIONAL, "email"),),
        follow_ups=(
            FollowUp(
                "realestate.followup.due", "followup_after_handover", fields=("property", "delivered_on")
            ),
            FollowUp(
                SURVEY,
                "survey_after_handover",
                to=("party",),
                data={"kind": "post_servicio", "service_area": "inmobiliaria"},
            ),
        ),
    ),
    EventType(
        name="realestate.followup.due",
        case="transaction_id",
        shared=True,
        audiences=(to("party", Purpose.SERVICE, "email", "whatsapp"),),
    ),
    EventType(
        name="realestate.listing.promoted",
        lane=Lane.BULK,
        case="campaign_id",
        audiences=(_OPTED_IN,),
        useful_until="valid_until",
    ),
    EventType(
        name="realestate.rent.overdue",
        lane=Lane.BULK,
        case="contract_id",
        audiences=(to("tenant", Purpose.COLLECTION, *ONE_AUTHORISED, one_authorised=True),),
        # A newer notice replaces one that has not left.
        ends_collection=True,
    ),
    EventType(
        name="realestate.conflict.opened",
        case="conflict_id",
        audiences=(
            *_PARTIES,
            to("staff:coordinator", Purpose.INTERNAL, "inbox+email", template="staff"),
        ),
        clocks=(ClockMove("conflict", Move.START),),
    ),
    EventType(
        name="realestate.conflict.resolved",
        case="conflict_id",
        audiences=_PARTIES,
        clocks=(ClockMove("conflict", Move.STOP),),
        # One document for both parties: the duties of each to the other.
        document=DocumentUse.ATTACH,
    ),
)
