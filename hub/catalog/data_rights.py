"""Queries and claims of people about their own data, with the terms of Ley 1581 de 2012."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, EventType, Move, Print, Purpose

_SUBJECT: Final = to("data_subject", Purpose.LEGAL, "email", print=Print.LETTER)
_OFFICER: Final = to("staff:privacy_officer", Purpose.INTERNAL, "inbox+email", template="staff")


def _case_event(name: str, *moves: ClockMove, officer: bool = False) -> EventType:
    """Make an event for the data subject, and also for the officer if it opens the case (`officer`)."""
    audiences = (_SUBJECT, _OFFICER) if officer else (_SUBJECT,)
    return EventType(name=name, case="case_id", audiences=audiences, clocks=moves)


DATA_RIGHTS: Final = (
    _case_event("privacy.query.received", ClockMove("privacy_query", Move.START), officer=True),
    _case_event("privacy.query.extended", ClockMove("privacy_query", Move.EXTEND)),
    _case_event("privacy.query.answered", ClockMove("privacy_query", Move.STOP)),
    _case_event(
        "privacy.claim.received",
        ClockMove("privacy_claim", Move.START),
        ClockMove("privacy_legend", Move.START),
        officer=True,
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
    ),
)
