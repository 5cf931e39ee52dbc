"""Conflicts between the parties of a real estate contract."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose

# Two audiences, so that each party gets its own text and does not see the other's.
_PARTIES: Final = (
    Audience(who=("party_a",), purpose=Purpose.LEGAL, channels=(("email",),), print=Print.LETTER),
    Audience(
        who=("party_b",),
        purpose=Purpose.LEGAL,
        channels=(("email",),),
        print=Print.LETTER,
        template="party_b",
    ),
)

REAL_ESTATE: Final = (
    EventType(
        name="realestate.conflict.opened",
        lane=Lane.NORMAL,
        case="conflict_id",
        audiences=(
            *_PARTIES,
            Audience(
                who=("staff:coordinator",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox", "email"),),
                template="staff",
            ),
        ),
        clocks=(ClockMove("conflict", Move.START),),
    ),
    EventType(
        name="realestate.conflict.resolved",
        lane=Lane.NORMAL,
        case="conflict_id",
        audiences=_PARTIES,
        clocks=(ClockMove("conflict", Move.STOP),),
    ),
)
