"""Rejected events at their page: the form that mends one, shown again with the mistakes that are left."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.desk.dead_letters import acts
from hub.desk.dead_letters.noun import NOUN, ONE, PATH
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.console import row_answer
from hub.errors import InvalidEvent, TooLate
from hub.web.console.pages import redirect
from hub.web.console.shell import done
from hub.web.requests import read_id

MEND: Final = f"{ONE.path}/mend"
MANY: Final = f"{PATH}/discard"


class MendForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    body: str = ""


async def mend(request: web.Request, form: MendForm) -> web.StreamResponse:
    """Publish a rejected event with other words."""
    by, letter_id = operator_of(request, OPERATE), read_id(request, acts.LETTER)
    # A form has the line ends of the web; the digest in the audit is of the published bytes.
    words = form.body.replace("\r\n", "\n").encode()
    try:
        await acts.mend_dead(by, letter_id, words)
    except InvalidEvent as wrong:
        view = await acts.view_dead(by, letter_id, typed=words, wrong=wrong)
        return row_answer(ONE, NOUN, request, view, status=422)
    except TooLate:
        view = msgspec.structs.replace(await acts.view_dead(by, letter_id), late=True)
        return row_answer(ONE, NOUN, request, view, status=409)
    return done(PATH, "mended")


async def discard_many(request: web.Request) -> web.StreamResponse:
    """Lead to the plan of the bulk action, from where it was planned before."""
    return redirect(f"/bulk/discard?{request.query_string}")
