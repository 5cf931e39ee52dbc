"""The page before an erasure: its effects, the reason for it, and a last question."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from hub.desk.rights.acts import look_at_erasure
from hub.desk.rights.erasing import DUTIES_ES, ERASED_ES, KEPT_ES
from hub.doors.act import PRIVACY
from hub.doors.api import operator_of
from hub.rendering.page_links import person_path
from hub.web.console.people import PATH
from hub.web.console.shell import console_page
from hub.web.requests import FormQuery


class ErasureQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(max_length=200)] = ""


async def show_erasure(request: web.Request, query: ErasureQuery) -> web.StreamResponse:
    """Show the effects of an erasure, then ask for the reason, then ask once more."""
    ref = request.match_info["ref"]
    report = await look_at_erasure(operator_of(request, PRIVACY), ref)
    return console_page(
        "desk/rights/erasure.html",
        request,
        here=PATH,
        ref=ref,
        path=person_path(ref),
        goes=[(report.counts.get(what, 0), words) for what, words in ERASED_ES.items()],
        stays=[(report.counts.get(what, 0), words) for what, words in KEPT_ES.items()],
        duties=[DUTIES_ES[duty] for duty in report.duties],
        reason=query.reason.strip(),
    )
