"""Sheets of people between look and apply: what each would change, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model.json import Instant, Json


class ImportState(StrEnum):
    LOOKED = "looked"
    """Nothing is written yet."""
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    """The database refuses a value: nothing of the sheet is written."""
    FORGOTTEN = "forgotten"
    """Nobody applied it in time, or somebody was erased meanwhile: it is loaded again."""


class SheetFault(Struct, frozen=True, kw_only=True):
    """One thing to correct, by line and column; it never quotes the cell. A warning blocks nothing."""

    line: int
    column: str
    wrong: str
    write: str
    warning: bool


class SheetReport(Struct, frozen=True, kw_only=True):
    """What a sheet has and would change, without anybody's data."""

    staff: bool
    columns: Annotated[Sequence[str], Meta(description="Those that were recognised, by their names here.")]
    lines: int
    bad: int
    faults: Sequence[SheetFault]
    counts: Annotated[
        Mapping[str, Mapping[str, int]],
        Meta(description="`copropiedad`, `unit`, `person`, `membership` → new, changed, unchanged, foreign."),
    ]
    missing: Annotated[int, Meta(description="Roles of an earlier sheet that this one does not have.")]
    revived: Annotated[int, Meta(description="People who had been removed, and would come back.")]
    erased: Annotated[int, Meta(description="People who were erased: nothing of them is written.")]

    @property
    def changes(self) -> int:
        return sum(each["new"] + each["changed"] for each in self.counts.values())


class ShownChange(Struct, frozen=True, kw_only=True):
    """A change of one person in words: `kind` is new, changed or gone."""

    kind: str
    who: str
    what: str
    by_hand: bool = False
    """Staff has corrected the person on their page; the sheet says something else."""


class SheetImport(Struct, frozen=True, kw_only=True):
    """A sheet in its state; `shown` are the first changes by name, while nobody has applied it."""

    id: UUID
    made_at: Instant
    by: str
    state: ImportState
    report: SheetReport
    end_missing: bool
    total: Annotated[int, Meta(description="Rows to write, or to take back.")]
    done: int
    ended_at: Instant | None
    left_as_is: Annotated[int, Meta(description="Of the way back: rows that others have changed since.")]
    shown: Sequence[ShownChange] = ()

    @property
    def is_over(self) -> bool:
        return self.state not in {ImportState.RUNNING, ImportState.UNDOING}


class SheetContent(Struct, frozen=True, kw_only=True):
    """What a sheet would write: noun → id → facts; the part of the directory that it covers; and words."""

    facts: Mapping[str, Mapping[str, Mapping[str, Json]]]
    copropiedades: Sequence[str]
    staff: bool
    company: bool
    shown: Sequence[ShownChange]
