"""The allowed state changes of a message, as one table. No other change ever happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.model import State

_ARRIVED: Final = frozenset({State.DELIVERED, State.READ})
"""States that a receipt may set on a message with an unknown outcome, which must not be sent again."""

MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.QUEUED: _ARRIVED | {State.SENDING, State.CANCELLED, State.SUPPRESSED},
    State.HELD: _ARRIVED | {State.QUEUED, State.SENDING, State.CANCELLED, State.SUPPRESSED},
    State.RETRYING: _ARRIVED | {State.QUEUED, State.SENDING, State.CANCELLED, State.SUPPRESSED},
    # To queued: the timers have ended its lease. Until another worker claims it, what its last holder records
    # counts as if it were still sending. To delivered and read: a provider's receipt may come before our own
    # record of its acceptance.
    State.SENDING: frozenset(
        {
            State.QUEUED,
            State.SENT,
            State.WAITING,
            State.DELIVERED,
            State.READ,
            State.HELD,
            State.RETRYING,
            State.FAILED,
            State.BOUNCED,
            State.SUPPRESSED,
            State.EXPIRED,
            State.CANCELLED,
        }
    ),
    # To cancelled: its publisher recalls it or staff marks its person, and it is a letter that nobody has.
    State.SENT: frozenset({State.DELIVERED, State.READ, State.BOUNCED, State.FAILED, State.CANCELLED}),
    # Nothing arrives in an inbox but by being read; unread it may be recalled.
    State.WAITING: frozenset({State.READ, State.CANCELLED}),
    State.DELIVERED: frozenset({State.READ, State.BOUNCED}),
    State.READ: frozenset(),
    # To queued: an operator redrives it.
    State.FAILED: _ARRIVED | {State.QUEUED},
    State.BOUNCED: frozenset({State.QUEUED}),
    State.SUPPRESSED: frozenset({State.QUEUED}),
    State.EXPIRED: _ARRIVED | {State.QUEUED},
    State.CANCELLED: frozenset(),
}

UNSENT: Final = frozenset({State.QUEUED, State.HELD, State.RETRYING})
"""States from which others may cancel a message; one that is being sent belongs to its worker."""

LOST: Final = frozenset({State.FAILED, State.BOUNCED, State.SUPPRESSED, State.EXPIRED})
"""The cascade takes its next step once all messages of a step are in these states."""


def may(before: State, after: State) -> bool:
    return after in MOVES[before]


def sources(after: State) -> frozenset[State]:
    """Return the states from which a message may come to this one."""
    return frozenset(before for before in State if may(before, after))
