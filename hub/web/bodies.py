"""Bodies of providers' calls and of our own forms: limited in size, refused with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, TypeVar
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from hub.cloudevents import strict_json
from hub.model import Json
from hub.web.responses import Refusal

FORM: Final = "application/x-www-form-urlencoded"
MAX_BODY: Final = 64 * 1024
MAX_FIELDS: Final = 200
WITHIN: Final = 10.0
"""Seconds in which a whole form must arrive: a stalled client must not hold the request open."""
_FIELDS: Final = web.RequestKey("fields", Mapping[str, str])
_FILE: Final = web.RequestKey("file", bytes)
_FILE_NAME: Final = web.RequestKey("file_name", str)
MULTIPART: Final = "multipart/form-data"
MAX_PARTS: Final = 20
UPLOADED_WITHIN: Final = 120.0
"""Seconds in which a form with a file must arrive, over a slow line."""

Form: TypeAlias = Sequence[tuple[str, str]]
T = TypeVar("T")


def required(value: T | None) -> T:
    """Return a part that a hook needs. Raises HTTPNotFound without it: the hook is not there."""
    if value is None:
        raise web.HTTPNotFound
    return value


async def body_of(request: web.Request, content_type: str) -> bytes:
    """Read the body. Raises Refusal for another content type (415); aiohttp raises 413 over MAX_BODY."""
    if request.content_type != content_type:
        raise Refusal(415, "The body is of another type.", f"Send `{content_type}`.")
    return await request.clone(client_max_size=MAX_BODY).read()


def read_form(body: bytes) -> Form:
    try:
        # Strict: with replaced characters we would verify other bytes than the signed ones.
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise Refusal(400, "The body is not a form.", "Send it percent-encoded, in UTF-8.") from None


def read_json(body: bytes) -> Json:
    try:
        return strict_json.loads(body)
    except ValueError:
        raise Refusal(400, "The body is not JSON.", "Send JSON in UTF-8.") from None


async def fields_of(request: web.Request, *, within: float = WITHIN, upload: int = 0) -> Mapping[str, str]:
    """
    Return the fields of our own page's form, read once: `guard` needs them before the handler does.

    Without a body they are {}. With `upload` the form may have a file of so many bytes (`file_of`). Raises
    Refusal if it is no form (415, 400), too large (413) or late (408).
    """
    if not request.body_exists:
        return {}
    if _FIELDS not in request:
        has_file = bool(upload) and request.content_type == MULTIPART
        try:
            async with asyncio.timeout(UPLOADED_WITHIN if has_file else within):
                if has_file:
                    request[_FIELDS], request[_FILE], request[_FILE_NAME] = await _parts_of(request, upload)
                    return request[_FIELDS]
                body = await body_of(request, FORM)
        except (TimeoutError, ConnectionResetError):
            # A client that disconnected reads no answer, but must not count as a failure in the log.
            raise Refusal(408, "The form did not come.", "Send it at once.") from None
        request[_FIELDS] = dict(read_form(body))
    return request[_FIELDS]


def file_of(request: web.Request) -> bytes:
    """Return the file of a form whose fields were read; empty without one."""
    content: bytes = request.get(_FILE, b"")
    return content


def file_name_of(request: web.Request) -> str:
    """Return the name that the browser gives the file of a form; empty without one."""
    name: str = request.get(_FILE_NAME, "")
    return name


async def _parts_of(request: web.Request, most: int) -> tuple[Mapping[str, str], bytes, str]:
    """Read the fields and the one file of a form, counting the bytes: a client states any length."""
    fields: dict[str, str] = {}
    content, name = b"", ""
    try:
        reader = await request.multipart()
        for _ in range(MAX_PARTS):
            part = await reader.next()
            if part is None:
                return fields, content, name
            if not isinstance(part, BodyPartReader) or part.name is None:
                break
            if part.filename is None:
                fields[part.name] = (await _bounded(part, MAX_BODY)).decode()
            else:
                content, name = await _bounded(part, most), part.filename
    except ValueError:
        raise Refusal(400, "The body is not a form.", "Send it as a page of the hub does.") from None
    raise Refusal(400, "The form has other parts.", "Send its fields and one file.")


async def _bounded(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while piece := await part.read_chunk():
        content += piece
        if len(content) > most:
            raise Refusal(413, f"More than {most} bytes.", "Send a smaller file.")
    return bytes(content)
