"""The page of a case: its thread, and the acts of staff in it. Mails link to it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from hub.errors import AnswerDue
from hub.model import Scope
from hub.operations.cases import lookup
from hub.operations.cases.acts import ANSWERS, CLOSINGS, REPLIES, act_of
from hub.operations.cases.schemas import CaseThreadAnswer, ThreadKind
from hub.operations.cases.texts import ORIGINS_ES
from hub.operations.cases.thread import awaits_answer
from hub.ports.cases import KnownCase
from hub.rendering import case_words_es
from hub.rendering.page_links import CASES, case_path
from hub.web.api.cases import CaseQuery, cases_of, closed, one_case, released, seen, taken
from hub.web.auth.caller import caller_of, places_of, places_with
from hub.web.console.case_colleagues import among_colleagues
from hub.web.console.case_list import ask_again
from hub.web.console.presence import enter
from hub.web.console.shell import console_page, done
from hub.web.console.staff import staff_names
from hub.web.live import topic_of
from hub.web.requests import ButtonForm, FormQuery
from hub.web.responses import Refusal
from hub.web.schemas.people import CloseBody
from hub.web.services import services

_BAD: Final = frozenset(
    {ThreadKind.UNDELIVERED, ThreadKind.UNRECOGNISED, ThreadKind.LEFT_OUT}
    | {ThreadKind.CLOCK_BREACHED, ThreadKind.CLOCK_ESCALATED}
)
_KINDS: Final[Mapping[ThreadKind, str]] = {
    ThreadKind.EVENT: "Hecho",
    ThreadKind.REPLY: "Respuesta",
    ThreadKind.MESSAGE: "Mensaje",
    ThreadKind.LETTER: "Carta",
    ThreadKind.LETTER_HANDED_OVER: "Carta",
    ThreadKind.UNRECOGNISED: "No lo reconocen",
    ThreadKind.UNDELIVERED: "Sin entregar",
    ThreadKind.LEFT_OUT: "Sin aviso",
    ThreadKind.ACKNOWLEDGED: "Asumido",
    ThreadKind.NOTE: "Nota interna",
    ThreadKind.HANDED_OVER: "Entregado",
    ThreadKind.SNOOZED: "Pospuesto",
    ThreadKind.WOKEN: "De vuelta",
    ThreadKind.MERGED: "Unido",
    ThreadKind.SEPARATED: "Separado",
    ThreadKind.SPLIT: "Aparte",
}
"""Kind of an entry → its word on the page; all others are about a promise."""
_PROMISE: Final = "Plazo"
RESPOND_FIRST: Final = "respond_first"


class CasePageQuery(CaseQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


async def show(request: web.Request, query: CasePageQuery) -> web.StreamResponse:
    """Show a case as one thread; several cases of one number as a list; for an unknown one the form again."""
    try:
        found = await cases_of(request)
    except Refusal as refusal:
        return await ask_again(request, status=refusal.status, wrong=refusal.error)
    if len(found) > 1:
        choices = lookup.choices(found).choices
        return await ask_again(request, status=HTTPStatus.MULTIPLE_CHOICES, choices=choices)
    # Before the mark is taken: the page would hear of its own reader.
    watchers = await enter(request, found[0].case)
    topic = topic_of(found[0].case)
    stood = await services(request).changes.stands(topic)
    case = await seen(request, found[0], query)
    return console_page(
        "console/case.html",
        request,
        here=CASES,
        live=topic,
        stood=stood,
        watchers=watchers,
        case=case,
        constancia=_constancia(request, case.case) if case.may_unmask and found[0].alone else None,
        kind_of=lambda kind: _KINDS.get(kind, _PROMISE),
        bad=_BAD,
        origins=ORIGINS_ES,
        form=secrets.token_urlsafe(12),
        **_pages(case, query),
        **(work := await _work(request, found[0])),
        **await among_colleagues(request, found[0], may_act=work["may_act"]),
    )


async def ask_close(request: web.Request) -> web.StreamResponse:
    """Ask for the work done, and show the consequences of closing; a legal term needs its answer first."""
    case = await one_case(request)
    if await _awaits(request, case):
        return done(case_path(case.case), RESPOND_FIRST)
    if act_of(CLOSINGS, case.case) is None:
        raise Refusal(404, "A case of this kind is not closed here.", "Its system does that.")
    return console_page(
        "console/case_close.html",
        request,
        here=CASES,
        back=case_path(case.case),
        title=lookup.title_of(case),
        key=case.case,
        question=case_words_es.CLOSINGS[_kind(case.case)],
        form=secrets.token_urlsafe(12),
    )


async def close(request: web.Request, form: CloseBody) -> web.StreamResponse:
    """Close the case."""
    try:
        acted = await closed(request, form)
    except AnswerDue:
        return done(case_path((await one_case(request)).case), RESPOND_FIRST)
    return done(case_path(acted.case), "closed")


async def _awaits(request: web.Request, case: KnownCase) -> bool:
    """Return whether a legal term of the case waits for its final answer."""
    facts = await services(request).cases.page(case, after=None, limit=1, places=places_of(request))
    return awaits_answer(facts.head)


async def take_on(request: web.Request, form: ButtonForm) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Take the case on."""
    return done(case_path((await taken(request)).case), "taken")


async def release(request: web.Request, form: ButtonForm) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Leave the case to somebody else."""
    return done(case_path((await released(request)).case), "released")


def _pages(case: CaseThreadAnswer, query: CasePageQuery) -> Mapping[str, Any]:
    """Return the addresses of the page's own parts."""
    path, whole = case_path(case.case), {"whole": "true"} if query.whole else {}
    first = f"{path}?{urlencode(whole)}" if whole else path
    return {
        "path": path,
        "next_page": case.next and f"{path}?{urlencode({**whole, 'after': case.next})}",
        "first_page": first if query.after else None,
    }


async def _work(request: web.Request, known: KnownCase) -> Mapping[str, Any]:
    """Return the work on the case: its holder, and the acts that this caller may do."""
    deps, case = services(request), known.case
    may = bool(await deps.cases.known([case], places=places_with(request, Scope.OPERATE)))
    return {
        "assignee": await deps.casework.assignee(case),
        "staff": await staff_names(request),
        "me": caller_of(request).who,
        "may_act": may,
        "may_reply": may and known.first is not None and act_of(REPLIES, case) is not None,
        "may_respond": may and known.first is not None and act_of(ANSWERS, case) is not None,
        "may_file": may and known.first is not None,
        "may_close": may and act_of(CLOSINGS, case) is not None,
        "is_conversation": _kind(case) == "thread_id",
        "case_words": case_words_es,
    }


def _kind(case: str) -> str:
    return case.partition(":")[0]


def _constancia(request: web.Request, key: str) -> str | None:
    """Return the path of the case's constancia; None where the hub has no secret to sign it with."""
    return f"/api{case_path(key)}/constancia" if services(request).ring else None
