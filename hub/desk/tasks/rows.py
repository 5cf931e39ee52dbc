"""Standing tasks as rows for staff, and the body of their act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hub.doors.cells import FACT, LINK, SMALL, STATE, TEXT, WHEN, Cell
from hub.model import Instant, Word
from hub.model.standing_tasks import Cadence
from hub.rendering.filters import dia_corto
from hub.rendering.titles_es import DUTIES, TASK_STEPS, TASKS

TaskProgress = Literal["done", "open", "overdue", "unknown"]
"""`unknown`: its period began before the hub did."""
_PROGRESS_ES: Final[Mapping[str, str]] = {
    "done": "Hecha",
    "open": "Por hacer",
    "overdue": "Vencida",
    "unknown": "Empezó antes del centro",
}
_STYLES: Final[Mapping[str, str]] = {
    "done": "done",
    "open": "queued",
    "overdue": "failed",
    "unknown": "off",
}
_EVERY_ES: Final[Mapping[str, str]] = {"month": "Cada mes", "half_year": "Cada semestre", "year": "Cada año"}
NEVER: Final = "A nadie se le recuerda"


def _title(row: TaskRow) -> str:
    return TASKS[row.id]


def _due(row: TaskRow) -> object:
    return NEVER if row.due_on is None else _day(row.due_on)


def _begins(row: TaskRow) -> str:
    return _day(row.begins_on)


def _day(day: date) -> str:
    return f"{dia_corto(day)} {day.year}"


def _policy(row: TaskRow) -> str:
    return f"Política, {', '.join(row.policy)}"


class TaskRow(Struct, kw_only=True):
    """A standing task in its current period; `lacking` are the copropiedades where it is not done."""

    id: Annotated[str, Cell("Tarea", LINK, value=_title)]
    policy: Annotated[
        Annotated[list[str], Meta(description="The sentences of the policy that promise it.")],
        Cell("Política", SMALL, value=_policy),
    ]
    owner: Annotated[
        Annotated[str, Meta(description="The duty of the staff that is reminded.")],
        Cell("A cargo de", TEXT, words=DUTIES),
    ]
    every: Annotated[Cadence, Cell("Cada cuánto", FACT, words=_EVERY_ES)]
    begins_on: Annotated[date, Cell("Desde", FACT, value=_begins)]
    due_on: Annotated[
        Annotated[date | None, Meta(description="The last day for it; null: nobody is reminded.")],
        Cell("Hasta", TEXT, value=_due),
    ]
    state: Annotated[TaskProgress, Cell("Estado", STATE, words=_PROGRESS_ES, styles=_STYLES)]
    last_done_at: Annotated[
        Annotated[Instant | None, Meta(description="In this period, or the one before.")],
        Cell("Última vez", WHEN),
    ]
    lacking: Annotated[list[str], Cell("Falta en", FACT)]

    @property
    def steps(self) -> Annotated[str, Cell("Qué hacer", FACT)]:
        return TASK_STEPS[self.id]


class TaskDoneBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done, and where; without a copropiedad in all of them."""

    copropiedad_id: Annotated[Word, Meta(description="Only in this copropiedad.")] | None = None
    note: Annotated[Word, Meta(description="How, without names of people: colleagues read it later.")] = ""


class TaskRecorded(Struct, kw_only=True, frozen=True):
    """The event that says so; it counts once intake has it."""

    id: str
    event_id: str
