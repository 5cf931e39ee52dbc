"""Marked cases of the list: the acts on several at once, each with its own audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from hub.desk.cases import acts
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.ports.cases import KnownCase
from hub.rendering.page_links import CASES
from hub.web.auth.caller import places_of
from hub.web.bodies import fields_of
from hub.web.console.shell import done
from hub.web.services import services

MARKED: Final = "case:"
"""How the name of a row's check box begins; the key of the case follows."""


async def take_on(request: web.Request) -> web.StreamResponse:
    """Take the marked cases on."""
    cases, by = await _marked(request), operator_of(request, OPERATE)
    for case in cases:
        await acts.take_on(by, case)
    return done(await _back(request), "taken_marked" if cases else "none_marked")


async def release(request: web.Request) -> web.StreamResponse:
    """Leave the marked cases to somebody else."""
    cases, by = await _marked(request), operator_of(request, OPERATE)
    for case in cases:
        await acts.release(by, case)
    return done(await _back(request), "released_marked" if cases else "none_marked")


async def _marked(request: web.Request) -> Sequence[KnownCase]:
    fields = await fields_of(request)
    keys = [name.removeprefix(MARKED) for name in fields if name.startswith(MARKED)]
    return await services(request).cases.known(keys, places=places_of(request)) if keys else ()


async def _back(request: web.Request) -> str:
    """Return the list from which the button was pressed; a page elsewhere leads nowhere."""
    path = (await fields_of(request)).get("back", "")
    return path if path == CASES or path.startswith(f"{CASES}?") else CASES
