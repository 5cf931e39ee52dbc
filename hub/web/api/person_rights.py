"""Erasure of a person over HTTP: one that has begun and a dry run have answers of their own."""

from __future__ import annotations

from aiohttp import web

from hub.desk.rights import acts
from hub.desk.rights.rows import EraseBody
from hub.doors.act import PRIVACY
from hub.doors.api import operator_of
from hub.web.responses import json_answer


async def erase(request: web.Request, body: EraseBody) -> web.Response:
    """
    Erase a person for good, or with `dry_run` show the effects and the duty that keeps the data.

    The directory, the addresses and the own page are closed at once (202); TIMERS erases the rest. It is
    refused (409) while a duty requires the data. A key needs `operate`, too. Safe to repeat.
    """
    by, ref = operator_of(request, PRIVACY), request.match_info["ref"]
    if body.dry_run:
        return json_answer(await acts.look_at_erasure(by, ref))
    return json_answer(await acts.start_erasure(by, ref, body), status=202)
