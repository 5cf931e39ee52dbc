"""Liveness and readiness. Open to everybody, so the answers contain nothing else."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from hub.web.responses import json_answer
from hub.web.services import monitoring

_PATIENCE: Final = 3.0  # seconds


async def live(_request: web.Request) -> web.Response:
    """Report that the process answers."""
    return json_answer({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """Report whether every server answers."""
    try:
        async with asyncio.timeout(_PATIENCE):
            servers = await monitoring(request).ready()
    except TimeoutError:
        return json_answer({"status": "unknown", "servers": {}}, status=503)
    well = all(servers.values())
    body = {
        "status": "ok" if well else "not ready",
        "servers": {name: "ok" if answers else "not ok" for name, answers in servers.items()},
    }
    return json_answer(body, status=200 if well else 503)
