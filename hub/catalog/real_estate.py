"""Rents that are overdue, and conflicts between the parties of a real estate contract."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import ONE_AUTHORISED, to
from hub.model import ClockMove, EventType, Lane, Move, Print, Purpose

# Two audiences, so that each party gets its own text and does not see the other's.
_PARTIES: Final = (
    to("party_a", Purpose.LEGAL, "email", print=Print.LETTER),
    to("party_b", Purpose.LEGAL, "email", print=Print.LETTER, template="party_b"),
)

REAL_ESTATE: Final = (
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
    ),
)
