"""Why somebody was told of an event, or not, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import State
from hub.operations.explain import explain as explaining
from hub.operations.explain.explain import ExplainOutcome
from hub.web.auth.audit import note
from hub.web.auth.scope import places_of
from hub.web.requests import read_query
from hub.web.responses import Refusal, json_answer
from hub.web.schemas.common import Instant, Word
from hub.web.services import services

_ID = Annotated[str, Meta(max_length=1000, pattern="^[^\\x00]*$")]


class ExplainQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    event: Annotated[_ID, Meta(description="The id that the publisher gave the event, or the hub's key.")]
    person: Annotated[Word, Meta(description="The person's reference.")]
    source: Annotated[_ID, Meta(description="Whose event, where several have the id.")] | None = None


class ExplainedMessage(Struct, kw_only=True):
    """A message to the person; the address is masked. `tries` counts what providers said as well."""

    id: UUID
    audience: int
    channel: str
    occasion: str
    address: str
    state: State
    reason: str | None
    next_at: Instant | None
    sent_at: Instant | None
    delivered_at: Instant | None
    read_at: Instant | None
    tries: int


class Explanation(Struct, kw_only=True):
    outcome: ExplainOutcome
    reason: Annotated[str | None, Meta(description="A machine word: `added_later`, `on_leave` …")]
    person: str
    event_key: UUID | None
    event_id: str | None
    source: str | None
    event: str | None
    sentences: Annotated[list[str], Meta(description="Spanish, for operators; times are Colombia's.")]
    messages: list[ExplainedMessage]


async def explain(request: web.Request) -> web.Response:
    """Was somebody told of an event, when and by what; else why not."""
    asked = read_query(request, ExplainQuery)
    verdict = await explaining.explain(
        services(request).explain, asked.event, asked.person, source=asked.source, places=places_of(request)
    )
    if verdict.outcome in explaining.UNKNOWN:
        status = 400 if verdict.outcome is ExplainOutcome.SEVERAL_EVENTS else 404
        raise Refusal(status, " ".join(verdict.sentences), "GET /api/messages shows whom events have told.")
    subject = f"event:{verdict.event.key}" if verdict.event is not None else "event"
    await note(request, "event.explain", subject, person=asked.person, outcome=verdict.outcome)
    return json_answer(explaining.shown(verdict))
