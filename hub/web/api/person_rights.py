"""What a person may ask about their own data, over HTTP: to know, to rectify, to be erased."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from aiohttp import web

from hub.model import Scope
from hub.operations import erase_person
from hub.operations.erase_person import ErasureReport
from hub.operations.person_export import paper
from hub.operations.person_export.schemas import PersonExport
from hub.operations.publish import send_all
from hub.operations.rectify_person import Claim
from hub.operations.rectify_person import rectify as open_claim
from hub.rendering.paper import make_pdf
from hub.web.auth.caller import actor_of, places_with
from hub.web.auth.session_cookie import SESSION
from hub.web.responses import Refusal, json_answer, pdf_answer
from hub.web.schemas.rights import EraseBody, RectifyBody
from hub.web.services import services

_KEY_ONLY_READS: Final = "A key that erases needs the scope operate besides privacy."


async def export(request: web.Request) -> web.Response:
    """
    Export everything that the hub holds of a person, unmasked (Ley 1581 de 2012, art. 8).

    Each export is audited as a look at the person's data.
    """
    return json_answer(await _exported(request))


async def export_pdf(request: web.Request) -> web.Response:
    """Export the same as a document to read, in Spanish."""
    made = await _exported(request)
    content = await make_pdf(paper.TEMPLATE, await asyncio.to_thread(paper.pages, made), made.made_at)
    return pdf_answer(content, f"datos-{made.made_at:%Y-%m-%d}.pdf")


async def _exported(request: web.Request) -> PersonExport:
    return await services(request).person_exports.make(request.match_info["ref"], by=actor_of(request))


async def rectify(request: web.Request, body: RectifyBody) -> web.Response:
    """
    Open the claim of a person whose data is wrong, and say which system has to correct the directory.

    With `case` it is safe to repeat.
    """
    return json_answer(await claimed(request, body))


async def claimed(request: web.Request, body: RectifyBody) -> Claim:
    """Open the claim."""
    ref, deps = request.match_info["ref"], services(request)
    held, publish = await deps.person_exports.held.held(ref), partial(send_all, deps.publisher)
    return await open_claim(actor_of(request), ref, body.kind, held=held, publish=publish, case=body.case)


async def erase(request: web.Request, body: EraseBody) -> web.Response:
    """
    Erase a person for good, or with `dry_run` say what that would do and which duty keeps the data.

    The directory, the addresses and the own page are closed at once (202); TIMERS erases the rest. It is
    refused (409) while a duty requires the data. A key needs `operate`, too. Safe to repeat.
    """
    if body.dry_run:
        return json_answer(await erasure_looked_at(request))
    return json_answer(await erasure_started(request, body.reason), status=202)


async def erasure_looked_at(request: web.Request) -> ErasureReport:
    """Say what an erasure would do."""
    ref, deps = request.match_info["ref"], services(request)
    legal_since = erase_person.kept_since(deps.now(), deps.policy.retention.legal)
    return await erase_person.look(actor_of(request), deps.erasures, ref, legal_since=legal_since)


async def erasure_started(request: web.Request, reason: str) -> ErasureReport:
    """Begin an erasure. Raises Refusal, KeptByDuty, UnknownName."""
    ref, deps = request.match_info["ref"], services(request)
    legal_since = erase_person.kept_since(deps.now(), deps.policy.retention.legal)
    if SESSION not in request and places_with(request, Scope.OPERATE) is not None:
        # A key that was given to read must not destroy; a privacy officer signs in with a second factor.
        raise Refusal(403, _KEY_ONLY_READS, "Give it a key with both, or sign in.", reason="scope")
    by = actor_of(request)
    return await erase_person.start(by, deps.erasures, ref, reason=reason, legal_since=legal_since)
