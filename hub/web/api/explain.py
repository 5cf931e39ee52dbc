"""Why a person was or was not notified of an event, over HTTP."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Word
from hub.operations.explain import explain as explaining
from hub.operations.explain.explain import shown
from hub.operations.explain.verdict import UNKNOWN, ExplainOutcome
from hub.web.auth.caller import note, places_of
from hub.web.responses import Refusal, json_answer
from hub.web.services import services

_ID = Annotated[str, Meta(max_length=1000, pattern="^[^\\x00]*$")]


class ExplainQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    event: Annotated[_ID, Meta(description="The id that the publisher gave the event, or the hub's key.")]
    person: Annotated[Word, Meta(description="The person's reference.")]
    source: Annotated[_ID, Meta(description="The event's source, if several sources use this id.")] | None = (
        None
    )


async def explain(request: web.Request, query: ExplainQuery) -> web.Response:
    """Explain whether a person was notified of an event, when and by which channel, or why not."""
    verdict = await explaining.explain(
        services(request).explain, query.event, query.person, source=query.source, places=places_of(request)
    )
    if verdict.outcome in UNKNOWN:
        status = 400 if verdict.outcome is ExplainOutcome.SEVERAL_EVENTS else 404
        raise Refusal(status, " ".join(verdict.sentences), "GET /api/messages shows whom events have told.")
    subject = f"event:{verdict.event.key}" if verdict.event is not None else "event"
    await note(request, "event.explain", subject, person=query.person, outcome=verdict.outcome)
    return json_answer(shown(verdict))
