"""What a person may ask about their own data, over HTTP: to know, to rectify, to be erased."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from hub.operations import erase_person
from hub.operations.publish import send_all
from hub.operations.rectify_person import rectify as open_claim
from hub.web.auth.caller import caller_of, note
from hub.web.responses import json_answer
from hub.web.schemas.rights import EraseBody, RectifyBody
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


async def rectify(request: web.Request, body: RectifyBody) -> web.Response:
    """
    Open the claim of a person whose data is wrong, and say which system has to correct the directory.

    With `case` it is safe to repeat.
    """
    ref, deps = request.match_info["ref"], services(request)
    held = await deps.person_exports.held.held(ref)
    await note(request, "person.rectify", f"person:{ref}", person=ref, case=body.case)
    claim = await open_claim(
        ref,
        body.kind,
        held=held,
        publish=partial(send_all, deps.publisher),
        at=deps.now().replace(microsecond=0),
        case=body.case,
    )
    return json_answer(claim)


async def erase(request: web.Request, body: EraseBody) -> web.Response:
    """
    Erase a person for good, or with `dry_run` say what that would do and which duty keeps the data.

    The directory, the addresses and the own page are closed at once (202); TIMERS erases the rest. It is
    refused (409) while a duty requires the data. Safe to repeat.
    """
    ref, deps = request.match_info["ref"], services(request)
    legal_since = erase_person.kept_since(deps.now(), deps.policy.retention.legal)
    if body.dry_run:
        await note(request, "person.erase.look", f"person:{ref}", person=ref)
        return json_answer(await erase_person.look(deps.erasures, ref, legal_since=legal_since))
    # Recorded first: without the row nothing is erased.
    await note(request, "person.erase", f"person:{ref}", person=ref)
    by = caller_of(request).who
    report = await erase_person.start(deps.erasures, ref, by=by, reason=body.reason, legal_since=legal_since)
    return json_answer(report, status=202)
