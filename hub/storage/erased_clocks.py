"""Clocks of an erased person: the data with which they make their events."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from asyncpg import Record

from hub.cloudevents.kept_texts import kept_wherever
from hub.people.erasing import Traces, is_alone, names_them, scrubbed
from hub.storage.database import Runner, encode, load

_SQL = load("erased_clocks")


async def erase_clocks(
    run: Runner, cases: Collection[str], own: Collection[str], alone: Collection[UUID], traces: Traces
) -> None:
    """Erase them from the clocks of these cases; `own` cases and `alone` events are about nobody else."""
    for row in await run.rows(_SQL["of_cases"], sorted(cases)):
        await _put(run, row, traces, alone=row["case_key"] in own or row["opened_by"] in alone)


async def erase_older_clocks(run: Runner, traces: Traces, sought: Collection[str]) -> None:
    """Erase them from clocks whose events are dropped: their own data is all that tells of whom they are."""
    for row in await run.rows(_SQL["left_behind"], list(sought)):
        context: Mapping[str, Any] = row["context"]
        alone = names_them(context, traces) and is_alone(context, traces)
        await _put(run, row, traces, alone=alone)


async def _put(run: Runner, row: Record, traces: Traces, *, alone: bool) -> None:
    left = scrubbed(row["context"], traces, alone=alone, kept=kept_wherever())
    if row["is_follow_up"]:
        # What it publishes must be valid: an empty text is not.
        left = {name: part for name, part in left.items() if part != ""}
    if left != row["context"]:
        await run.rows(_SQL["put"], row["id"], encode(left))
