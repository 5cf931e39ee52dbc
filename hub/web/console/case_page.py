"""The page of a case: its thread, and the acts of staff in it. Mails link to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Meta, structs

from hub.business_time.dates import as_day
from hub.desk.cases.acts import respond_to_case
from hub.desk.cases.answering import reply_to_case
from hub.desk.cases.colleagues import colleagues_of
from hub.desk.cases.conversation import conversation_of
from hub.desk.cases.queries import asleep_until
from hub.desk.cases.rows import (
    AnswerBody,
    FiledBody,
    HandOverBody,
    NoteBody,
    OtherCaseBody,
    ReplyBody,
    SnoozeBody,
    TakeBody,
)
from hub.doors.act import OPERATE, READ
from hub.doors.api import operator_of
from hub.doors.console import AGAIN, ONCE, status_of
from hub.doors.operator import Operator
from hub.errors import HubError
from hub.model import Scope
from hub.model.actors import of_account
from hub.model.casework import CaseKind
from hub.operations.cases import lookup
from hub.operations.cases.acts import CLOSINGS, act_of
from hub.operations.cases.schemas import CaseThreadAnswer, ThreadKind
from hub.operations.cases.texts import ORIGINS_ES
from hub.operations.cases.thread import number_of
from hub.operations.cases.turns import days_of
from hub.ports.cases import KnownCase
from hub.rendering import case_words_es
from hub.rendering.page_links import CASES, case_path
from hub.web.api.cases import CaseQuery, cases_of, seen
from hub.web.auth.caller import caller_of, places_with
from hub.web.bodies import words_of
from hub.web.console.case_head import head_of
from hub.web.console.case_list import ask_again, face, initials
from hub.web.console.composer import composer_of, documents_given
from hub.web.console.contact import contacts_of
from hub.web.console.pages import redirect
from hub.web.console.presence import enter
from hub.web.console.shell import console_page, done
from hub.web.console.staff import staff_names
from hub.web.console.wrong_es import wrong_of
from hub.web.live import topic_of
from hub.web.requests import FormQuery
from hub.web.responses import Refusal
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


class CasePageQuery(CaseQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    canned: Annotated[str, Meta(max_length=50, description="The answer to begin with.")] = ""


class ComposerForm(ReplyBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The composer of the page: with `merits` it is the final answer, which may name a document."""

    document: Annotated[str, Meta(max_length=2000)] = ""
    merits: bool = False


_COMPOSER: Final = "reply"
_PLACES: Final[Mapping[type, tuple[str, str]]] = {
    ComposerForm: (_COMPOSER, "may_answer"),
    FiledBody: ("filing", "may_file"),
    HandOverBody: ("hand-over", "colleagues"),
    NoteBody: ("note", "may_act"),
    OtherCaseBody: ("merge", "may_act"),
    SnoozeBody: ("snooze", "may_act"),
    TakeBody: ("take", "assignee"),
}
"""Form → the place of the page where it stands, and the value that says whether it is there."""


async def show(request: web.Request, query: CasePageQuery) -> web.StreamResponse:
    """Show a case as one thread; several cases of one number as a list; for an unknown one the form again."""
    try:
        found = await cases_of(request)
    except Refusal as refusal:
        if AGAIN in request:
            raise  # what was typed is on the page of the refusal
        return await ask_again(request, status=refusal.status, wrong=refusal.error)
    if len(found) > 1:
        choices = lookup.choices(found).choices
        return await ask_again(request, status=HTTPStatus.MULTIPLE_CHOICES, choices=choices)
    if found[0].into is not None:
        return redirect(case_path(found[0].into))
    return await _thread(request, found[0], query)


async def _thread(request: web.Request, known: KnownCase, query: CasePageQuery) -> web.StreamResponse:
    # Before the mark is taken: the page would hear of its own reader.
    watchers, topic = await enter(request, known.case), topic_of(known.case)
    stood = await services(request).changes.stands(topic)
    case, talk = await seen(request, known, query), await conversation_of(operator_of(request, READ), known)
    head, now = await head_of(request, known, case, talk), services(request).now()
    page = {
        **composer_of(talk, now, canned=query.canned, facts=_facts(head, case)),
        **(work := await _work(request, known, case)),
        **await among_colleagues(request, known, may_act=work["may_act"]),
    }
    return console_page(
        "console/case.html",
        request,
        here=CASES,
        live=topic,
        stood=stood,
        watchers=watchers,
        case=case,
        days=days_of(case, opened=head["opening"], writer=head["writer"].get("name", ""), now=now),
        constancia=_constancia(request, case.case) if case.may_unmask and known.alone else None,
        kind_of=lambda kind: _KINDS.get(kind, _PROMISE),
        bad=_BAD,
        origins=ORIGINS_ES,
        face=face,
        initials=initials,
        **head,
        contacts=await contacts_of(request, head["writer"].get("ref")),
        **_pages(case, query),
        **{**page, **_typed(request, page)},
    )


