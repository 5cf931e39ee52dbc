"""The state machine, the rows that the hub records on the way, and the enums that hold them."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hub.app.process import hub_enums
from hub.model import State
from hub.model.recorded_states import fits
from hub.model.state_machine import LOST, MOVES, may
from tests.for_each import for_each

# Written from the design, not from the code. A row is the current state, a column the next one; both in
# the same order.
#              qu he re se st wa de rd fa bo su ex ca
TABLE = {
    "queued": " . . . x . . x x . . x . x",
    "held": "   x . . x . . x x . . x . x",
    "retrying": "x . . x . . x x . . x . x",
    "sending": "x x x . x x x x x x x x x",
    "sent": "   . . . . . . x x x x . . x",
    "waiting": ". . . . . . . x . . . . x",
    "delivered": ". . . . . . . x . x . . .",
    "read": "   . . . . . . . . . . . . .",
    "failed": " x . . . . . x x . . . . .",
    "bounced": "x . . . . . . . . . . . .",
    "suppressed": "x . . . . . . . . . . . .",
    "expired": "x . . . . . x x . . . . .",
    "cancelled": ". . . . . . . . . . . . .",
}


def test_table_has_every_state() -> None:
    assert set(TABLE) == {str(state) for state in State}
    assert {len(row.split()) for row in TABLE.values()} == {len(State)}


@for_each(itertools.product(State, State))
def test_a_message_moves_only_where_the_table_says(before: State, after: State) -> None:
    expected = TABLE[before].split()[list(TABLE).index(after)] == "x"

    assert may(before, after) is expected


def test_lost_message_returns_only_by_redrive_or_receipt() -> None:
    allowed = {State.QUEUED, State.DELIVERED, State.READ}  # by an operator, or by the provider's receipt

    assert {after for before in LOST for after in MOVES[before]} <= allowed


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


_KEPT = "__msgspec_cache__"
_READ = f"""
import hub.app.container, hub.app.roles, hub.app.web_role
from hub.app.process import decode_each, hub_enums
decode_each()
print([enum.__name__ for enum in hub_enums() if "{_KEPT}" not in vars(enum)])
"""


def test_process_has_read_each_enum_before_its_roles_work() -> None:
    done = subprocess.run([sys.executable, "-c", _READ], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_enums_of_the_hub_are_found() -> None:
    assert {"State", "Purpose", "Lane"} <= {enum.__name__ for enum in hub_enums()}
