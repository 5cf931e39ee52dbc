"""Frame of all pages of residents: the building's name and colours, no script, no trace elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiohttp import hdrs, web

from hub.inbound.files import judged
from hub.model.given_files import GivenFile
from hub.model.residents import ResidentSession
from hub.rendering.identities import Look
from hub.web.bodies import files_of
from hub.web.console.pages import plain
from hub.web.responses import Refusal
from hub.web.services import services

RETRY_AFTER: Final = "600"
"""Seconds."""
MOST_SENT: Final = 20_000_000
"""Bytes of all files of a form; nobody without an open page may send one."""
MOST_AN_HOUR: Final = 100_000_000
"""Bytes of all files of one person within an hour: five full forms."""
NOT_KEPT: Final = "not_kept"
"""The state of a page whose form had a file that would not be kept."""


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


def sent_files(request: web.Request) -> Sequence[GivenFile] | None:
    """Return the files of the form; None where one would not be kept: then nothing is done."""
    files = judged(files_of(request), services(request).policy.documents)
    return None if any(file.refused for file in files) else files


def too_often() -> Refusal:
    return Refusal(
        429,
        "Too many attempts.",
        "Wait some minutes and try again.",
        headers={hdrs.RETRY_AFTER: RETRY_AFTER},
        reason="too_many",
    )


def brake(request: web.Request, session: ResidentSession) -> None:
    """Refuse a person who does or sends too much: each act is an event, and somebody reads it."""
    deps, sent = services(request), sum(len(file.content) for file in files_of(request))
    is_heavy = bool(sent) and deps.resident_bytes.count(session.person, sent).count > MOST_AN_HOUR
    if deps.resident_brake.begin(session.person) > 0 or is_heavy:
        raise too_often()
