"""
Personal data: consents; queries and claims of people about their own data (Ley 1581 de 2012); breaches, with
the staff who must act, the report to the authority, and the people affected.
"""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, DocumentUse, EventType, Lane, Move, Print, Purpose

_ONE_OF: Final = ("email", "whatsapp", "sms")

# Acknowledged by the channel that was used (email, text, WhatsApp); after paper or a web page, by any.
_THE_CHANNEL_USED: Final = to("data_subject", Purpose.TRANSACTIONAL, *_ONE_OF, channel_by="method")

_SUBJECT: Final = to("data_subject", Purpose.LEGAL, "email", print=Print.LETTER)
_OFFICER: Final = to("staff:privacy_officer", Purpose.INTERNAL, "inbox+email", template="staff")

_REALM: Final = "privacy."
"""The front desk has incident numbers too: the realm keeps the two kinds of cases apart."""


def _case_event(
    name: str,
    *moves: ClockMove,
    officer: bool = False,
    document: DocumentUse = DocumentUse.NAME,
    shared: bool = False,
) -> EventType:
    """Make an event for the data subject, and also for the officer if it opens the case (`officer`)."""
    audiences = (_SUBJECT, _OFFICER) if officer else (_SUBJECT,)
    return EventType(
        name=name, case="case_id", audiences=audiences, clocks=moves, document=document, shared=shared
    )


PRIVACY: Final = (
    EventType(
        name="privacy.consent.requested",
        case="subject_id",
        audiences=(to("data_subject", Purpose.TRANSACTIONAL, *_ONE_OF, print=Print.LETTER),),
    ),
    EventType(
        name="privacy.consent.granted",
        # On paper, registered by the staff; or on the own page.
        shared=True,
        case="subject_id",
        audiences=(_THE_CHANNEL_USED,),
    ),
    EventType(
        name="privacy.consent.revoked",
        case="subject_id",
        audiences=(
            _THE_CHANNEL_USED,
            to("staff:privacy_officer", Purpose.INTERNAL, "inbox+email", template="staff"),
        ),
    ),
    _case_event("privacy.query.received", ClockMove("privacy_query", Move.START), officer=True),
    _case_event("privacy.query.extended", ClockMove("privacy_query", Move.EXTEND)),
    # Ley 1581 de 2012, arts. 14 and 15: the answer itself must reach whoever asked.
    _case_event("privacy.query.answered", ClockMove("privacy_query", Move.STOP), document=DocumentUse.ATTACH),
    _case_event(
        "privacy.claim.received",
        ClockMove("privacy_claim", Move.START),
        ClockMove("privacy_legend", Move.START),
        officer=True,
        # A resident may start one on the own page.
        shared=True,
    ),
    _case_event("privacy.claim.in_process", ClockMove("privacy_legend", Move.STOP)),
    _case_event("privacy.claim.extended", ClockMove("privacy_claim", Move.EXTEND)),
    # Another body is competent: transferred within two business days, and the terms bind that body now.
    _case_event(
        "privacy.claim.transferred",
        ClockMove("privacy_claim", Move.CANCEL),
        ClockMove("privacy_legend", Move.CANCEL),
    ),
    # An answer within the two days makes the legend unnecessary.
    _case_event(
        "privacy.claim.answered",
        ClockMove("privacy_legend", Move.STOP),
        ClockMove("privacy_claim", Move.STOP),
        document=DocumentUse.ATTACH,
    ),
    EventType(
        name="privacy.incident.detected",
        lane=Lane.URGENT,
        case="incident_id",
        realm=_REALM,
        # Staff only: the people affected are notified later, once the officer has decided the text.
        audiences=(
            # A data leak on a Saturday cannot wait for Monday (Ley 2191 de 2022, art. 6, c).
            to("staff:privacy_officer", Purpose.INTERNAL, "voice+sms+email", any_hour=True),
            to("staff:management", Purpose.INTERNAL, "email+inbox", template="management"),
        ),
        clocks=(ClockMove("incident_report", Move.START),),
    ),
    EventType(
        name="privacy.incident.reported",
        case="incident_id",
        realm=_REALM,
        audiences=(to("staff:management", Purpose.INTERNAL, "inbox+email"),),
        clocks=(ClockMove("incident_report", Move.STOP),),
    ),
    EventType(
        name="privacy.incident.subjects_informed",
        case="incident_id",
        realm=_REALM,
        audiences=(to("affected", Purpose.LEGAL, "email", "sms", print=Print.LETTER),),
    ),
)
