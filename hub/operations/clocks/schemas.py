"""The shapes of promises, for the API and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import ClockState, Instant, StepKind
from hub.model.step_messages import StepMessage, ToldByName
from hub.operations.clocks.calculation import Calculation

ClockSource = Literal["redis", "sql", "places", "filtered"]


class TimeLeft(Struct, kw_only=True, frozen=True):
    """The time left, in the promise's own unit; negative seconds when it is late."""

    amount: int
    unit: Literal["business_days", "business_seconds", "seconds"]


class Acknowledged(Struct, kw_only=True, frozen=True):
    """An acknowledgement by somebody of a level; `by` is a reference."""

    level: int
    at: Instant
    by: str


class ClockRow(Struct, kw_only=True, frozen=True):
    id: UUID
    case: str
    name: str
    state: ClockState
    started_at: Instant
    due_at: Instant
    level: int
    ended_at: Instant | None
    due_local: Annotated[datetime, Meta(tz=True, description="The same with the offset of the calendar.")]
    due_words: Annotated[str, Meta(description="When it falls due or ended, in Spanish.")]
    left: TimeLeft | None
    paused: bool
    told: Annotated[Sequence[StepMessage], Meta(description="Who was notified of which step and when.")]
    acknowledged: Annotated[list[Acknowledged], Meta(description="Who has taken the matter on.")]
    held_by: Annotated[
        str | None, Meta(description="Who has taken on the level that has it now: a reference.")
    ]
    copropiedad: str | None
    service_area: str | None
    radicado: str | None


class ClockPause(Struct, kw_only=True, frozen=True):
    since: Instant
    until: Instant | None


class ClockStep(Struct, kw_only=True, frozen=True):
    """What a clock does at an instant, or would do if it were not paused or ended."""

    key: str
    kind: StepKind
    at: Instant
    from_level: int
    to_level: int
    done: bool


class ClockExplained(ClockRow, kw_only=True, frozen=True):
    told: Sequence[ToldByName]
    steps: list[ClockStep]
    pauses: list[ClockPause]
    extended_at: Instant | None
    reopened: list[Instant]
    context: Annotated[dict[str, Any], Meta(description="What the case has: radicado, service_area …")]
    calculation: Annotated[Calculation, Meta(description="Why it is due then.")]


class ClockPage(Struct, kw_only=True, frozen=True):
    items: list[ClockRow]
    next: str | None
    source: Annotated[
        ClockSource,
        Meta(
            description="`sql` for ended clocks, and while Redis is away; `places` for some copropiedades, "
            "`filtered` with a filter."
        ),
    ]
