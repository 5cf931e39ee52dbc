"""Every route of the hub in one table: handler, required scopes, and the shapes of its API."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Final

from aiohttp import hdrs, web

from hub.access.document_tokens import PATH as DOCUMENT_PATH
from hub.access.poster_links import PATH as POSTER_PATH
from hub.channels.registry import CALLBACKS, INBOUND
from hub.channels.sms.hooks import RECEIPTS, REPLIES
from hub.channels.whatsapp.reports import HOOK as WHATSAPP_HOOK
from hub.desk.nouns import NOUNS
from hub.doors.act import READ, Where
from hub.doors.api import routes_of
from hub.doors.console import pages_of
from hub.inbound.unsubscribe import PATH as UNSUBSCRIBE_PATH
from hub.model.pages import page_of
from hub.operations.gallery import TemplatePreview, TemplateRow
from hub.operations.incidents import IncidentPage
from hub.sla.ack_links import PATH as ACK_PATH
from hub.web.api import now, templates
from hub.web.api.routes import MESSAGES, PEOPLE
from hub.web.console import console, letters_page, own_account, own_inbox, second_factor, second_step, sign_in
from hub.web.console.own_line import in_shell
from hub.web.console.routes import CONSOLE
from hub.web.documents import serve
from hub.web.hooks import (
    acknowledge_link,
    calendar_file,
    genuine_page,
    linked_document,
    poster_page,
    sms,
    survey_page,
    twilio,
    unsubscribe,
    whatsapp,
)
from hub.web.monitoring import metrics
from hub.web.requests import adapted
from hub.web.residents import case_page, code_page, message_page, own_page
from hub.web.route import SIGNED_IN, TABLE, Route, read, read_company, read_private
from hub.web.schemas import common
from hub.web.schemas.common import Problem

_POST: Final = hdrs.METH_POST

_signed_in: Final = partial(Route, needs=SIGNED_IN, where=Where.COMPANY)
_open: Final = partial(Route, needs=None)
_linked: Final = partial(Route, needs=None, head=True)
"""A page behind a link of a message."""

_OWN: Final = (
    _signed_in(own_account.ACCOUNT, own_account.show),
    _signed_in(own_account.ACCOUNT, own_account.change, method=_POST, form=True),
    _signed_in(own_account.SECOND_FACTOR, second_factor.show),
    _signed_in(own_account.SECOND_FACTOR, second_factor.enrol, method=_POST, form=True),
    _signed_in(second_factor.RECOVERY_CODES, second_factor.renew, method=_POST, form=True),
    _signed_in(own_inbox.INBOX, own_inbox.show),
    _signed_in(own_inbox.INBOX, own_inbox.act, method=_POST, form=True),
    _signed_in(own_inbox.INBOX + "/{id}", own_inbox.show_item),
)
"""Pages of everybody who has signed in, with any scopes."""

ROUTES: Final[tuple[Route, ...]] = (
    *MESSAGES,
    *PEOPLE,
    read_company("/api/incidents", now.list_incidents, answers={200: IncidentPage}),
    read_company("/api/templates", templates.list_templates, answers={200: page_of(TemplateRow)}),
    read(
        "/api/templates/{event}/{channel}",
        templates.show_template,
        answers={200: TemplatePreview, 404: Problem},
    ),
    read("/api/summary", now.summary, answers={200: common.Summary}),
    *(route for noun in NOUNS for route in routes_of(noun)),
    # Routes for machines without a key: health, and calls that carry a signature.
    _open("/health/live", metrics.live, answers={200: common.Health}),
    _open("/health/ready", metrics.ready, answers={200: common.Health, 503: common.Health}),
    _open(CALLBACKS, twilio.twilio, method=_POST),
    _open(INBOUND, twilio.twilio_inbound, method=_POST),
    _open(RECEIPTS, sms.receipt),
    _open(RECEIPTS, sms.receipt, method=_POST),
    _open(REPLIES, sms.reply),
    _open(REPLIES, sms.reply, method=_POST),
    _open(WHATSAPP_HOOK, whatsapp.verify),
    _open(WHATSAPP_HOOK, whatsapp.receive, method=_POST),
    _linked(ACK_PATH, acknowledge_link.show),
    _open(ACK_PATH, acknowledge_link.take, method=_POST),
    _linked(survey_page.PATH, survey_page.show),
    _open(survey_page.PATH, survey_page.answer, method=_POST),
    _linked(genuine_page.FORM, genuine_page.ask),
    _linked(genuine_page.PATH, genuine_page.show),
    _open(genuine_page.PATH, genuine_page.report, method=_POST),
    _linked(message_page.PATH, message_page.show),
    _open(message_page.PATH, message_page.act, method=_POST),
    _linked(code_page.PATH, code_page.show),
    _open(code_page.PATH, code_page.send, method=_POST),
    _open(own_page.OWN, own_page.show),
    _open(own_page.OWN, own_page.act, method=_POST, form=True),
    _open(own_page.OWN + "/mensajes/{id}", own_page.show_message),
    _open(own_page.OWN + "/asuntos/{id}", case_page.show),
    _open(own_page.OWN + "/asuntos/{id}", case_page.act, method=_POST, form=True),
    _linked(UNSUBSCRIBE_PATH, unsubscribe.show),
    _open(UNSUBSCRIBE_PATH, unsubscribe.take, method=_POST),
    _linked(DOCUMENT_PATH, linked_document.show),
    _linked(POSTER_PATH, poster_page.show),
    _linked(calendar_file.PATH, calendar_file.show),
    # Pages and documents.
    Route("/metrics", metrics.show, needs=READ, where=Where.EVERYWHERE),
    read_company("/openapi.json", serve.show),
    read_company("/asyncapi.json", serve.show),
    read_company(serve.FILE, serve.show_file),
    read_private("/letters/{id}", letters_page.print_letter),
    read_private("/letters/{id}/document", letters_page.show_document),
    read_private("/letters/{id}/pdf", letters_page.show_pdf),
    *map(in_shell, CONSOLE),
    *(in_shell(page) for noun in NOUNS for page in pages_of(noun)),
    _open("/", console.show),
    _open("/", sign_in.sign_in, method=_POST, form=True),
    _open(sign_in.FORM, sign_in.show),
    _open(sign_in.FORM, sign_in.sign_in, method=_POST, form=True),
    _open(sign_in.CODE, second_step.show),
    _open(sign_in.CODE, second_step.enter, method=_POST, form=True),
    _signed_in("/sign-out", sign_in.sign_out, method=_POST, form=True),
    _signed_in(own_inbox.CHANGES, own_inbox.changes),
    *map(in_shell, _OWN),
)


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Add routes to the application and store them as its route table."""
    asked = [(method, route) for route in routes for method in _methods(route)]
    app[TABLE] = {(method, route.path): route for method, route in asked}
    words = _last_words(route.path for _, route in asked)
    for method, route in asked:
        path = _without_words(route.path, words)
        app.router.add_route(method, path, adapted(route.handler, strict=route.is_api, upload=route.upload))


def _last_words(paths: Iterable[str]) -> Mapping[str, Collection[str]]:
    """Return the part of a path before its last slash → the words that end a path there."""
    words: dict[str, set[str]] = {}
    for path in paths:
        head, _, word = path.rpartition("/")
        if not word.startswith("{"):
            words.setdefault(head, set()).add(word)
    return words


def _without_words(path: str, words: Mapping[str, Collection[str]]) -> str:
    """
    Return the path for the router: a gap at its end takes no word that makes a path of its own.

    Else `GET /api/dead/replay` would look for a dead letter called `replay`, instead of answering 405.
    """
    head, _, gap = path.rpartition("/")
    if not gap.startswith("{") or head not in words:
        return path
    return f"{head}/{{{gap[1:-1]}:(?!(?:{'|'.join(sorted(words[head]))})$)[^/]+}}"


def _methods(route: Route) -> tuple[str, ...]:
    return (route.method, hdrs.METH_HEAD) if route.head else (route.method,)
