"""`/live` tells an open page which of its topics have changed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Annotated, Final, Protocol

from aiohttp import hdrs, web
from msgspec import Meta, Struct

from hub.web.auth.caller import caller_of, places_of
from hub.web.auth.session_cookie import SESSION
from hub.web.console.presence import enter
from hub.web.live import case_of
from hub.web.responses import HEADERS, Refusal
from hub.web.services import services

PATH: Final = "/live"
KEEP_ALIVE: Final = 20.0
"""Seconds after which a sign of life keeps proxies from closing the line."""
LONGEST: Final = 300.0
"""Seconds after which a browser must ask anew, so that a key that was revoked hears nothing more."""


class LiveQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    topics: Annotated[str, Meta(max_length=200, description="Topics, with a space between them.")]
    stood: Annotated[
        str, Meta(max_length=64, description="How the page's topics stood before it was made.")
    ] = ""
    used: Annotated[bool, Meta(description="Somebody has typed or clicked since the stream before.")] = False


async def live(request: web.Request, query: LiveQuery) -> web.StreamResponse:
    """Stream the topics that change as server-sent events; their data is the topic."""
    topics, changes = frozenset(query.topics.split()), services(request).changes
    if not topics or not await _are_known(request, topics):
        raise Refusal(400, "There is no such topic.", f"There are: {', '.join(sorted(changes.topics))}.")
    if changes.is_full:
        raise crowded()
    async with changes.open(topics, who=caller_of(request).who, stood=query.stood) as stream:
        case = next(filter(None, map(case_of, topics)), None)
        return await streamed(request, stream, each=partial(enter, request, case) if case else None)


def crowded() -> Refusal:
    return Refusal(
        429,
        "This process serves as many pages as it may.",
        "Load the page from time to time.",
        headers={hdrs.RETRY_AFTER: "60"},
        reason="crowd",
    )


class ChangeStream(Protocol):
    """The changes that an open page hears."""

    @property
    def is_open(self) -> bool: ...

    def close(self) -> None: ...

    async def next(self, seconds: float) -> list[str]:
        """Return the topics that have changed, at once or within this time."""


async def streamed(
    request: web.Request, stream: ChangeStream, *, each: Callable[[], Awaitable[object]] | None = None
) -> web.StreamResponse:
    """
    Send a page its changes, until the page or its session has gone, or the page must ask anew.

    `each` is done again and again, while the page is there.
    """
    headers = {**HEADERS, hdrs.CONTENT_TYPE: "text/event-stream", "X-Accel-Buffering": "no"}
    answer = web.StreamResponse(headers=headers)
    await answer.prepare(request)
    try:
        await answer.write(b"retry: 3000\n\n")
        with _ends_with_session(request, stream):
            await _write(answer, stream, each)
    except ConnectionResetError:
        pass  # the page has gone
    return answer


def _ends_with_session(request: web.Request, stream: ChangeStream) -> AbstractContextManager[None]:
    """Without a session there is nothing to end with: a key, or a hub that asks nobody."""
    session = request.get(SESSION)
    return nullcontext() if session is None else services(request).session_streams.ends(stream, session.hash)


async def _are_known(request: web.Request, topics: frozenset[str]) -> bool:
    """
    Return whether there are such topics; a case that the caller may not see is none.

    One case at most: each look at one reads all its messages.
    """
    others = topics - services(request).changes.topics
    cases = {case for topic in others if (case := case_of(topic)) is not None}
    if len(cases) < len(others) or len(cases) > 1 or not cases:
        return not others
    return bool(await services(request).cases.known(cases, places=places_of(request)))


async def _write(
    answer: web.StreamResponse, stream: ChangeStream, each: Callable[[], Awaitable[object]] | None
) -> None:
    ends_at = time.monotonic() + LONGEST
    while stream.is_open and (left := ends_at - time.monotonic()) > 0:
        if each is not None:
            await each()
        changed = await stream.next(min(left, KEEP_ALIVE))
        lines = "".join(f"event: changed\ndata: {topic}\n\n" for topic in changed)
        await answer.write((lines or ": \n\n").encode())
