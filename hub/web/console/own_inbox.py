"""
"Mi bandeja": the inbox of the person who has signed in, without a script.

A look changes nothing: pages are fetched in advance, and reading is a receipt. The button that opens an
entry marks it as read and leads to it.
"""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from markupsafe import Markup

from hub.model import EscalationStatus, Scope
from hub.model.ids import uuid_in
from hub.model.inbox import InboxEntry
from hub.operations.acknowledge import acknowledge_received
from hub.operations.cases import lookup
from hub.operations.inbox import read_items
from hub.rendering.page_links import case_path
from hub.rendering.titles_es import EVENTS
from hub.web.auth.caller import actor_of, caller_of
from hub.web.auth.session_cookie import SESSION
from hub.web.bodies import fields_of
from hub.web.console.live_changes import crowded, streamed
from hub.web.console.own_account import ACCOUNT
from hub.web.console.pages import SIGN_IN, redirect
from hub.web.console.shell import own_page
from hub.web.hooks.acknowledge_link import state_of, words_of
from hub.web.inbox_streams import InboxStream
from hub.web.requests import found, unknown
from hub.web.services import services

INBOX: Final = "/inbox"
CHANGES: Final = f"{INBOX}/changes"
_ENTRY: Final = "entry"
_TOPIC: Final = "inbox"
_PAGE: Final = 50
_TAKE: Final = "take"
_ANSWERED_ELSEWHERE: Final = frozenset({"pqrs.received", "pqrs.assigned", "inbound.message.received"})
"""Entries that somebody is to answer, in the system that keeps the case."""


async def show(request: web.Request) -> web.StreamResponse:
    """Show the unread entries of the person, and below them those that were read or taken back."""
    session = request[SESSION]
    account = session.account
    if account is None or session.is_closed:
        return redirect(SIGN_IN if account is None else ACCOUNT)
    if account.person is None:
        return _page(request, person=None, waiting=[], read=[], unread=0, older=None)
    inbox, after = services(request).inbox, request.query.get("after") or None
    waiting = [] if after else (await inbox.items(account.person, after=None, limit=_PAGE, unread=True)).items
    page = await inbox.items(account.person, after=after, limit=_PAGE)
    return _page(
        request,
        person=account.person,
        waiting=waiting,
        read=[item for item in page.items if item.read_at or item.recalled_at or after],
        unread=await inbox.unread(account.person),
        older=page.next,
    )


async def show_item(request: web.Request) -> web.StreamResponse:
    """Show an entry. It stays unread until the button is pressed."""
    return await _item(request, request.match_info["id"])


async def act(request: web.Request) -> web.StreamResponse:
    """Mark an entry as read and show it, or also take its case; safe to repeat."""
    given = await fields_of(request)
    person, item_id = _person(request), found(_ENTRY, uuid_in(given.get("id", "")))
    deps = services(request)
    item = found(_ENTRY, await deps.inbox.item(person, item_id))
    if not (item.read_at or item.recalled_at):
        await read_items(person, [item_id], inbox=deps.inbox, receipts=deps.hooks.receipts, at=deps.now())
    if given.get("action") == _TAKE and await _take(request, given["id"]):
        return await _item(request, given["id"], state="done")
    return redirect(f"{INBOX}/{item_id}")


async def _take(request: web.Request, given: str) -> bool:
    """Acknowledge the escalation that this entry brought; false if it may not be acknowledged any more."""
    deps, item_id = services(request), found(_ENTRY, uuid_in(given))
    status = await deps.escalations.of_message(item_id)
    if status is None or state_of(status) != "asked":
        return False
    await acknowledge_received(actor_of(request), status.escalation, publisher=deps.publisher)
    return True


async def _item(request: web.Request, given: str, *, state: str | None = None) -> web.StreamResponse:
    session, deps = request[SESSION], services(request)
    if session.account is None or session.is_closed:
        return redirect(SIGN_IN if session.account is None else ACCOUNT)
    item_id = found(_ENTRY, uuid_in(given))
    item = found(_ENTRY, await deps.inbox.item(_person(request), item_id))
    status = await deps.escalations.of_message(item_id)
    return own_page(
        "inbox_item.html",
        request,
        here=INBOX,
        item=item,
        kinds=EVENTS,
        html=Markup(item.html),  # noqa: S704 - the hub's own rendering, as in a letter
        csrf=request[SESSION].csrf,
        state=state or (state_of(status) if status else ""),
        answer=item.event in _ANSWERED_ELSEWHERE,
        case=await _case(request, item, status),
        taken={"level": 0, "who": "", "since": "", **words_of(status)},
    )


async def _case(request: web.Request, item: InboxEntry, status: EscalationStatus | None) -> str | None:
    """Return the path of the case's page, if there is one that the person may read."""
    # The step of a clock has a case of its own, which is not that of people.
    key = str(status.escalation.clock.id) if status else item.case
    caller = caller_of(request)
    if not key or not caller.may({Scope.READ}):
        return None
    seen = await lookup.find(services(request).cases, key, places=caller.places({Scope.READ}))
    return case_path(seen[0].case) if seen else None


async def changes(request: web.Request) -> web.StreamResponse:
    """Tell an open page of the inbox that something has come, as `/live` tells the other pages."""
    person, streams = _person(request), services(request).streams
    if streams.is_full:
        raise crowded()
    async with streams.open(person) as stream:
        return await streamed(request, _Arrivals(stream))


class _Arrivals:
    """Says only that an entry came, and nothing of it: the page then loads itself."""

    def __init__(self, stream: InboxStream) -> None:
        self._stream = stream

    @property
    def is_open(self) -> bool:
        return self._stream.is_open

    def close(self) -> None:
        self._stream.close()

    async def next(self, seconds: float) -> list[str]:
        return [_TOPIC] if await self._stream.next(seconds) else []


def _person(request: web.Request) -> str:
    """Return whose inbox it is. Raises Refusal (404): without a person there are no entries."""
    session = request[SESSION]
    account = session.account
    if account is None or session.is_closed or account.person is None:
        raise unknown(_ENTRY)
    return account.person


def _page(request: web.Request, **values: Any) -> web.Response:
    live, csrf = _TOPIC if values["person"] else "", request[SESSION].csrf
    return own_page(
        "inbox.html", request, here=INBOX, live=live, stream=CHANGES, csrf=csrf, kinds=EVENTS, **values
    )
