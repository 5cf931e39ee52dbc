"""
Media of WhatsApp: photos and documents that people send, fetched by their id from Meta, as documents are.

Meta names an address for five minutes, which takes the token too (Cloud API, "Media"): only addresses of Meta
get it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from hub.channels.document_calls import HttpDocumentCalls
from hub.channels.json_path import at
from hub.channels.urls import WhatsappEndpoint
from hub.errors import DocumentRefused, DocumentUnavailable
from hub.model.documents import FetchedDocument
from hub.policy.documents import CALL, DocumentPolicy

_ADDRESS: Final = "https://graph.facebook.com/{id}?phone_number_id={phone}"
_MEDIA: Final = re.compile(r"https://graph\.facebook\.com/([0-9]{1,40})\?phone_number_id=([0-9]{1,40})")
_THEIRS: Final = (".facebook.com", ".fbsbx.com", ".whatsapp.net")
_NO_RIGHT: Final = frozenset({"http_401", "http_403"})
"""The token may be changing."""


def address_of(media_id: str, phone: str) -> str:
    """Return the name by which a medium is asked for; empty for a malformed id."""
    address = _ADDRESS.format(id=media_id, phone=phone)
    return address if _MEDIA.fullmatch(address) else ""


class MediaCalls(HttpDocumentCalls):
    """Calls for media of these accounts, and for documents."""

    def __init__(
        self,
        rules: DocumentPolicy,
        accounts: Sequence[WhatsappEndpoint],
        *,
        timeout: float = CALL.total_seconds(),
    ) -> None:
        super().__init__(rules, timeout=timeout)
        self._accounts = {account.phone: account for account in accounts}

    async def fetch(self, url: str) -> FetchedDocument:
        asked = _MEDIA.fullmatch(url)
        if asked is None:
            return await super().fetch(url)
        account = self._accounts.get(asked[2])
        if account is None:
            raise DocumentRefused("not_configured")
        token = {"Authorization": f"Bearer {account.token}"}
        try:
            about = f"{account.base}/{account.version}/{asked[1]}?phone_number_id={asked[2]}"
            link = _link(await self._called(about, {**token, "Accept": "application/json"}), account.base)
            return self._judged(await self._called(link, token))
        except DocumentRefused as exc:
            if exc.reason in _NO_RIGHT:
                raise DocumentUnavailable(exc.reason) from exc
            raise


def _link(said: bytes, base: str) -> str:
    """Read the address of the bytes. Raises DocumentUnavailable, and DocumentRefused for a foreign one."""
    try:
        link = at(json.loads(said), "url")
        parts = urlsplit(link if isinstance(link, str) else "")
    except (ValueError, RecursionError) as exc:
        raise DocumentUnavailable("answer") from exc
    host = f".{parts.hostname or ''}"
    if f"{parts.scheme}://{parts.netloc}" != base and not (
        parts.scheme == "https" and host.endswith(_THEIRS)
    ):
        raise DocumentRefused("not_allowed")
    return parts.geturl()
