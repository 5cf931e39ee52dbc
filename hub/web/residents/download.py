"""Everything that is held of a person, for that person: as a document to read, and for another program."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Final

from aiohttp import hdrs, web
from msgspec import json

from hub.access.actor import Actor
from hub.errors import PaperFailure, TooLarge
from hub.model.actors import of_person
from hub.operations.person_export.make import make_export
from hub.operations.person_export.paper import as_pdf
from hub.operations.person_export.schemas import PersonExport
from hub.web.residents.pages import too_often
from hub.web.services import services

WAY: Final = "page"
FORMS: Final[Mapping[str, str]] = {"pdf": "application/pdf", "json": "application/json"}
"""The form of a download → its type."""
_FAILED: Final = {TooLarge: "too_large", PaperFailure: "not_made"}


async def handed_over(request: web.Request, person: str, form: str) -> web.StreamResponse | str:
    """
    Return the file, or the reason why there is none, in the page's words.

    Raises Refusal for a person who loads it too often, and UnknownName.
    """
    deps = services(request)
    if not deps.download_rate.admits(person):
        raise too_often()
    by = Actor(who=of_person(person), notes=deps.audit, now=deps.now())
    try:
        company = deps.policy.company.name
        made = await make_export(deps.database, company, person, by=by, way=WAY, with_reasons=False)
        content = await _MAKERS[form](made)
    except (TooLarge, PaperFailure) as failure:
        return _FAILED[type(failure)]
    name = f"mis-datos-{made.made_at:%Y-%m-%d}.{form}"
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
    # As a file: aiohttp writes it in pieces, and other requests go on in between.
    return web.Response(body=BytesIO(content), content_type=FORMS[form], headers=headers)


async def _as_json(made: PersonExport) -> bytes:
    return await asyncio.to_thread(lambda: json.format(json.encode(made), indent=2))


_MAKERS: Final[Mapping[str, Callable[[PersonExport], Awaitable[bytes]]]] = {
    "pdf": as_pdf,
    "json": _as_json,
}
