"""The inbox of one person, for portals: list, mark as read, a stream of arrivals, and the token for it."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import hdrs, web
from msgspec.structs import asdict

from hub.errors import ConfigurationError
from hub.model import InboxArrival
from hub.model.inbox import InboxEntry, InboxItem
from hub.operations import inbox as reading
from hub.web.auth.caller import actor_of, inbox_holder
from hub.web.inbox_streams import InboxStream
from hub.web.requests import found, read_id
from hub.web.responses import HEADERS, Refusal, json_answer
from hub.web.schemas.inbox import InboxPage, InboxQuery, InboxRead, InboxToken, ReadUntil, TokenBody
from hub.web.services import services

_ITEM: Final = "entry"
KEEP_ALIVE: Final = 20.0
"""Seconds between two signs of life on a stream: proxies end one that is silent for a minute."""
_LAST_SEEN: Final = "Last-Event-ID"


async def list_inbox(request: web.Request, query: InboxQuery) -> web.Response:
    """List the person's inbox, newest first, and count the unread entries."""
    person, inbox = inbox_holder(request).person, services(request).inbox
    page = await inbox.items(person, after=query.after, limit=query.limit, unread=query.unread)
    items = [_item(request, entry) for entry in page.items]
    return json_answer(InboxPage(items=items, next=page.next, unread=await inbox.unread(person)))


async def read_item(request: web.Request) -> web.Response:
    """Mark an entry as read, which is its receipt; safe to repeat."""
    person, item_id, deps = inbox_holder(request).person, read_id(request, _ITEM), services(request)
    item = found(_ITEM, await deps.inbox.item(person, item_id))
    unread = [] if item.read_at or item.recalled_at else [item_id]
    await reading.read_items(person, unread, inbox=deps.inbox, receipts=deps.hooks.receipts, at=deps.now())
    return json_answer(InboxRead(read=len(unread), unread=await deps.inbox.unread(person)))


async def read_items(request: web.Request, body: ReadUntil) -> web.Response:
    """Mark an entry and all older ones as read; safe to repeat."""
    person, deps = inbox_holder(request).person, services(request)
    found(_ITEM, await deps.inbox.item(person, body.until))
    read = await reading.read_until(
        person, body.until, inbox=deps.inbox, receipts=deps.hooks.receipts, at=deps.now()
    )
    return json_answer(InboxRead(read=read, unread=await deps.inbox.unread(person)))


async def create_inbox_token(request: web.Request, body: TokenBody) -> web.Response:
    """Create the token that opens one person's inbox for fifteen minutes."""
    deps = services(request)
    by, tokens = actor_of(request), deps.inbox_tokens
    try:
        made = await reading.give_token(by, body.person, tokens=tokens, inbox=deps.inbox)
    except ConfigurationError as error:
        raise Refusal(503, "The hub has no HUB_SECRET, which signs the tokens.", str(error)) from None
    if made is None:
        raise Refusal(404, "The directory has no such person.", "GET /api/people lists who there is.")
    token, holder = made
    return json_answer(InboxToken(token=token, person=holder.person, ends_at=holder.ends_at), status=201)


async def stream_inbox(request: web.Request) -> web.StreamResponse:
    """Stream new entries of the inbox as server-sent events, until the token ends."""
    holder, streams = inbox_holder(request), services(request).streams
    seen = _last_seen(request)
    if streams.is_full:
        raise Refusal(
            429,
            "This process serves as many streams as it may.",
            "Ask GET /api/inbox from time to time.",
            headers={hdrs.RETRY_AFTER: "60"},
            reason="crowd",
        )
    async with streams.open(holder.person) as stream:
        missed = [] if seen is None else (await streams.since(seen, holder.person)).found
        answer = web.StreamResponse(
            headers={**HEADERS, hdrs.CONTENT_TYPE: "text/event-stream", "X-Accel-Buffering": "no"}
        )
        await answer.prepare(request)
        try:
            await answer.write(b"retry: 5000\n\n" + b"".join(_event(request, one) for one in missed))
            await _write(request, answer, stream)
        except ConnectionResetError:
            pass  # the client has gone: nobody reads on
        return answer


async def _write(request: web.Request, answer: web.StreamResponse, stream: InboxStream) -> None:
    """Write arrivals, and signs of life, until the token ends or the stream is closed."""
    ends_at, now = inbox_holder(request).ends_at, services(request).now
    while stream.is_open:
        left = (ends_at - now()).total_seconds()
        if left <= 0:
            await answer.write(b"event: ended\ndata: {}\n\n")
            return
        came = await stream.next(min(left, KEEP_ALIVE))
        await answer.write(b"".join(_event(request, one) for one in came) or b": \n\n")


def _item(request: web.Request, entry: InboxEntry) -> InboxItem:
    """Return an entry with the link to its page, which is made when it is read: nothing stored opens it."""
    deps = services(request)
    link = deps.resident_links.of_entry(entry, deps.now())
    return msgspec.convert({**asdict(entry), "own_page": link or None}, InboxItem)


def _event(request: web.Request, arrival: InboxArrival) -> bytes:
    # JSON has no line break, which would end the event.
    item = msgspec.json.encode(_item(request, arrival.item))
    return b"id: %d\nevent: item\ndata: %b\n\n" % (arrival.place, item)


def _last_seen(request: web.Request) -> int | None:
    given = request.headers.get(_LAST_SEEN, "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 18:
        raise Refusal(400, f"{_LAST_SEEN} is not the id of an event.", "Send the last `id` that came.")
    return int(given)
