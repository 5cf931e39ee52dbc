"""The list of cases: how each stands, for operators."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from msgspec import Meta

from hub.model import PropertyScope, within
from hub.model.casework import CaseStanding, FoundCase
from hub.model.pages import Rows
from hub.operations.cases.schemas import CaseProgress
from hub.ports.casework import CaseFilter
from hub.rendering.event_title import event_title
from hub.storage import PostgresCasework


class CaseRow(CaseStanding, kw_only=True, frozen=True):
    """A case as a list shows it: no words of people."""

    number: Annotated[str, Meta(description="By which people know it.", examples=["PQ-2026-000901"])]
    title: Annotated[str, Meta(description="Spanish; what opened it.", examples=["PQRS recibida"])]
    last: Annotated[str, Meta(description="Spanish; what happened last.", examples=["PQRS respondida"])]
    state: CaseProgress


async def list_cases(
    store: PostgresCasework,
    asked: CaseFilter,
    *,
    after: str | None,
    limit: int,
    places: PropertyScope,
    copropiedad: str | None,
) -> Rows[CaseRow]:
    """List cases within these places, the one with the newest event first."""
    narrowed = replace(asked, places=within(places, copropiedad))
    page = await store.cases(narrowed, after=after, limit=limit)
    return Rows(items=[_shown(case) for case in page.items], next=page.next)


def _shown(case: FoundCase) -> CaseRow:
    return CaseRow(
        **{name: getattr(case, name) for name in CaseStanding.__struct_fields__},
        number=case.radicado or case.case.partition(":")[2],
        title=event_title(case.first_type or "") or "Caso",
        last=event_title(case.last_type),
        state=_progress(case),
    )


def _progress(case: FoundCase) -> CaseProgress:
    if not case.promises:
        return CaseProgress.NO_PROMISES
    return CaseProgress.OPEN if case.running else CaseProgress.CLOSED
