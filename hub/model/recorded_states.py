"""
The comparison of a message's state with its attempts and endings. Pure.

Attempts and endings are sealed, the state is not. A message that was sent again has the rows of each time: so
a state needs a row that says it, and a row that nothing can follow must be the state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from hub.model.messages import State

_OUTCOMES_OF: Final[Mapping[State, frozenset[str]]] = {
    State.SENT: frozenset({"accepted", "sent"}),
    State.WAITING: frozenset({"accepted"}),
    State.DELIVERED: frozenset({"delivered"}),
    State.READ: frozenset({"read"}),
    State.BOUNCED: frozenset({"bounced"}),
}
"""State → the outcomes of attempts, one of which it needs."""
_ENDINGS: Final = frozenset({State.FAILED, State.SUPPRESSED, State.EXPIRED, State.CANCELLED})
"""States that need an ending with the same reason."""


def fits(state: State, reason: str | None, rows: Collection[tuple[str, str]], *, older: bool = False) -> bool:
    """
    Return whether the rows (outcome and code; of an ending state and reason) allow this state.

    A message that is `older` may have ended before endings were recorded at all.
    """
    outcomes = {outcome for outcome, _ in rows}
    if _contradicts(state, outcomes):
        return False
    if state in _ENDINGS:
        return older or (state.value, reason or "") in rows
    needed = _OUTCOMES_OF.get(state)
    return needed is None or not needed.isdisjoint(outcomes)


def is_older(*, recorded: bool, created_at: datetime, sealed_since: datetime | None) -> bool:
    """Return whether nothing of a message was recorded since there are seals, and it was planned before."""
    return not recorded and (sealed_since is None or created_at < sealed_since)


def _contradicts(state: State, outcomes: Collection[str]) -> bool:
    """Nothing follows on `read` and `cancelled`, and on `delivered` only `read` or `bounced` (`MOVES`)."""
    if "read" in outcomes:
        return state is not State.READ
    if "cancelled" in outcomes:
        return state is not State.CANCELLED
    arrived = "delivered" in outcomes and "bounced" not in outcomes
    return arrived and state is not State.DELIVERED
