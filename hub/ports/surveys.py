"""The store of the surveys that people have received."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from hub.model import Period, PropertyScope
from hub.model.surveys import RespondentPage, Survey, SurveyRecord, SurveyRound


class SurveyStore(Protocol):
    async def of_message(self, message_id: UUID) -> Survey | None:
        """Return the survey that a message has brought, as it stands now; None if it is no survey."""

    async def records(
        self, period: Period, *, area: str | None = None, places: PropertyScope = None
    ) -> Sequence[SurveyRecord]:
        """Return the surveys that were asked or answered in the period, each once."""

    async def respondents(
        self,
        of: SurveyRound,
        *,
        copropiedad_id: str | None,
        once_per: timedelta,
        lasts: Callable[[str], timedelta | None],
        after: str | None,
        limit: int,
    ) -> RespondentPage:
        """
        List the clients of the company, or of one copropiedad, by ref, each once, those left out too.

        `lasts` is how long a suppression of an address lasts by channel, None: for ever.

        Raises StorageRefused for a cursor that this list did not give.
        """
