"""
Surveys of a half-year (policy 8.1) begin: one `survey.requested` for each client of the company.

A person has one case in a half-year, named after both. So a second start, at once or weeks later, asks only
people who have not been asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.business_time import WorkCalendar
from hub.desk.surveys.rows import SurveyStarted
from hub.model import Event, Json, own_event
from hub.model.surveys import LeftOut, Respondent, SurveyRound
from hub.policy import Policy
from hub.sla.follow_ups import PERSON_REF, RESPONDENT, SURVEY, end_of_day
from hub.storage import PostgresSurveys

Publish = Callable[[Sequence[Event]], Awaitable[None]]
"""Publishes and waits until the broker has confirmed all. May raise BrokerUnavailable."""
PAGE: Final = 500
"""People who are looked up, and asked, at a time."""
KIND: Final = "semestral"
WHY_ES: Final[Mapping[LeftOut, str]] = {
    LeftOut.ASKED: "ya tienen su encuesta de este semestre",
    LeftOut.DECLINED: "no han autorizado encuestas",
    LeftOut.ASKED_LATELY: "tienen otra encuesta reciente; puede preguntarles después",
    LeftOut.NO_CONTACT: "sin correo, celular ni aplicación",
}
"""The reason why somebody is not asked, for operators."""
_JULY: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyStart:
    """The people to ask: everybody, or those of one copropiedad. A dry run only counts them."""

    round: SurveyRound
    copropiedad_id: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The people asked, and by reason those not asked; `next` is the cursor if there may be more."""

    asked: int
    left_out: Mapping[LeftOut, int]
    next: str | None

    @property
    def looked_at(self) -> int:
        return self.asked + sum(self.left_out.values())


def round_at(now: datetime, calendar: WorkCalendar) -> SurveyRound:
    """Return the half-year of an instant: `2026-2` from 1 July on."""
    today = calendar.day_of(now)
    second = today.month >= _JULY
    since = datetime(today.year, _JULY if second else 1, 1, tzinfo=calendar.zone)
    return SurveyRound(name=f"{today.year}-{1 + second}", since=since)


async def start_survey(
    wish: SurveyStart,
    *,
    store: PostgresSurveys,
    publish: Publish,
    policy: Policy,
    now: Callable[[], datetime],
    limit: int | None = None,
    after: str | None = None,
    on_progress: Callable[[Started], None] = lambda _: None,
) -> Started:
    """
    Ask page by page, looking at up to `limit` people.

    Each page is confirmed by the broker before the next is read; after a crash in between, the same call
    asks the rest. Raises BrokerUnavailable. `on_progress` is called with the sums after each page.
    """
    asked, left_out, seen = 0, Counter[LeftOut](), 0
    while True:
        size = PAGE if limit is None else min(PAGE, limit - seen)
        page = await store.respondents(
            wish.round,
            copropiedad_id=wish.copropiedad_id,
            once_per=policy.surveys.once_per,
            lasts=policy.suppression_for,
            after=after,
            limit=size,
        )
        free = [person for person in page.people if person.left_out is None]
        if not wish.dry_run:
            at = now()
            until = end_of_day(at + policy.surveys.open_for, policy)
            await publish([_survey(person, wish.round, until=until, now=at) for person in free])
        asked += len(free)
        left_out.update(person.left_out for person in page.people if person.left_out is not None)
        seen, after = seen + len(page.people), page.next
        done = Started(asked=asked, left_out=dict(sorted(left_out.items())), next=after)
        on_progress(done)
        if after is None or seen == limit:
            return done


def _survey(person: Respondent, of: SurveyRound, *, until: str, now: datetime) -> Event:
    survey = of.survey_of(person.person)
    data: dict[str, Json] = {
        "survey_id": survey,
        "kind": KIND,
        RESPONDENT: {PERSON_REF: person.person},
        "expires_at": until,
        **({"copropiedad_id": person.copropiedad_id} if person.copropiedad_id else {}),
    }
    return own_event(SURVEY, survey, data, time=now)


def shown(done: Started, wish: SurveyStart) -> SurveyStarted:
    return SurveyStarted(
        half_year=wish.round.name,
        asked=done.asked,
        left_out=dict(done.left_out),
        dry_run=wish.dry_run,
        more=done.next is not None,
        next=done.next,
    )
