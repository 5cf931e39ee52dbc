"""
Clocks as a company has them that keeps a million promises: mostly open, some at risk, some breached.

Each is a clock of the hub's own fold over a PQRS, moved in time so that its next step falls where it is
wanted, and no other with it. Everybody here is invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import structs

from hub import sla
from hub.catalog import BY_NAME
from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Clock, Event, Json, Step
from hub.model.ids import uuid8
from hub.policy import Policy

COPROPIEDADES: Final = 2_000
_SOON: Final = timedelta(hours=1)
_APART: Final = timedelta(milliseconds=1_728)
"""A million clocks come one after the other in twenty days."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A promise, and how many of its steps are done. `share` of ten clocks are such."""

    share: int
    promise: str
    fired: int


KINDS: Final = (
    Kind(8, "first_reply", 0),  # at risk comes next
    Kind(1, "first_reply", 3),  # level 2 hands over to level 3
    Kind(1, "first_reply", 5),  # the reminder of level 4
)
_OF_TEN: Final = tuple(kind for kind in KINDS for _ in range(kind.share))


class Maker:
    """Makes the clock of any number, as this policy promises."""

    def __init__(self, policy: Policy) -> None:
        self._patterns = {kind: _pattern(kind, policy) for kind in KINDS}

    def waiting(self, number: int, now: datetime) -> Clock:
        """Make a clock whose next step comes after the one of the number before, within twenty days."""
        return self.clock(number, now + _SOON + number * _APART)

    def clock(self, number: int, at: datetime) -> Clock:
        """Make a clock with its next step at this instant."""
        pattern = self._patterns[_OF_TEN[number % len(_OF_TEN)]]
        by = at - pattern.steps[pattern.fired].at
        return replace(
            pattern,
            id=uuid8(pattern.started_at + by, "benchmark", str(number)),
            case=f"pqrs_id:banco-{number}",
            started_at=pattern.started_at + by,
            due_at=pattern.due_at + by,
            steps=_moved(pattern.steps, by),
            context=_context(number),
        )


def _context(number: int) -> Mapping[str, Json]:
    return {
        "pqrs_id": f"banco-{number}",
        "radicado": f"PQRS-2026-{number:07}",
        "subject": "Humedad en el cielo raso del parqueadero",
        "category": "reclamo",
        "copropiedad_id": f"ph-{number % COPROPIEDADES}",
        "unit_id": f"apto-{number % 400}",
        "service_area": "mantenimiento",
    }


def _moved(steps: Sequence[Step], by: timedelta) -> tuple[Step, ...]:
    return tuple(structs.replace(step, at=step.at + by) for step in steps)


def _pattern(kind: Kind, policy: Policy) -> Clock:
    found = next(
        clock
        for clock in sla.replay("pqrs_id:banco", [_petition()], BY_NAME, policy)
        if clock.name == kind.promise
    )
    return sla.with_progress(found, kind.fired)


def _petition() -> Event:
    return Event(
        id="banco",
        source="urn:coproservicios:benchmark",
        type=f"{TYPE_PREFIX}pqrs.received{TYPE_SUFFIX}",
        time=datetime(2026, 11, 3, 14, 5, tzinfo=UTC),
        data={"pqrs_id": "banco", "kind": "reclamo"},
    )


def staff() -> list[Event]:
    """Publish who holds the levels of the whole company."""
    return [event for level in (1, 2, 3, 4) for event in _holder(level)]


def _holder(level: int) -> tuple[Event, Event]:
    ref = f"p-nivel-{level}"
    email = {"id": f"{ref}-email", "kind": "email", "value": f"nivel{level}@example.com"}
    person = {"person_id": ref, "version": 1, "names": f"Nivel {level}", "contact_points": [email]}
    duty = {"scope": "company", "role": "staff", "duty": "management", "level": level}
    member = {"membership_id": f"m-{ref}", "version": 1, "person_id": ref, **duty}
    return _directory("person", person), _directory("membership", member)


def _directory(noun: str, data: dict[str, object]) -> Event:
    return Event(
        id=f"{noun} {data['version']} {data['person_id']}",
        source="urn:coproservicios:benchmark",
        type=f"{TYPE_PREFIX}directory.{noun}.upserted{TYPE_SUFFIX}",
        time=datetime(2026, 1, 1, tzinfo=UTC),
        data=data,
    )
