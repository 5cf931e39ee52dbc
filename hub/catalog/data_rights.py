"""What people ask and claim about their own data, and the terms that Ley 1581 de 2012 sets for it."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose

_SUBJECT: Final = Audience(
    who=("data_subject",), purpose=Purpose.LEGAL, channels=(("email",),), print=Print.LETTER
)
_OFFICER: Final = Audience(
    who=("staff:privacy_officer",),
    purpose=Purpose.INTERNAL,
    channels=(("inbox", "email"),),
    template="staff",
)


def _told(name: str, *moves: ClockMove, officer: bool = False) -> EventType:
    """Make an event of a case that the one whose data it is reads; what opens a case, the officer too."""
    audiences = (_SUBJECT, _OFFICER) if officer else (_SUBJECT,)
    return EventType(name=name, lane=Lane.NORMAL, case="case_id", audiences=audiences, clocks=moves)


DATA_RIGHTS: Final = (
    _told("privacy.query.received", ClockMove("privacy_query", Move.START), officer=True),
    _told("privacy.query.extended", ClockMove("privacy_query", Move.EXTEND)),
    _told("privacy.query.answered", ClockMove("privacy_query", Move.STOP)),
    _told(
        "privacy.claim.received",
        ClockMove("privacy_claim", Move.START),
        ClockMove("privacy_legend", Move.START),
        officer=True,
    ),
    _told("privacy.claim.in_process", ClockMove("privacy_legend", Move.STOP)),
    _told("privacy.claim.extended", ClockMove("privacy_claim", Move.EXTEND)),
    # Not competent: passed on within two business days; the terms are somebody else's from here on.
    _told(
        "privacy.claim.transferred",
        ClockMove("privacy_claim", Move.CANCEL),
        ClockMove("privacy_legend", Move.CANCEL),
    ),
    # An answer within the two days needs no legend any more.
    _told(
        "privacy.claim.answered",
        ClockMove("privacy_legend", Move.STOP),
        ClockMove("privacy_claim", Move.STOP),
    ),
)
