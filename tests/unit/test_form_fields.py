"""The fields of a form, and a form that does not arrive completely."""

from __future__ import annotations

import asyncio
from unittest.mock import Mock

import pytest
from aiohttp import StreamReader, hdrs, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from hub.web.bodies import FORM, fields_of
from hub.web.responses import Refusal


def posted(payload: StreamReader) -> web.Request:
    headers = {hdrs.CONTENT_TYPE: FORM, hdrs.CONTENT_LENGTH: "99"}
    return make_mocked_request("POST", "/", headers=headers, payload=payload)


def stream() -> StreamReader:
    # The library's own seam: a stream needs a protocol that it can pause.
    return StreamReader(Mock(spec=BaseProtocol), limit=2**16, loop=asyncio.get_running_loop())


async def test_form_is_read_once_and_fields_can_be_repeated() -> None:
    payload = stream()
    payload.feed_data(b"name=ana&password=a+b%C3%B1")
    payload.feed_eof()
    request = posted(payload)

    assert {"name": "ana", "password": "a bñ"} == await fields_of(request)
    assert await fields_of(request) is await fields_of(request)


async def test_line_break_is_one_letter_as_the_page_counts_it() -> None:
    payload = stream()
    payload.feed_data(b"words=uno%0D%0Ados%0D%0Atres")
    payload.feed_eof()

    assert {"words": "uno\ndos\ntres"} == await fields_of(posted(payload))


async def test_line_break_beside_a_file_is_one_letter_too() -> None:
    payload = stream()
    part = b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\nuno\r\ndos\r\n--x--\r\n'
    payload.feed_data(part)
    payload.feed_eof()
    headers = {hdrs.CONTENT_TYPE: "multipart/form-data; boundary=x", hdrs.CONTENT_LENGTH: str(len(part))}
    request = make_mocked_request("POST", "/", headers=headers, payload=payload)

    assert {"words": "uno\ndos"} == await fields_of(request, upload=100)


async def test_client_that_disconnects_is_no_server_error() -> None:
    payload = stream()
    payload.feed_data(b"name=a")
    payload.set_exception(ConnectionResetError())

    with pytest.raises(Refusal) as refused:
        await fields_of(posted(payload))

    assert 408 == refused.value.status


async def test_incomplete_form_times_out() -> None:
    payload = stream()
    payload.feed_data(b"name=a")

    with pytest.raises(Refusal) as refused:
        await fields_of(posted(payload), within=0.01)

    assert 408 == refused.value.status
