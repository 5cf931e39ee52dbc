"""Every state that the state machine allows fits the rows that the hub records on the way to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.model import State
from hub.model.recorded_states import fits
from hub.model.state_machine import MOVES

_ROWS = {
    State.SENT: ("accepted", "250"),
    State.WAITING: ("accepted", ""),
    State.DELIVERED: ("delivered", ""),
    State.READ: ("read", ""),
    State.BOUNCED: ("bounced", "5.1.1"),
    **{
        state: (state.value, "over")
        for state in (State.FAILED, State.SUPPRESSED, State.EXPIRED, State.CANCELLED)
    },
}
_BORN = (State.QUEUED, State.HELD, State.SUPPRESSED, State.EXPIRED, State.FAILED)


def walks(steps: int) -> Iterator[tuple[State, ...]]:
    """Yield every way that a message may go, with this many moves."""
    found: list[tuple[State, ...]] = [(state,) for state in _BORN]
    for _ in range(steps):
        yield from found
        found = [(*walk, after) for walk in found for after in MOVES[walk[-1]]]


def test_no_way_of_a_message_is_called_wrong() -> None:
    wrong = [
        walk
        for walk in walks(6)
        if not fits(walk[-1], "over", {_ROWS[state] for state in walk if state in _ROWS})
    ]

    assert [] == wrong


@pytest.mark.parametrize(
    ("state", "rows"),
    [
        (State.DELIVERED, {("accepted", "250")}),
        (State.DELIVERED, set()),
        (State.READ, {("accepted", "250"), ("delivered", "")}),
        (State.SENT, {("failed", "over")}),
        (State.SENT, {("accepted", "250"), ("delivered", "")}),
        (State.QUEUED, {("accepted", "250"), ("read", "")}),
        (State.QUEUED, {("cancelled", "over")}),
        (State.FAILED, {("failed", "another reason")}),
    ],
)
def test_what_no_row_says_does_not_fit(state: State, rows: set[tuple[str, str]]) -> None:
    assert not fits(state, "over", rows)