async def reply(request: web.Request, form: ComposerForm) -> web.StreamResponse:
    """Write to the person of the case: a reply, or the final answer."""
    by, key, files = operator_of(request, OPERATE), request.match_info["key"], documents_given(request)
    try:
        if form.merits:
            given = {name: getattr(form, name) for name in ("words", "form", "close", "document")}
            done_act = await respond_to_case(by, key, AnswerBody(**given, **files))
            return done(case_path(done_act.case), respond_to_case.__name__)
        done_act = await reply_to_case(by, key, structs.replace(form, **files))
    except HubError as error:
        request[AGAIN] = {**ONCE, "wrong": wrong_of(error), "form": form}
        return await show(request, CasePageQuery())
    return done(case_path(done_act.case), reply_to_case.__name__)


def _typed(request: web.Request, page: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was typed in a form that was refused, why, and the place where it stands again."""
    again = request.get(AGAIN, ONCE)
    wrong, form = again["wrong"], again["form"]
    place, is_there = _PLACES.get(type(form), ("", "may_act"))
    stands = bool(place and page["may_act"] and page[is_there])
    return {
        "status": status_of(wrong),
        "wrong": wrong,
        "said": form if stands and place == _COMPOSER else None,
        "typed": {place: form} if stands else {},
        "lost": () if stands else words_of(request),
        # The same form is the same act, if it was half done.
        "form": getattr(form, "form", "") or page["form"],
    }


def _pages(case: CaseThreadAnswer, query: CasePageQuery) -> Mapping[str, Any]:
    """Return the addresses of the page's own parts."""
    path, whole = case_path(case.case), {"whole": "true"} if query.whole else {}
    first = f"{path}?{urlencode(whole)}" if whole else path
    return {
        "path": path,
        "next_page": case.next and f"{path}?{urlencode({**whole, 'after': case.next})}",
        "first_page": first if query.after else None,
    }


async def _work(request: web.Request, known: KnownCase, shown: CaseThreadAnswer) -> Mapping[str, Any]:
    """Return the work on the case: its holder, and the acts that this caller may do."""
    deps, case = services(request), known.case
    talks = _kind(case) == CaseKind.CONVERSATION
    may = bool(await deps.cases.known([case], places=places_with(request, Scope.OPERATE)))
    return {
        "assignee": await deps.casework.assignee(case),
        "staff": await staff_names(request),
        "me": caller_of(request).who,
        "may_act": may,
        "may_file": may and talks and known.first is not None and shown.state == "open",
        "may_close": may and act_of(CLOSINGS, case) is not None,
        "is_conversation": talks,
        "is_petition": _kind(case) == CaseKind.PQRS,
        "case_words": case_words_es,
    }


def _facts(head: Mapping[str, Any], case: CaseThreadAnswer) -> Mapping[str, str]:
    """Return what the gaps of a canned answer have."""
    who = head["writer"]
    return {
        "nombre": who.get("name", "").partition(" ")[0],
        "asunto": f"«{head['subject']}»" if head["sees"] else "",
        "radicado": case.number,
        "unidad": who.get("unit", ""),
        "copropiedad": head["building"],
    }


def _kind(case: str) -> str:
    return case.partition(":")[0]


def _constancia(request: web.Request, key: str) -> str | None:
    """Return the path of the case's constancia; None where the hub has no secret to sign it with."""
    return f"/api{case_path(key)}/constancia" if services(request).ring else None


async def among_colleagues(request: web.Request, case: KnownCase, *, may_act: bool) -> Mapping[str, Any]:
    """Return the values of the parts of the page that are for who may answer in the case."""
    by, me = operator_of(request, OPERATE), caller_of(request).who
    accounts = await colleagues_of(by, case) if may_act else ()
    return {
        "asleep_until": await asleep_until(by.db, case.case),
        "joined": {one: await _number(by, one) for one in await by.stores.casework.joined(case.case)},
        "tomorrow": as_day(by.now) + timedelta(days=1),
        "colleagues": {one.name: one.display_name for one in accounts if of_account(one.name) != me},
    }


async def _number(by: Operator, case: str) -> str:
    """Return the number by which people know a case."""
    for known in await by.stores.cases.known([case], places=by.places):
        return number_of(await by.stores.cases.page(known, after=None, limit=1, places=by.places))
    return case.partition(":")[2]
