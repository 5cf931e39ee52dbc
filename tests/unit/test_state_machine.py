from __future__ import annotations

import itertools

from hub.model import State
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
