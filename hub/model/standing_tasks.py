"""Standing tasks: what the company's policy promises and a person must start, and how each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

DUE: Final = "policy.task.due"
"""The reminder of tasks that nobody has begun."""
DONE: Final = "policy.task.done"
"""Somebody says that a task is done, of which no other event of the hub tells."""


class Cadence(StrEnum):
    """How often a task comes."""

    MONTH = "month"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {"month": 1, "half_year": 6, "year": 12}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingTask:
    """
    A task of the calendar, for the sentences `policy` of the company's policy.

    `owner` is the duty of staff that is reminded, in `area` where only that area's staff is. The task is done
    by any event of `done_by` whose data are as `where`, since its period began; one `per_place` in each
    copropiedad. A person may say of each that it is done.
    """

    name: str
    policy: tuple[str, ...]
    owner: str
    every: Cadence
    done_by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    area: str | None = None
    per_place: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlace:
    """A copropiedad of the directory."""

    copropiedad_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """
    A task in the period since `since`: to be done by `due_on`; None: nobody is reminded of it.

    `last_done` is of this period or the one before. `lacking` are the copropiedades where it is not done.
    Of a period that is not `known`, for it began before the hub did, nothing is overdue.
    """

    task: StandingTask
    since: date
    due_on: date | None
    done: bool
    last_done: datetime | None
    lacking: Sequence[TaskPlace] = ()
    known: bool = True

    def is_overdue(self, today: date) -> bool:
        return self.known and not self.done and self.due_on is not None and self.due_on < today
