"""Constancias over HTTP: the signed archive of a case or a person."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from hub.access.sight import Field
from hub.operations.cases import lookup
from hub.operations.constancia import hand_over
from hub.operations.constancia.make import Constancia, Constancias
from hub.web.api.cases import cases_of
from hub.web.auth.caller import actor_of, places_of, sight_of
from hub.web.requests import found
from hub.web.responses import Refusal, json_answer
from hub.web.services import services

ZIP: Final = "application/zip"
_SEVERAL_PLACES: Final = "The case is of several copropiedades: half of it is no constancia."
_UNSIGNED: Final = "This hub cannot sign: it has no HUB_SECRET."
_ASK: Final = "Ask for the scope privacy in all of them."


async def case_constancia(request: web.Request) -> web.Response:
    """
    Make the constancia of a case: a signed ZIP with a PDF, the sent bytes, and a verifier.

    The key is as of the case. The caller needs the scope `privacy` at every place of the case.
    """
    several = await cases_of(request)
    if len(several) > 1:
        return json_answer(lookup.choices(several), status=300)
    [case] = several
    if not case.alone:
        raise Refusal(403, _SEVERAL_PLACES, _ASK, reason="scope")
    private = sight_of(request).where(Field.PROOF)
    return _file(await hand_over.case_constancia(actor_of(request), _makers(request), case, private=private))


async def person_constancia(request: web.Request) -> web.Response:
    """
    Make the constancia of a person: the messages to her, her replies and her consents.

    For a caller of some copropiedades it covers only their rows, and says so.
    """
    ref = request.match_info["ref"]
    places = places_of(request)
    if places is not None:
        found("person", await services(request).directory.somebody(ref, places=places))
    private = sight_of(request).where(Field.PROOF)
    return _file(await hand_over.person_constancia(actor_of(request), _makers(request), ref, private=private))


def _makers(request: web.Request) -> Constancias:
    if not services(request).ring:
        raise Refusal(503, _UNSIGNED, "`hub secrets new` makes one.")
    return services(request).constancias


def _file(made: Constancia) -> web.Response:
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{made.file_name}"'}
    return web.Response(body=made.content, content_type=ZIP, headers=headers)
