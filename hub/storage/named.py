"""Names of people beside rows that have a reference alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from hub.model.named import Recipient, Resident
from hub.people.units import short_name
from hub.storage.database import Runner, load, read

_SQL = load("named")


async def recipients(run: Runner, messages: Collection[UUID]) -> Mapping[UUID, Recipient]:
    """Return id of a message → its person."""
    found = [read(Recipient, row) for row in await run.rows(_SQL["recipients"], list(messages))]
    return {one.id: one for one in found}


async def residents(run: Runner, asked: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Resident]:
    """Return (reference, building) → the person there; an empty building is any."""
    pairs = sorted(set(asked))
    rows = await run.rows(_SQL["residents"], [ref for ref, _ in pairs], [place for _, place in pairs])
    found = [read(Resident, row) for row in rows]
    return {(one.ref, one.copropiedad_id): one for one in found}


async def units(run: Runner, ids: Collection[str]) -> Mapping[str, str]:
    """Return id of a unit → its short name."""
    return {
        row["id"]: short_name(row["tower"], row["label"]) for row in await run.rows(_SQL["units"], list(ids))
    }
