"""Fetching a document from an address that somebody else has named: over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing
from hashlib import sha256
from typing import Any, Final

import aiohttp
import pytest
from msgspec.structs import replace

from hub.channels.document_calls import HttpDocumentCalls
from hub.errors import DocumentRefused, DocumentUnavailable
from hub.policy import load_policy
from hub.policy.documents import DocumentPolicy, DocumentType
from tests.acceptance.harness import until
from tests.providers.document_server import (
    JPEG,
    PDF,
    PNG,
    DocumentServer,
    bomb,
    cut_off,
    drip,
    endless,
    sending,
)
from tests.providers.http import Behaviour, drop, hang

RULES: Final = load_policy().documents
SHORT: Final = 0.7
"""Seconds for a call in these tests."""
HOSTNAME: Final = "localhost"


@pytest.fixture
async def server() -> AsyncIterator[DocumentServer]:
    async with DocumentServer() as running:
        yield running
        assert [] == running.violations


def rules(server: DocumentServer, **changes: Any) -> DocumentPolicy:
    hosts = (server.host, f"{HOSTNAME}:{server.port}")
    given = {"hosts": hosts, "networks": ("127.0.0.0/8",), "max_bytes": 100_000, **changes}
    return replace(RULES, **given)


def calls_of(server: DocumentServer, **changes: Any) -> HttpDocumentCalls:
    return HttpDocumentCalls(rules(server, **changes), timeout=SHORT)


@pytest.fixture
async def calls(server: DocumentServer) -> AsyncIterator[HttpDocumentCalls]:
    async with aclosing(calls_of(server)) as calls:
        yield calls


async def test_a_document_comes_whole_with_its_digest_and_the_type_that_its_bytes_show(
    server: DocumentServer, calls: HttpDocumentCalls
) -> None:
    server.files |= {"a.png": PNG, "a.jpg": JPEG}
    found = [await calls.fetch(server.url(name)) for name in ("respuesta.pdf", "a.png", "a.jpg")]

    assert ["application/pdf", "image/png", "image/jpeg"] == [document.kind for document in found]
    assert PDF == found[0].content
    assert sha256(PDF).digest() == found[0].sha256


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (sending(503), "http_503"),
        (sending(429), "http_429"),
        (sending(404), "http_404"),
        (sending(body=b""), "empty"),
        (hang, "timeout"),
        (drip, "timeout"),
        (drop, "connection"),
    ],
)
async def test_what_may_be_better_later_is_tried_again(
    server: DocumentServer, calls: HttpDocumentCalls, behaviour: Behaviour, reason: str
) -> None:
    server.always = behaviour
    with pytest.raises(DocumentUnavailable) as failed:
        await calls.fetch(server.url())

    assert reason == failed.value.reason


@pytest.mark.parametrize("whole", [PDF, PNG, JPEG], ids=["pdf", "png", "jpeg"])
@pytest.mark.parametrize(
    "headers",
    [(), (b"Content-Length: 90000",), (b"Transfer-Encoding: chunked",)],
    ids=["no length", "length", "chunked"],
)
@pytest.mark.parametrize("missing", [1, 8, 1500], ids=["a byte", "some", "much"])
async def test_answer_that_ends_early_is_no_document(
    server: DocumentServer, calls: HttpDocumentCalls, whole: bytes, headers: tuple[bytes, ...], missing: int
) -> None:
    # The last byte of this PDF ends a line: nobody misses it.
    body = whole.rstrip()[:-missing]
    if headers == (b"Transfer-Encoding: chunked",):
        body = b"%x\r\n%b\r\n" % (len(body), body)
    server.always = cut_off(body, *headers)
    with pytest.raises(DocumentUnavailable) as failed:
        await calls.fetch(server.url())

    assert "cut_short" == failed.value.reason


@pytest.mark.parametrize("begun", [b"%", b"%PDF", b"\x89PNG\r\n", b"\xff\xd8"])
async def test_answer_that_ends_within_its_first_bytes_is_asked_for_again(
    server: DocumentServer, calls: HttpDocumentCalls, begun: bytes
) -> None:
    server.always = cut_off(begun)
    with pytest.raises(DocumentUnavailable, match="cut_short"):
        await calls.fetch(server.url())


@pytest.mark.parametrize(
    "whole",
    [
        PDF,
        PDF + bytes(512),
        PDF + b"<!-- 0.03 s -->",
        PDF.rstrip(),
        PDF + b"9 0 obj\n<<>>\nendobj\nxref\n%%EOF",
        PNG,
        PNG + b"\n",
        JPEG,
        JPEG + bytes(100),
    ],
)
async def test_what_some_programs_write_after_the_end_of_a_document_is_no_fault(
    server: DocumentServer, calls: HttpDocumentCalls, whole: bytes
) -> None:
    server.always = cut_off(whole)
    found = await calls.fetch(server.url())

    assert whole == found.content


async def test_change_of_a_pdf_that_has_not_come_whole_is_not_the_document_before_it(
    server: DocumentServer, calls: HttpDocumentCalls
) -> None:
    """A signature is such a change."""
    server.always = cut_off(PDF + b"9 0 obj\n<</Type/Sig")
    with pytest.raises(DocumentUnavailable, match="cut_short"):
        await calls.fetch(server.url())


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (sending(302, headers={"Location": "/elsewhere"}), "redirect"),
        (sending(301, headers={"Location": "http://169.254.169.254/latest/meta-data/"}), "redirect"),
        (sending(403), "http_403"),
        (sending(204), "http_204"),
        (sending(206, b"%PDF-part"), "http_206"),
        (sending(body=b"<html>%PDF-1.7</html>", headers={"Content-Type": "application/pdf"}), "wrong_type"),
        (sending(body=b"PK\x03\x04"), "wrong_type"),
        (sending(body=b"%PDF-" + bytes(200_000)), "too_large"),
        (endless, "too_large"),
        (bomb, "compressed"),
        (sending(body=PDF, headers={"Content-Encoding": "br"}), "compressed"),
    ],
)
async def test_what_may_not_be_fetched_is_refused_for_good(
    server: DocumentServer, calls: HttpDocumentCalls, behaviour: Behaviour, reason: str
) -> None:
    server.always = behaviour
    with pytest.raises(DocumentRefused) as refused:
        await calls.fetch(server.url())

    assert reason == refused.value.reason
    assert 0 == server.elsewhere


async def test_a_type_that_the_policy_leaves_out_is_refused(server: DocumentServer) -> None:
    async with aclosing(calls_of(server, types=(DocumentType.PNG,))) as calls:
        with pytest.raises(DocumentRefused, match="wrong_type"):
            await calls.fetch(server.url())


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@127.0.0.1:{port}/files/respuesta.pdf",
        "http://127.0.0.1:1/files/respuesta.pdf",
        "http://127.0.0.1/files/respuesta.pdf",
        "http://other.example:{port}/files/respuesta.pdf",
        "http://127.0.0.1:{port}\\@evil.example/files/respuesta.pdf",
        "http://127.0.0.1.evil.example:{port}/files/respuesta.pdf",
        "http://[::ffff:127.0.0.1]:{port}/files/respuesta.pdf",
        "http://2130706433:{port}/files/respuesta.pdf",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "https://portal.example.com.evil.example/a.pdf",
    ],
)
async def test_what_no_host_of_the_policy_is_is_never_called(
    server: DocumentServer, calls: HttpDocumentCalls, url: str
) -> None:
    with pytest.raises(DocumentRefused, match="not_allowed"):
        await calls.fetch(url.format(port=server.port))

    assert [] == server.asked


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "2130706433", "0x7f.1", "0.0.0.0", "[::1]"),  # noqa: S104 - refused
        *("10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]"),
        *("[::ffff:127.0.0.1]", "[::ffff:a00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    ],
)
async def test_a_listed_host_at_a_private_address_is_refused(server: DocumentServer, host: str) -> None:
    listed = rules(server, hosts=(f"{host}:{server.port}",), networks=())
    async with aclosing(HttpDocumentCalls(listed, timeout=SHORT)) as calls:
        with pytest.raises(DocumentRefused, match="private_address"):
            await calls.fetch(f"https://{host}:{server.port}/files/respuesta.pdf")

    assert [] == server.asked


class Rebinding:
    """A resolver whose name has another address each time that it is asked."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(self, host: str, port: int, family: int) -> list[dict[str, Any]]:
        self.asked += 1
        addresses = self.answers.pop(0)
        fixed = {"hostname": host, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
        del family
        return [{**fixed, "host": address} for address in addresses]


async def test_a_name_that_changes_its_address_is_resolved_once_and_checked_then(
    server: DocumentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"portal.example.com:{server.port}"
    # One good address among bad ones helps nobody.
    names = Rebinding(("203.0.113.7", "127.0.0.1"), ("127.0.0.2",), ("127.0.0.1",))
    monkeypatch.setattr(aiohttp, "ThreadedResolver", lambda: names)
    listed = rules(server, hosts=(name,), networks=())
    async with aclosing(HttpDocumentCalls(listed, timeout=SHORT)) as calls:
        for asked in (1, 2, 3):
            with pytest.raises(DocumentRefused, match="private_address"):
                await calls.fetch(f"https://{name}/files/respuesta.pdf")
            assert asked == names.asked

    assert [] == server.asked


async def test_a_server_that_is_away_unknown_or_without_tls_is_tried_again(server: DocumentServer) -> None:
    hosts = (server.host, "nowhere.invalid", "127.0.0.1:1")
    async with aclosing(calls_of(server, hosts=hosts)) as calls:
        for url in (f"https://{server.host}/a.pdf", "https://nowhere.invalid/a.pdf", "http://127.0.0.1:1/a"):
            with pytest.raises(DocumentUnavailable):
                await calls.fetch(url)


async def test_slow_documents_do_not_hold_up_the_others(
    server: DocumentServer, calls: HttpDocumentCalls
) -> None:
    server.script.append(hang)
    slow = asyncio.create_task(calls.fetch(server.url()))
    await until(lambda: bool(server.asked), "the slow call")
    quick = await calls.fetch(server.url())
    with pytest.raises(DocumentUnavailable, match="timeout"):
        await slow

    assert PDF == quick.content
