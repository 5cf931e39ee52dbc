"""Liveness and readiness. Open to everybody, so the answers contain nothing else."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web
from msgspec import UNSET

from hub.errors import Unavailable
from hub.tasks import reraise_if_cancelled
from hub.web.responses import json_answer
from hub.web.schemas.common import Health
from hub.web.services import monitoring

_PATIENCE: Final = 3.0  # seconds


async def live(_request: web.Request) -> web.Response:
    """Report that the process answers."""
    return json_answer(Health(status="ok"))


async def ready(request: web.Request) -> web.Response:
    """Report whether every server answers, and whether everything is paused: then nothing leaves."""
    try:
        async with asyncio.timeout(_PATIENCE):
            servers = await monitoring(request).ready()
            paused = await _is_paused(request)
    except TimeoutError:
        return json_answer(Health(status="unknown", servers={}), status=503)
    well = all(servers.values())
    body = Health(
        status="ok" if well else "not ready",
        servers={name: "ok" if answers else "not ok" for name, answers in servers.items()},
        paused=paused or UNSET,
    )
    return json_answer(body, status=200 if well else 503)


async def _is_paused(request: web.Request) -> bool:
    try:
        return await monitoring(request).paused()
    except Unavailable:
        # Its server is named in the answer.
        reraise_if_cancelled()
        return False
