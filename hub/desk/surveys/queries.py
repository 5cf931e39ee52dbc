"""Surveys in PostgreSQL, as operators look at them; `hub.storage.surveys` has the way's half."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from hub.desk.surveys.rows import CallRow, SurveyRow, SurveysQuery
from hub.model import Period, PropertyScope, within
from hub.model.pages import Rows
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_SQL: Final = beside(__file__)


async def surveys(
    db: Database, query: SurveysQuery, period: Period, *, open_for: timedelta, places: PropertyScope = None
) -> Rows[SurveyRow]:
    """
    List surveys, the last asked first, each with its state, its last score and comment.

    `open_for` is how long a survey is open whose event does not say until when.
    """
    given = (
        *(period.since, period.until, open_for, listed(within(places, query.copropiedad))),
        *(storable(query.kind), storable(query.area), query.state, query.lowest, query.highest),
    )
    return await rows_of(SurveyRow, db, _SQL["surveys"], query, *given, by="asked_at")


async def newest_answer(db: Database) -> object:
    """Return a value that differs once somebody of any copropiedad has answered."""
    return [tuple(row) for row in await db.rows(_SQL["newest_answer"])]


async def calls(db: Database, *, limit: int, places: PropertyScope = None) -> Sequence[CallRow]:
    """Return the calls that are still to be made, soonest due first."""
    return [read(CallRow, row) for row in await db.rows(_SQL["calls"], limit, listed(places))]
