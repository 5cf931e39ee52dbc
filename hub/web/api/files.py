"""Files that came with somebody's words, for the API and the console: a download that no browser runs."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access.sight import Field
from hub.messages.planning.documents import file_name
from hub.model.documents import LinkedDocument
from hub.storage.given_files import found as found_file
from hub.web.auth.caller import actor_of, sight_of
from hub.web.hooks.linked_document import as_file
from hub.web.requests import found, read_id
from hub.web.services import services

PATH: Final = "/files/{id}/{place}"
_FILE: Final = "file"


async def show_file(request: web.Request) -> web.Response:
    """Send a file that somebody sent with their words, to whoever may read these; it is audited."""
    of, place = read_id(request, _FILE), request.match_info["place"]
    number = int(place) if place.isascii() and place.isdecimal() and len(place) <= 2 else -1
    there = sight_of(request).where(Field.WORDS)
    file = found(_FILE, await found_file(services(request).database, of, number, there))
    await actor_of(request).note("file.show", file.subject, person=file.person, place=number)
    return as_file(LinkedDocument(kind=file.kind, name=file_name(file.name), content=file.content))
