"""Frame of all pages of residents: the building's name and colours, no script, no trace elsewhere."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import hdrs, web

from hub.rendering.identities import Look
from hub.web.console.pages import plain
from hub.web.responses import Refusal
from hub.web.services import services

RETRY_AFTER: Final = "600"
"""Seconds."""


def resident_page(
    template: str,
    request: web.Request,
    *,
    look: Look,
    building: str | None = None,
    status: int = 200,
    **values: Any,
) -> web.Response:
    """Respond with a page of residents."""
    company = services(request).policy.company
    return plain(
        template,
        request,
        status=status,
        colors=look.colors,
        building=building,
        phone=company.phone,
        email=company.email,
        **values,
    )


def too_often() -> Refusal:
    return Refusal(
        429,
        "Too many attempts.",
        "Wait some minutes and try again.",
        headers={hdrs.RETRY_AFTER: RETRY_AFTER},
        reason="too_many",
    )
