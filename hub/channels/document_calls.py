"""
Calls for documents, at addresses that publishers name.

Only from hosts that the policy lists, and never from the company's own network
(`hub.channels.guarded_addresses`). No redirect is followed, no cookie kept, nothing decompressed: a small
answer could grow without end. The bytes decide the type of a document and whether it is whole, not its
server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp import hdrs

from hub.channels.document_ends import KINDS
from hub.channels.guarded_addresses import FAILURES, PRIVATE, GuardedSession, PrivateAddress, reason_of
from hub.errors import DocumentHostUnavailable, DocumentRefused, DocumentUnavailable
from hub.model.documents import FetchedDocument
from hub.policy.documents import CALL, DocumentPolicy

_PIECE: Final = 65_536
_OK: Final = 200
_PLAIN: Final = frozenset({"", "identity"})
_TOO_MANY: Final = 429
_LATER: Final = frozenset({404, 408, 425})
"""Statuses that may change soon: 404, because an event may come before its document."""
_CUT_SHORT: Final = "cut_short"
_HEADERS: Final[Mapping[str, str]] = {
    hdrs.USER_AGENT: "hub",
    hdrs.ACCEPT: ", ".join(kind for *_, kind in KINDS),
    hdrs.ACCEPT_ENCODING: "identity",
}


class HttpDocumentCalls(GuardedSession):
    """`hub.ports.DocumentCalls`."""

    def __init__(self, rules: DocumentPolicy, *, timeout: float = CALL.total_seconds()) -> None:
        super().__init__(rules.private_networks, timeout=timeout, headers=_HEADERS)
        self._rules = rules

    async def fetch(self, url: str) -> FetchedDocument:
        # The policy may have changed since it was asked for.
        if not self._rules.allows(url):
            raise DocumentRefused("not_allowed")
        try:
            # aiohttp asks no resolver for an address.
            self.guard.check(urlsplit(url).hostname or "")
        except PrivateAddress as exc:
            raise DocumentRefused(PRIVATE) from exc
        return self._judged(await self._called(url))

    async def _called(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Fetch the bytes, within the time and the size of a document."""
        try:
            async with (
                asyncio.timeout(self.timeout),
                self.opened().get(url, headers=headers, allow_redirects=False) as answer,
            ):
                return await self._content(answer)
        except aiohttp.ClientPayloadError as exc:
            raise DocumentUnavailable(_CUT_SHORT) from exc
        except FAILURES as exc:
            reason = reason_of(exc)
            raise (DocumentRefused if reason == PRIVATE else DocumentHostUnavailable)(reason) from exc

    def _judged(self, content: bytes) -> FetchedDocument:
        return FetchedDocument(sha256=sha256(content).digest(), kind=self._kind_of(content), content=content)

    async def _content(self, answer: aiohttp.ClientResponse) -> bytes:
        _require_document(answer)
        most = self._rules.max_bytes
        # The length that the server states saves a transfer; the bytes are counted all the same.
        if answer.content_length is not None and answer.content_length > most:
            raise DocumentRefused("too_large")
        content = bytearray()
        async for piece in answer.content.iter_chunked(_PIECE):
            content += piece
            if len(content) > most:
                raise DocumentRefused("too_large")
        if not content:
            raise DocumentUnavailable("empty")
        return bytes(content)

    def _kind_of(self, content: bytes) -> str:
        for known, beginning, is_whole, kind in KINDS:
            if content.startswith(beginning) and known in self._rules.types:
                if not is_whole(content):
                    raise DocumentUnavailable(_CUT_SHORT)
                return kind
            if beginning.startswith(content):
                raise DocumentUnavailable(_CUT_SHORT)
        raise DocumentRefused("wrong_type")


def _require_document(answer: aiohttp.ClientResponse) -> None:
    status = answer.status
    if 300 <= status < 400:
        raise DocumentRefused("redirect")
    if status == _TOO_MANY or status >= 500:
        raise DocumentHostUnavailable(f"http_{status}")
    if status in _LATER:
        raise DocumentUnavailable(f"http_{status}")
    if status != _OK:
        raise DocumentRefused(f"http_{status}")
    if answer.headers.get(hdrs.CONTENT_ENCODING, "").strip().lower() not in _PLAIN:
        raise DocumentRefused("compressed")
