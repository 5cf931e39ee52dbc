"""Surveys in PostgreSQL: their events are the truth, and only the turns are kept beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.business_time import dates
from hub.catalog import BY_NAME
from hub.contact_rules.consents import has_consented
from hub.model import Period, Person, PropertyScope, Purpose, Role, StoredEvent
from hub.model.ids import earliest
from hub.model.surveys import (
    LeftOut,
    Respondent,
    RespondentPage,
    Survey,
    SurveyAnswer,
    SurveyRecord,
    SurveyRound,
)
from hub.people.audience import Group
from hub.people.readiness import Suppressed, ways_to
from hub.storage import consents, events, people
from hub.storage.database import Runner, Store, load, read
from hub.storage.paging import read_ref, write_ref
from hub.storage.suppressions import Lasts, suppressed

_SQL = load("surveys")
ANSWERED: Final = "survey.answered"
_ASKED_BY: Final = frozenset(
    channel
    for audience in BY_NAME["survey.requested"].audiences
    for step in audience.channels
    for channel in step
)
"""The channels by which people are asked: a person who has authorised only others is not."""
CLIENTS: Final = tuple(role.value for role in Role if role is not Role.STAFF)
"""Roles of the people who are asked for their opinion of the company."""
Turn = tuple[str, UUID]
"""A person, and the event that asks."""


async def take_turns(run: Runner, asked: Collection[Turn], once_per: timedelta) -> frozenset[Turn]:
    """Give the turns that are free to these surveys, of each person one; return those that have it."""
    return await _turns(run, "take_turns", asked, once_per)


async def have_asked(run: Runner, reminded: Collection[Turn], once_per: timedelta) -> frozenset[Turn]:
    """Return the turns of surveys that have theirs and that were accepted."""
    return await _turns(run, "have_asked", reminded, once_per)


async def _turns(run: Runner, statement: str, of: Collection[Turn], once_per: timedelta) -> frozenset[Turn]:
    given = sorted(of)
    people, keys = [person for person, _ in given], [key for _, key in given]
    rows = await run.rows(_SQL[statement], people, keys, once_per)
    return frozenset((row["person"], row["event_key"]) for row in rows)


class PostgresSurveys(Store):
    async def of_message(self, message_id: UUID) -> Survey | None:
        """Return the survey that a message has brought, as it stands now; None if it is no survey."""
        rows = await self.rows(_SQL["of_message"], message_id)
        if not rows:
            return None
        case = rows[0]["case_key"]
        known = await events.of_cases(self, [case])
        return _survey(rows[0], known.get(case, ()))

    async def records(
        self, period: Period, *, area: str | None = None, places: PropertyScope = None
    ) -> Sequence[SurveyRecord]:
        """Return the surveys that were asked or answered in the period, each once."""
        within = earliest(period.since), earliest(period.until)
        given = (period.since, period.until, *within, area, None if places is None else sorted(places))
        asked = await self.rows(_SQL["asked"], *given)
        answers = {row["case_key"]: row for row in await self.rows(_SQL["answers"], *given)}
        found = [read(SurveyRecord, {**answers.pop(row["case_key"], {}), **row}) for row in asked]
        return [*found, *(read(SurveyRecord, row) for row in answers.values())]

    async def respondents(
        self,
        of: SurveyRound,
        *,
        copropiedad_id: str | None,
        once_per: timedelta,
        lasts: Lasts,
        after: str | None,
        limit: int,
    ) -> RespondentPage:
        """
        List the clients of the company, or of one copropiedad, by ref, each once, those left out too.

        `lasts` is how long a suppression of an address lasts by channel, None: for ever.

        Raises StorageRefused for a cursor that this list did not give.
        """
        everybody = copropiedad_id is None
        group = Group(roles=CLIENTS, copropiedad_id=copropiedad_id, everywhere=everybody)
        found = await people.page(self, group, read_ref(after), limit + 1)
        listed = await consents.with_facts(self, Purpose.SURVEY, found[:limit])
        refs = [person.ref for person in listed]
        cases = [f"survey_id:{of.survey_of(ref)}" for ref in refs]
        rows = await self.rows(_SQL["respondents"], refs, cases, earliest(of.since), once_per, CLIENTS)
        known = {row["person"]: read(Respondent, row) for row in rows}
        gone = await suppressed(self, lasts)
        return RespondentPage(
            people=[_respondent(person, known[person.ref], copropiedad_id, gone) for person in listed],
            next=write_ref(refs[-1]) if len(found) > limit else None,
        )


def _respondent(
    person: Person, known: Respondent, copropiedad_id: str | None, gone: Suppressed
) -> Respondent:
    left_out = known.left_out
    if left_out is not LeftOut.ASKED and not has_consented(person, by=_ASKED_BY):
        left_out = LeftOut.DECLINED
    if left_out is None and not ways_to(person, gone):
        left_out = LeftOut.NO_CONTACT
    return replace(known, copropiedad_id=copropiedad_id or known.copropiedad_id, left_out=left_out)


def _survey(row: Record, history: Iterable[StoredEvent]) -> Survey:
    data = row["data"]
    expires_at = instant(data.get("expires_at"))
    return read(Survey, {**data, **row}, expires_at=expires_at, answers=answers_of(history))


def instant(text: str | None) -> datetime | None:
    return None if text is None else dates.instant(text)


def answers_of(history: Iterable[StoredEvent]) -> tuple[SurveyAnswer, ...]:
    """Return the answers of a survey's events, in the order of their time."""
    given = sorted((row.event for row in history if row.event.name == ANSWERED), key=lambda event: event.time)
    return tuple(
        SurveyAnswer(score=int(event.data["score"]), at=event.time, comment=event.data.get("comment"))
        for event in given
    )
