"""Clocks, and what each will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hub.model.json import Json


class ClockState(StrEnum):
    OPEN = "open"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One thing a clock will do: `kind` is `at_risk`, `breach`, `escalate` or `remind`.

    `percent` is how much of the target, counted as the clock runs, has gone at the step.
    """

    kind: str
    at: datetime
    from_level: int
    to_level: int
    percent: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """
    A promise with a due instant. `steps` is a snapshot of its ladder; `fired` counts the done ones.

    `context` holds what the case's opening event says (radicado, copropiedad_id, service_area …).
    """

    id: UUID
    case: str
    name: str
    state: ClockState
    started_at: datetime
    due_at: datetime
    level: int
    steps: tuple[Step, ...]
    fired: int = 0
    ended_at: datetime | None = None
    opened_by: UUID | None = None
    context: Mapping[str, Json] = field(default_factory=dict)

    @property
    def next_at(self) -> datetime | None:
        """When this clock wants to be looked at again; None when it has ended."""
        if self.ended_at is not None or self.fired >= len(self.steps):
            return None
        return self.steps[self.fired].at
