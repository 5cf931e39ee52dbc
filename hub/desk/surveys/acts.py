"""Surveys: start that of the half-year, list each of a period, list the calls to be made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from msgspec.structs import replace

from hub.desk.surveys import half_year
from hub.desk.surveys.rows import (
    CallList,
    CallRow,
    SurveyBody,
    SurveyListPage,
    SurveyRow,
    SurveysQuery,
    SurveyStarted,
)
from hub.doors.operator import Operator
from hub.errors import InvalidPeriod
from hub.model import Period, PropertyScope, Scope, within
from hub.model.pages import MAX_LIMIT, Rows
from hub.model.surveys import RespondentPage
from hub.operations.publish import send_all
from hub.parts.stores import Stores
from hub.sla.follow_ups import end_of_day
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_SQL: Final = beside(__file__)


MOST: Final = 400
"""Days of a period: a little more than a year."""
USUAL: Final = 90
"""Days without a choice: surveys come twice a year and after services."""
PAGE: Final = 500
"""People who are looked up, and asked, at a time."""
_DAY: Final = timedelta(days=1)


async def start(by: Operator, body: SurveyBody) -> SurveyStarted:
    """
    Ask each client once per half-year, a page at a time; safe to repeat.

    People who have got another survey lately, or want none, are not asked.
    """
    return await begin(by, body.copropiedad_id, dry_run=body.dry_run, limit=body.limit, after=body.after)


async def begin(
    by: Operator,
    copropiedad: str | None,
    *,
    dry_run: bool,
    limit: int | None = None,
    after: str | None = None,
    on_progress: Callable[[SurveyStarted], None] = lambda _: None,
) -> SurveyStarted:
    """
    Ask page by page, or only count; look at up to `limit` people, without it at all. It is audited.

    Each page is confirmed by the broker before the next is read; after a crash in between, the same call
    asks the rest. Raises BrokerUnavailable. `on_progress` is called with the sums after each page.
    """
    stores, policy = by.stores, by.stores.policy
    now_round = half_year.round_at(by.now, policy.calendar)
    if not dry_run:
        # The row comes before the first question: without it nobody is asked.
        await by.audit("surveys.start", f"surveys:{now_round.name}", copropiedad=copropiedad)
    done = SurveyStarted(
        half_year=now_round.name, asked=0, left_out={}, dry_run=dry_run, more=True, next=after
    )
    while done.more and done.looked_at != limit:
        page = await stores.surveys.respondents(
            now_round,
            copropiedad_id=copropiedad,
            once_per=policy.surveys.once_per,
            lasts=policy.suppression_for,
            after=done.next,
            limit=PAGE if limit is None else min(PAGE, limit - done.looked_at),
        )
        if not dry_run:
            now = by.now
            until = end_of_day(now + policy.surveys.open_for, policy)
            asked = [one for one in page.people if one.left_out is None]
            events = [half_year.survey_of(one, now_round, until=until, now=now) for one in asked]
            await send_all(stores.publisher, events)
        done = _with_page(done, page)
        on_progress(done)
    return done


def _with_page(done: SurveyStarted, page: RespondentPage) -> SurveyStarted:
    """Add the people of a page to the sums."""
    found = Counter(person.left_out for person in page.people)
    asked = done.asked + found.pop(None, 0)
    left_out = Counter(done.left_out) + found
    return replace(
        done, asked=asked, left_out=dict(sorted(left_out.items())), more=page.next is not None, next=page.next
    )


async def list_surveys(by: Operator, query: SurveysQuery) -> SurveyListPage:
    """List the surveys of a period, the last asked first: whether each was answered, or has expired."""
    if not query.whole and (query.lowest is not None or query.highest is not None):
        raise InvalidPeriod("Scores are shown whole only.")
    page = await surveys(
        by.db,
        query,
        period_of(by, query),
        open_for=by.stores.policy.surveys.open_for,
        places=by.places_shown(whole=query.whole),
    )
    rows = page.items if query.whole else [_veiled(row) for row in page.items]
    for row in rows:
        if row.score is not None:
            await by.audit("survey.answer", f"survey:{row.id}", person=row.person)
    return SurveyListPage(items=rows, next=page.next)


async def list_calls(by: Operator) -> CallList:
    """List the calls to dissatisfied people that are still to be made: clocks, soonest due first."""
    found = await calls(by.db, limit=MAX_LIMIT, places=by.places)
    # Elsewhere a reader could match the case with the list of surveys, and learn who gave a bad score.
    whose = by.places_with(Scope.OPERATE, Scope.PRIVACY)
    items = [row if whose is None or row.copropiedad_id in whose else _nobodys(row) for row in found]
    return CallList(items=items, next=None)


def period_of(by: Operator, query: SurveysQuery) -> Period:
    """Return the period that was asked for. Raises InvalidPeriod."""
    return _period(query.since, query.until, now=by.now, zone=by.stores.policy.calendar.zone)


async def changed(stores: Stores) -> object:
    """Return a value that differs once a recent survey has been sent, answered or closed."""
    policy = stores.policy
    lately = _period(None, None, now=stores.now(), zone=policy.calendar.zone)
    newest = await surveys(stores.database, SurveysQuery(), lately, open_for=policy.surveys.open_for)
    return newest, await newest_answer(stores.database)


def _period(since: date | None, until: date | None, *, now: datetime, zone: tzinfo) -> Period:
    last = until or now.astimezone(zone).date()
    first = since or last - (USUAL - 1) * _DAY
    if not timedelta(0) <= last - first < MOST * _DAY:
        raise InvalidPeriod(f"From {first} to {last} is no period.")
    return Period.of_days(first, last, zone)


def _nobodys(row: CallRow) -> CallRow:
    return replace(row, id=None, case=None)


def _veiled(row: SurveyRow) -> SurveyRow:
    return replace(row, score=None, comment=None)


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
