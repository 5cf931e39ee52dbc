"""The people of an audience, over HTTP: a preview before anything is sent."""

from __future__ import annotations

from aiohttp import web

from hub.operations.audience import read_audience
from hub.web.auth.audit import note
from hub.web.auth.scope import places_of
from hub.web.responses import json_answer
from hub.web.schemas.people import AudienceQuery
from hub.web.services import services


async def show_audience(request: web.Request, query: AudienceQuery) -> web.Response:
    """Count and list the people of an audience now: reach by channel, and who is left out."""
    answer = await read_audience(
        services(request).headcount,
        query.who,
        after=query.after,
        limit=query.limit,
        places=places_of(request),
    )
    # The names are masked and may be many: the audit has the question, not each row.
    await note(request, "audience.show", "audience", asked=list(query.who), found=len(answer.items))
    return json_answer(answer)
