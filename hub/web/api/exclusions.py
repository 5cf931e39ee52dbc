"""The register of excluded numbers over HTTP: of which day its list is, never who is in it."""

from __future__ import annotations

from aiohttp import web

from hub.operations.exclusions import read_list
from hub.web.responses import json_answer
from hub.web.services import services


async def show_exclusions(request: web.Request) -> web.Response:
    """Show the day of the list of excluded numbers, its size by channel, and until when it is good."""
    deps = services(request)
    return json_answer(await read_list(deps.exclusions, policy=deps.policy, now=deps.now()))
