"""Surveys as operators look at them, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hub.model import PropertyScope
from hub.ports import Page
from hub.ports.survey_list import OpenCall, SurveyFilter
from hub.storage.database import Database, Store, load, read, storable
from hub.storage.filters import listed
from hub.storage.paging import paged

_SQL = load("survey_list")


class PostgresSurveyList(Store):
    """The SurveyListStore; `open_for` is how long a survey is open whose event does not say until when."""

    def __init__(self, database: Database, open_for: timedelta) -> None:
        super().__init__(database)
        self._open_for = open_for

    async def surveys(
        self, asked: SurveyFilter, *, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        within = places
        if asked.copropiedad is not None:
            chosen = frozenset({asked.copropiedad})
            within = chosen if places is None else chosen & places
        given = (
            *(asked.period.since, asked.period.until, self._open_for, listed(within)),
            *(storable(asked.kind), storable(asked.area), asked.state, asked.lowest, asked.highest),
        )
        return await paged(self, _SQL["surveys"], after, limit, *given, by="asked_at")

    async def newest_answer(self) -> object:
        return [tuple(row) for row in await self.rows(_SQL["newest_answer"])]

    async def calls(self, *, limit: int, places: PropertyScope = None) -> Sequence[OpenCall]:
        rows = await self.rows(_SQL["calls"], limit, listed(places))
        return [read(OpenCall, row) for row in rows]
