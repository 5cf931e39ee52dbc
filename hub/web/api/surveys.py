"""Surveys over HTTP: start that of the half-year, list what was asked, list the calls to be made."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Period, Scope, Word
from hub.model.pages import MAX_LIMIT, Cursor, Limit
from hub.operations import start_survey as surveys
from hub.operations import survey_list
from hub.operations.publish import send_all
from hub.operations.start_survey import SurveyStart, SurveyStarted
from hub.operations.survey_list import CallRow, SurveyListPage
from hub.ports.survey_list import SurveyFilter, SurveyState
from hub.web.api.masked import places_of_list
from hub.web.auth.caller import caller_of, note, places_of
from hub.web.responses import all_of, json_answer
from hub.web.services import services


class SurveyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask."""

    copropiedad_id: (
        Annotated[Word, Meta(description="Only the people of this one; all clients without it.")] | None
    ) = None
    dry_run: Annotated[bool, Meta(description="Only count.")] = False
    after: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=5000, description="Most people to look at.")] = 500


async def start(request: web.Request, body: SurveyBody) -> web.Response:
    """
    Ask each client once per half-year, a page at a time; safe to repeat.

    Nobody is asked who has got another survey lately, or wants none.
    """
    return json_answer(await started(request, body))


async def started(request: web.Request, body: SurveyBody) -> SurveyStarted:
    """Ask, or only count; who is asked is audited."""
    deps = services(request)
    now_round = surveys.round_at(deps.now(), deps.policy.calendar)
    wish = SurveyStart(round=now_round, copropiedad_id=body.copropiedad_id, dry_run=body.dry_run)
    if not body.dry_run:
        # Before anybody is asked: without the row nobody is.
        await note(request, "surveys.start", f"surveys:{now_round.name}", copropiedad=body.copropiedad_id)
    done = await surveys.start_survey(
        wish,
        store=deps.surveys,
        publish=partial(send_all, deps.publisher),
        policy=deps.policy,
        now=deps.now,
        limit=body.limit,
        after=body.after,
    )
    return surveys.shown(done, wish)


class SurveysQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without dates: the last ninety days, including today."""

    since: Annotated[date, Meta(description="The first day, in Colombia.")] | None = msgspec.field(
        name="from", default=None
    )
    until: Annotated[date, Meta(description="The last day.")] | None = msgspec.field(name="to", default=None)
    copropiedad: Word | None = None
    area: Annotated[Word, Meta(description="The `service_area` of the case.")] | None = None
    kind: Annotated[Word, Meta(description="`semestral`, `post_servicio`, `asamblea`.")] | None = None
    state: SurveyState | None = None
    lowest: (
        Annotated[int, Meta(ge=0, le=10, description="Scores from this one on; needs `whole`.")] | None
    ) = None
    highest: Annotated[int, Meta(ge=0, le=10, description="Scores up to this one; needs `whole`.")] | None = (
        None
    )
    whole: Annotated[bool, Meta(description="With score and comment; needs the scope `privacy` there.")] = (
        False
    )
    after: Cursor | None = None
    limit: Limit = 50


async def list_surveys(request: web.Request, query: SurveysQuery) -> web.Response:
    """List the surveys of a period, the last asked first: whether each was answered, or has expired."""
    return json_answer(await surveys_of(request, query))


async def list_calls(request: web.Request) -> web.Response:
    """List the calls to dissatisfied people that are still to be made: clocks, soonest due first."""
    return all_of(await calls_of(request))


async def calls_of(request: web.Request) -> list[CallRow]:
    return await survey_list.open_calls(
        services(request).survey_list,
        limit=MAX_LIMIT,
        places=places_of(request),
        whose=caller_of(request).places({Scope.OPERATE, Scope.PRIVACY}),
    )


def period_of(request: web.Request, query: SurveysQuery) -> Period:
    """Return the period that was asked for. Raises InvalidPeriod."""
    deps = services(request)
    return survey_list.period_of(query.since, query.until, now=deps.now(), zone=deps.policy.calendar.zone)


async def surveys_of(request: web.Request, query: SurveysQuery) -> SurveyListPage:
    """Return a page of surveys; one that shows what somebody has answered is audited as a look at it."""
    asked = SurveyFilter(
        period=period_of(request, query),
        state=query.state,
        kind=query.kind,
        copropiedad=query.copropiedad,
        area=query.area,
        lowest=query.lowest,
        highest=query.highest,
    )
    page = await survey_list.list_surveys(
        services(request).survey_list,
        asked,
        after=query.after,
        limit=query.limit,
        places=places_of_list(request, whole=query.whole),
        whole=query.whole,
    )
    for row in page.items if query.whole else ():
        if row.score is not None:
            await note(request, "survey.answer", f"survey:{row.id}", person=row.person)
    return page
