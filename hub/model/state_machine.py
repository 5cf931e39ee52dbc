"""The allowed moves of a message, as one table. What is not here never happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.model import State

_ARRIVED: Final = frozenset({State.DELIVERED, State.READ})
"""What a receipt may say of a message whose try ended without our knowing how: it must not be said again."""

MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.QUEUED: _ARRIVED | {State.SENDING, State.CANCELLED, State.SUPPRESSED},
    State.HELD: _ARRIVED | {State.QUEUED, State.SENDING, State.CANCELLED, State.SUPPRESSED},
    State.RETRYING: _ARRIVED | {State.QUEUED, State.SENDING, State.CANCELLED, State.SUPPRESSED},
    # To queued and to itself: a lease that ended without a word is taken by the next worker. To
    # delivered and read: a provider's receipt may come before our own record of its yes.
    State.SENDING: frozenset(
        {
            State.QUEUED,
            State.SENDING,
            State.SENT,
            State.DELIVERED,
            State.READ,
            State.HELD,
            State.RETRYING,
            State.FAILED,
            State.BOUNCED,
            State.SUPPRESSED,
            State.EXPIRED,
        }
    ),
    State.SENT: frozenset({State.DELIVERED, State.READ, State.BOUNCED, State.FAILED}),
    State.DELIVERED: frozenset({State.READ, State.BOUNCED}),
    State.READ: frozenset(),
    # To queued: an operator has it sent again.
    State.FAILED: _ARRIVED | {State.QUEUED},
    State.BOUNCED: frozenset({State.QUEUED}),
    State.SUPPRESSED: frozenset({State.QUEUED}),
    State.EXPIRED: _ARRIVED | {State.QUEUED},
    State.CANCELLED: frozenset(),
}

CLAIMABLE: Final = frozenset({State.QUEUED, State.HELD, State.RETRYING, State.SENDING})
"""States from which a worker may take a message: `queued` at once, the others when `next_at` has come."""

LOST: Final = frozenset({State.FAILED, State.BOUNCED, State.SUPPRESSED, State.EXPIRED})
"""States that let the cascade go on to its next step, once all of a step are in them."""


def may(before: State, after: State) -> bool:
    """Tell whether a message may go from one state to the other."""
    return after in MOVES[before]


def sources(after: State) -> frozenset[State]:
    """Answer the states from which a message may come to this one."""
    return frozenset(before for before in State if may(before, after))
