"""What a person may ask of their own data, done by staff: open a claim to rectify, erase for good."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from hub.operations.erase_person import DUTIES_ES, ERASED_ES, KEPT_ES
from hub.operations.rectify_person import OWN, Correction, look
from hub.rendering.page_links import person_path
from hub.web.api import person_rights
from hub.web.auth.caller import actor_of
from hub.web.console.people import PATH
from hub.web.console.shell import console_page, done
from hub.web.requests import FormQuery
from hub.web.schemas.rights import RectifyBody
from hub.web.services import services


class ErasureQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(max_length=200)] = ""


class ErasureForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class RectifyForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Correction
    case: Annotated[str, Meta(max_length=200)] = ""


async def show_erasure(request: web.Request, query: ErasureQuery) -> web.StreamResponse:
    """Show what an erasure would do, then ask why, then ask once more."""
    ref = request.match_info["ref"]
    report = await person_rights.erasure_looked_at(request)
    return console_page(
        "console/erasure.html",
        request,
        here=PATH,
        ref=ref,
        path=person_path(ref),
        goes=[(report.counts.get(what, 0), words) for what, words in ERASED_ES.items()],
        stays=[(report.counts.get(what, 0), words) for what, words in KEPT_ES.items()],
        duties=[DUTIES_ES[duty] for duty in report.duties],
        reason=query.reason.strip(),
    )


async def erase(request: web.Request, form: ErasureForm) -> web.StreamResponse:
    """Erase a person for good."""
    await person_rights.erasure_started(request, form.reason)
    return done(PATH, "erased")


async def show_rectify(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show whose system has to correct the data, and ask to open the claim."""
    ref, deps = request.match_info["ref"], services(request)
    source = await look(actor_of(request), ref, held=await deps.person_exports.held.held(ref))
    return console_page(
        "console/rectify.html",
        request,
        here=PATH,
        ref=ref,
        path=person_path(ref),
        source=source,
        is_ours=OWN.get(source),
    )


async def rectify(request: web.Request, form: RectifyForm) -> web.StreamResponse:
    """Open the claim."""
    await person_rights.claimed(request, RectifyBody(kind=form.kind, case=form.case or None))
    return done(person_path(request.match_info["ref"]), "claimed")
