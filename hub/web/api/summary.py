"""Counts of messages, promises and dead letters by state, over HTTP."""

from __future__ import annotations

from aiohttp import web

from hub.web.auth.scope import places_of
from hub.web.requests import read_query
from hub.web.responses import json_answer
from hub.web.schemas.common import NoQuery, Summary
from hub.web.services import services


async def summary(request: web.Request) -> web.Response:
    """Count messages, promises and dead letters by state."""
    read_query(request, NoQuery)
    deps = services(request)
    counts = await deps.monitoring.counts.get(places_of(request))
    return json_answer(Summary(company=deps.policy.company.name, mode=deps.settings.mode, counts=counts))
