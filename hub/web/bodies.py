"""Bodies of providers' calls and of our own forms: limited in size, refused with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, TypeVar
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from hub.cloudevents import strict_json
from hub.model import Json
from hub.model.given_files import LONGEST_NAME, GivenFile
from hub.web.responses import Refusal

FORM: Final = "application/x-www-form-urlencoded"
MAX_BODY: Final = 64 * 1024
MAX_FIELDS: Final = 200
WITHIN: Final = 10.0
"""Seconds in which a whole form must arrive: a stalled client must not hold the request open."""
_FIELDS: Final = web.RequestKey("fields", Mapping[str, str])
_FILES: Final = web.RequestKey("files", Sequence[GivenFile])
_TEXTS: Final = ("words", "reason")
MULTIPART: Final = "multipart/form-data"
MAX_PARTS: Final = 120
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

    Without a body they are {}. With `upload` the form may have files of so many bytes together (`files_of`).
    Raises Refusal if it is no form (415, 400), too large (413) or late (408).
    """
    if not request.body_exists:
        return {}
    if _FIELDS not in request:
        has_file = bool(upload) and request.content_type == MULTIPART
        try:
            async with asyncio.timeout(UPLOADED_WITHIN if has_file else within):
                if has_file:
                    request[_FIELDS], request[_FILES] = await _parts_of(request, upload)
                    return request[_FIELDS]
                body = await body_of(request, FORM)
        except (TimeoutError, ConnectionResetError):
            # A client that disconnected reads no answer, but must not count as a failure in the log.
            raise Refusal(408, "The form did not come.", "Send it at once.") from None
        request[_FIELDS] = {name: _typed(text) for name, text in read_form(body)}
    return request[_FIELDS]


def words_of(request: web.Request) -> Sequence[str]:
    """Return the texts of a form whose fields were read: whoever has typed them must not lose them."""
    fields = request.get(_FIELDS, {})
    return [text for name in _TEXTS if (text := fields.get(name))]


def files_of(request: web.Request) -> Sequence[GivenFile]:
    """Return the files of a form whose fields were read, as the browser names them."""
    files: Sequence[GivenFile] = request.get(_FILES, ())
    return files


def file_of(request: web.Request) -> GivenFile:
    """Return the only file of such a form; an empty one without any."""
    return next(iter(files_of(request)), GivenFile(name=""))


async def _parts_of(request: web.Request, most: int) -> tuple[Mapping[str, str], Sequence[GivenFile]]:
    """Read the fields and the files of a form, counting the bytes: a client states any length."""
    fields: dict[str, str] = {}
    files: list[GivenFile] = []
    try:
        reader = await request.multipart()
        for _ in range(MAX_PARTS):
            part = await reader.next()
            if part is None:
                return fields, files
            if not isinstance(part, BodyPartReader) or part.name is None:
                break
            if part.filename is None:
                fields[part.name] = _typed((await _bounded(part, MAX_BODY)).decode())
            elif content := await _bounded(part, most - sum(len(file.content) for file in files)):
                files.append(GivenFile(name=part.filename[:LONGEST_NAME], content=content))
    except ValueError:
        raise Refusal(400, "The body is not a form.", "Send it as a page of the hub does.") from None
    raise Refusal(400, "The form has other parts.", "Send its fields and few files.")


def _typed(text: str) -> str:
    """Return what was typed: browsers count a line break as one letter (`maxlength`), and send two."""
    return text.replace("\r\n", "\n")


async def _bounded(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while piece := await part.read_chunk():
        content += piece
        if len(content) > most:
            raise Refusal(413, f"More than {most} bytes.", "Send smaller files.")
    return bytes(content)
