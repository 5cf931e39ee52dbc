"""The events whose cost is held by a budget, and the town that they are about."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from hub.model import Event
from tests.unit.factories import email, event, home, member, mobile, somebody

BUDGETS: Final[dict[str, Any]] = tomllib.loads((Path(__file__).parent.parent / "budgets.toml").read_text())
BATCH: Final = 100
PLACE: Final = "ph-altos"

_DUTIES: Final = ("service", "operations", "on_call")
_CASES: Final = frozenset(
    {"pqrs_id", "radicado", "package_id", "request_id", "emergency_id", "payment_id", "person_id"}
)


def town() -> Sequence[Event]:
    """One home, whose owner lives there, and the company's staff."""
    return [
        event("directory.copropiedad.upserted", {"copropiedad_id": PLACE}),
        home("101", copropiedad=PLACE),
        somebody("p-maria", email(), mobile()),
        member("p-maria", "unit:101", "owner"),
        member("p-maria", "unit:101", "resident"),
        *(somebody(duty, email("staff@example.com")) for duty in _DUTIES),
        *(member(duty, "company", "staff", duty=duty) for duty in _DUTIES),
    ]


def batch(name: str, number: int) -> Sequence[Event]:
    """Make batch `number` of events of one type, each of a case of its own, all about the same home."""
    numbers = range(number * BATCH, (number + 1) * BATCH)
    return [_of_its_own_case(event(name, {"copropiedad_id": PLACE}, id=f"{name}-{n}")) for n in numbers]


def _of_its_own_case(example: Event) -> Event:
    cases = {field: f"{value}-{example.id}" for field, value in example.data.items() if field in _CASES}
    return replace(example, data={**example.data, **cases, "unit_id": "101"})
