"""A person's data over HTTP, for the person."""

from __future__ import annotations

from aiohttp import web

from hub.web.auth.caller import caller_of, note
from hub.web.responses import json_answer
from hub.web.services import services


async def export(request: web.Request) -> web.Response:
    """
    Export everything that the hub holds of a person, unmasked (Ley 1581 de 2012, art. 8).

    Each export is audited as a look at the person's data.
    """
    ref = request.match_info["ref"]
    now = services(request).now().replace(microsecond=0)
    made = await services(request).person_exports.make(ref, by=caller_of(request).who, at=now)
    await note(request, "person.export", f"person:{ref}", person=ref)
    return json_answer(made)
