"""Files that came with somebody's words, for the API and the console: a download that no browser runs."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.desk.cases.files import open_file
from hub.doors.act import READ, File
from hub.doors.api import operator_of
from hub.messages.planning.documents import given_name
from hub.rendering.sent_documents import named
from hub.web.requests import read_id
from hub.web.responses import file_answer

PATH: Final = "/files/{id}/{place}"
_OCTETS: Final = "application/octet-stream"


async def show_file(request: web.Request) -> web.Response:
    """Send a file that somebody sent with their words, to whoever may read these; it is audited."""
    of, place = read_id(request, "file"), request.match_info["place"]
    number = int(place) if place.isascii() and place.isdecimal() and len(place) <= 2 else -1
    file = await open_file(operator_of(request, READ), of, number)
    # One type for programs, whose clients are made from the document of the API; `kind` says what it is.
    kind = _OCTETS if request.path.startswith("/api/") else file.kind
    return file_answer(File(file.content, named(given_name(file.name), file.kind), kind))
