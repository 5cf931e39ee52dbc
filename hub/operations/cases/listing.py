"""The list of cases: how each stands, for operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, Json, PropertyScope, within
from hub.operations.cases.schemas import CaseProgress
from hub.ports import CaseworkStore, Page
from hub.ports.casework import CaseFilter
from hub.rendering.titles_es import EVENTS


class CaseRow(Struct, kw_only=True):
    """A case as a list shows it: nothing of what people said."""

    id: Annotated[UUID, Meta(description="Of the event that came last.")]
    case: Annotated[str, Meta(examples=["pqrs_id:pqrs-ejemplo-1"])]
    number: Annotated[str, Meta(description="By which people know it.", examples=["PQ-2026-000901"])]
    title: Annotated[str, Meta(description="Spanish; what opened it.", examples=["PQRS recibida"])]
    opened_at: Instant | None
    last_at: Instant
    last: Annotated[str, Meta(description="Spanish; what happened last.", examples=["PQRS respondida"])]
    copropiedad_id: str | None
    copropiedad: Annotated[str | None, Meta(description="Its name.")]
    state: CaseProgress
    due_at: Annotated[Instant | None, Meta(description="When the first of its running promises is due.")]
    breached: Annotated[int, Meta(description="Running promises that are broken.")]
    at_risk: int
    level: Annotated[int | None, Meta(description="The highest level that has one of its promises.")]
    assignee: Annotated[str | None, Meta(description="Who of the staff has it: a reference.")]


async def list_cases(
    store: CaseworkStore,
    asked: CaseFilter,
    *,
    after: str | None,
    limit: int,
    places: PropertyScope,
    copropiedad: str | None,
) -> Page:
    """List cases within these places, the one with the newest event first."""
    narrowed = replace(asked, places=within(places, copropiedad))
    page = await store.cases(narrowed, after=after, limit=limit)
    return Page(items=[_shown(row) for row in page.items], next=page.next)


def _shown(row: Mapping[str, Json]) -> dict[str, Any]:
    number = row["radicado"] or row["case"].partition(":")[2]
    return {name: row[name] for name in _KEPT} | {
        "number": number,
        "title": EVENTS.get(row["first_event"], row["first_event"]) or "Caso",
        "last": EVENTS.get(row["last_event"], row["last_event"]),
        "state": _progress(row),
    }


def _progress(row: Mapping[str, Json]) -> CaseProgress:
    if not row["promises"]:
        return CaseProgress.NO_PROMISES
    return CaseProgress.OPEN if row["running"] else CaseProgress.CLOSED


_KEPT: Final = (
    *("id", "case", "opened_at", "last_at", "copropiedad_id", "copropiedad", "due_at", "breached", "at_risk"),
    *("level", "assignee"),
)
