"""The page of a case, made on the server: it works without JavaScript, and mails may link to it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Meta, Struct

from hub.operations.cases import lookup
from hub.operations.cases.lookup import HOW_KEYS_LOOK, LONGEST
from hub.operations.cases.schemas import ThreadKind
from hub.operations.cases.texts import ORIGINS_ES
from hub.operations.explain.sentences_es import short_time
from hub.rendering import labels_es
from hub.rendering.page_links import case_path
from hub.web.api.cases import CaseQuery, cases_of, seen
from hub.web.console.pages import page, redirect
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
}
"""What an entry is called on the page; all others are about a promise."""
_PROMISE: Final = "Plazo"


class CaseKeyQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Annotated[str, Meta(max_length=LONGEST)] = ""


async def search(request: web.Request, query: CaseKeyQuery) -> web.StreamResponse:
    """Ask for a case, or lead to it."""
    key = query.key.strip()
    return redirect(case_path(key)) if key else _form(request)


async def show(request: web.Request, query: CaseQuery) -> web.StreamResponse:
    """Show a case as one thread; several cases of one number as a list; for an unknown one the form again."""
    try:
        found = await cases_of(request)
    except Refusal as refusal:
        return _form(request, status=refusal.status, wrong=refusal.error)
    if len(found) > 1:
        return _form(request, status=HTTPStatus.MULTIPLE_CHOICES, choices=lookup.choices(found).choices)
    case = await seen(request, found[0], query)
    here = case_path(case.case)
    whole = {"whole": "true"} if query.whole else {}
    return page(
        "case.html",
        request,
        case=case,
        here=here,
        constancia=_constancia(request, case.case) if case.may_unmask and found[0].alone else None,
        next_page=case.next and f"{here}?{urlencode({**whole, 'after': case.next})}",
        first_page=f"{here}?{urlencode(whole)}" if query.after and whole else here if query.after else None,
        path_of=case_path,
        when=short_time,
        kind_of=lambda kind: _KINDS.get(kind, _PROMISE),
        bad=_BAD,
        states=labels_es.MESSAGE_STATES,
        origins=ORIGINS_ES,
    )


def _constancia(request: web.Request, key: str) -> str | None:
    """Return where the case's constancia is; None where the hub has no secret to sign it with."""
    return f"/api{case_path(key)}/constancia" if services(request).ring else None


def _form(
    request: web.Request,
    *,
    status: int = HTTPStatus.OK,
    wrong: str = "",
    choices: list[lookup.CaseChoice] | None = None,
) -> web.Response:
    answer = page(
        "cases.html",
        request,
        wrong=wrong,
        choices=choices or [],
        how=HOW_KEYS_LOOK,
        path_of=case_path,
        when=short_time,
    )
    answer.set_status(status)
    return answer
