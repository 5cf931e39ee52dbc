"""Who hears what became of a source's messages, over HTTP."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from hub.model.pages import ListQuery
from hub.model.results import ResultKind
from hub.operations import results
from hub.web.auth.caller import caller_of
from hub.web.paging import page_by
from hub.web.responses import json_answer
from hub.web.services import services

Source = Annotated[str, Meta(min_length=1, max_length=255, pattern="^[^\\x00]*$")]


class SourceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: Annotated[Source, Meta(description="The source of the events.")]


class SubscriptionBody(SourceBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kinds: Annotated[list[ResultKind], Meta(description="Only these; all if there are none.")] = []


class SubscriptionSource(Struct, kw_only=True, frozen=True):
    source: str


async def list_subscriptions(request: web.Request, query: ListQuery) -> web.Response:
    """List the sources whose results are published on `hub.events.out`, and their routing keys."""
    items = await results.read_subscriptions(services(request).subscriptions)
    return json_answer(page_by(items, query, key=lambda row: (row.source,)))


async def subscribe(request: web.Request, body: SubscriptionBody) -> web.Response:
    """Publish what becomes of the messages of a source, planned from now on; safe to repeat."""
    deps = services(request)
    row = await results.subscribe(
        body.source,
        body.kinds,
        store=deps.subscriptions,
        notes=deps.audit,
        who=caller_of(request).who,
        now=deps.now(),
    )
    return json_answer(row)


async def unsubscribe(request: web.Request, body: SourceBody) -> web.Response:
    """Publish no more what becomes of the messages of a source."""
    deps = services(request)
    await results.unsubscribe(
        body.source, store=deps.subscriptions, notes=deps.audit, who=caller_of(request).who
    )
    return json_answer(SubscriptionSource(source=body.source))
