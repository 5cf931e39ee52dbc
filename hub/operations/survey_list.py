"""Surveys of a period: the figures, each survey, and who is to be called."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct, convert
from msgspec.structs import replace

from hub.errors import InvalidPeriod
from hub.model import Instant, Period, PropertyScope
from hub.ports.survey_list import SurveyFilter, SurveyListStore, SurveyState

MOST: Final = 400
"""Days of a period: a little more than a year."""
USUAL: Final = 90
"""Days without a choice: surveys come twice a year and after services."""
_DAY: Final = timedelta(days=1)


class SurveyRow(Struct, kw_only=True):
    """A survey; score and comment are only for who asks for them and has the scope `privacy` there."""

    id: UUID
    asked_at: Instant
    case: str | None
    kind: str
    service_area: str | None
    copropiedad_id: str | None
    copropiedad: str | None
    person: str | None
    message_id: UUID | None
    state: SurveyState
    closes_at: Instant
    answered_at: Instant | None
    score: Annotated[int | None, Meta(description="From 0 to 10: the last answer.")]
    comment: str | None


class SurveyListPage(Struct, kw_only=True):
    items: list[SurveyRow]
    next: str | None


class CallRow(Struct, kw_only=True):
    """A call to somebody who is dissatisfied, that is still to be made: a clock."""

    id: Annotated[
        UUID | None,
        Meta(description="The clock; without `operate` or `privacy` there neither it nor the case is said."),
    ]
    case: str | None
    state: str
    due_at: Instant
    copropiedad_id: str | None


def period_of(since: date | None, until: date | None, *, now: datetime, zone: tzinfo) -> Period:
    """Return the period of these days, by default the last quarter. Raises InvalidPeriod."""
    last = until or now.astimezone(zone).date()
    first = since or last - (USUAL - 1) * _DAY
    if not timedelta(0) <= last - first < MOST * _DAY:
        raise InvalidPeriod(f"From {first} to {last} is no period.")
    return Period.of_days(first, last, zone)


async def list_surveys(
    store: SurveyListStore,
    asked: SurveyFilter,
    *,
    after: str | None,
    limit: int,
    places: PropertyScope = None,
    whole: bool = False,
) -> SurveyListPage:
    """List surveys; without `whole`, what was answered is left out, and no score narrows the list."""
    if not whole and (asked.lowest is not None or asked.highest is not None):
        raise InvalidPeriod("Scores are shown whole only.")
    page = await store.surveys(asked, after=after, limit=limit, places=places)
    rows = [convert(dict(row), SurveyRow) for row in page.items]
    return SurveyListPage(items=rows if whole else [_veiled(row) for row in rows], next=page.next)


async def open_calls(
    store: SurveyListStore, *, limit: int, places: PropertyScope = None, whose: PropertyScope = None
) -> list[CallRow]:
    """
    List the calls of these places; in `whose` with the case, which says who is dissatisfied.

    Elsewhere whoever reads the list of surveys beside it would know by their case who gave a bad score.
    """
    found = convert(await store.calls(limit=limit, places=places), list[CallRow], from_attributes=True)
    return [row if whose is None or row.copropiedad_id in whose else _nobodys(row) for row in found]


def _nobodys(row: CallRow) -> CallRow:
    return replace(row, id=None, case=None)


def _veiled(row: SurveyRow) -> SurveyRow:
    return replace(row, score=None, comment=None)
