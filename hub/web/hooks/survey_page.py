"""
The page on which a person answers a survey, without signing in.

Malware scanners open every link of a mail, so only the button changes anything. It works without JavaScript.
The words of people here are theirs: they go into the event, and into no log and no metric.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from hub.access.lockout import DELAYS
from hub.access.survey_links import PATH as SURVEY_PATH
from hub.model.surveys import Survey
from hub.operations.surveys import LONGEST, SurveyStage, answer_event, is_same, read_answer, stage_of
from hub.policy.surveys import HIGHEST
from hub.rendering.filters import fecha_hora, punto
from hub.web.auth.csrf import require_own_page
from hub.web.auth.refusals import REASON
from hub.web.bodies import fields_of
from hub.web.console.pages import plain
from hub.web.residents.pages import too_often
from hub.web.services import services

PATH: Final = SURVEY_PATH
_PAGE: Final = "survey.html"
_STATUSES: Final = {"wrong": 403, SurveyStage.EXPIRED: 410, "unmarked": 422}
"""State of the page → its status, where that is not 200."""
_OPEN: Final = frozenset({SurveyStage.OPEN, SurveyStage.CHANGEABLE})
_TOO_OFTEN: Final = DELAYS[-1]


async def show(request: web.Request) -> web.Response:
    """Show the questions, or why there are none any more. Changes nothing."""
    state, survey = await _found(request)
    return _page(request, state, survey)


async def answer(request: web.Request) -> web.Response:
    """Take the answer, in the name of the person who received the link. Safe to repeat."""
    require_own_page(request)
    given = await fields_of(request)
    state, survey = await _found(request)
    if survey is None or state not in _OPEN:
        return _page(request, state, survey)
    _brake(request, survey.message_id)
    read = read_answer(given.get("score"), given.get("comment"))
    if read is None:
        return _page(request, "unmarked", survey, comment=given.get("comment", "")[:LONGEST])
    deps = services(request)
    if not is_same(survey, read):
        await deps.publisher.event(answer_event(survey, read, deps.now()))
    calls = read.score <= deps.policy.surveys.detractor_at_most
    return _page(request, "thanks", survey, score=read.score, calls=calls)


async def _found(request: web.Request) -> tuple[str, Survey | None]:
    """Return the state of the page, and the survey of a link that is the hub's own."""
    deps = services(request)
    token = deps.survey_links.read(request.match_info["token"])
    if token is None:
        # Counted, and an attacker who guesses is slowed (`hub.web.auth.refusals`).
        request[REASON] = "link"
        return "wrong", None
    if token.ends_at <= deps.now():
        return SurveyStage.EXPIRED, None
    survey = await deps.surveys.of_message(token.message_id)
    if survey is None:
        # Its month is no longer kept.
        return SurveyStage.EXPIRED, None
    return stage_of(survey, deps.policy.surveys, deps.now()), survey


def _brake(request: web.Request, message_id: UUID) -> None:
    """Refuse a link that is used too often; each link has its own count, for a building shares an address."""
    if services(request).survey_brake.begin(str(message_id)) >= _TOO_OFTEN:
        raise too_often()


def _page(request: web.Request, state: str, survey: Survey | None, **values: Any) -> web.Response:
    policy = services(request).policy
    rules, company = policy.surveys, policy.company
    words: dict[str, Any] = {"scores": range(HIGHEST + 1), "longest": LONGEST, "kind": "", "score": None}
    words |= {"comment": "", "building": "", "radicado": "", "until": "", "here": request.path}
    words |= {"email": company.email, "phone": company.phone}
    if survey is not None:
        words |= {"kind": survey.kind, "building": survey.building or "", "radicado": survey.radicado or ""}
        words |= _last_answer(survey)
        words["until"] = punto(
            fecha_hora(_changes_until(survey, rules.change_within, services(request).now()))
        )
    return plain(_PAGE, request, status=_STATUSES.get(state, 200), state=str(state), **{**words, **values})


def _last_answer(survey: Survey) -> dict[str, Any]:
    if not survey.answers:
        return {}
    last = survey.answers[-1]
    return {"score": last.score, "comment": last.comment or ""}


def _changes_until(survey: Survey, within: timedelta, now: datetime) -> datetime:
    return (survey.answers[0].at if survey.answers else now) + within
