"""What is wrong with the hub itself, over HTTP."""

from __future__ import annotations

from aiohttp import web

from hub.operations.incidents import read_incidents
from hub.web.responses import json_answer
from hub.web.schemas.common import IncidentsQuery
from hub.web.services import services


async def list_incidents(request: web.Request, query: IncidentsQuery) -> web.Response:
    """List what is wrong with the hub itself, the open ones first."""
    return json_answer(await read_incidents(services(request).incidents, query.limit))
