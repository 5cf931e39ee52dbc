"""The documents of events: requests, stored documents, and a message's use of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.model.json import Json

FIELD: Final = "document_ref"
"""The field of an event's data that names its document."""
DIGEST_FIELD: Final = "document_sha256"
"""The field with the SHA-256 that the publisher says its document has."""
ENDS_FIELD: Final = "expires_at"
"""The field that says until when the publisher lets it be read."""
ANONYMOUS: Final = "documento"


class FetchState(StrEnum):
    """Where the fetching of a document stands."""

    ASKED = "asked"
    STORED = "stored"
    FAILED = "failed"


class DocumentRequest(Struct, frozen=True, kw_only=True):
    """
    The document of one event, which is fetched once for all its messages.

    `attach` is true where mails and letters take it along; else they only lead to it. Messages wait for it
    until `wait_until`. `digest` is the SHA-256 that its publisher names. `sha256`, `kind` (a media type) and
    `size` are what was stored. A claim also has its `host`, with the port where that is no usual one.
    """

    event_key: UUID
    url: str
    name: str
    attach: bool
    wait_until: datetime
    digest: bytes | None = None
    state: FetchState = FetchState.ASKED
    tries: int = 0
    asked_at: datetime | None = None
    sha256: bytes | None = None
    kind: str = ""
    size: int = 0
    host: str = ""


class HostRoom(Struct, frozen=True, kw_only=True):
    """
    How many more documents a host may be asked for.

    `shut`: it is not asked at all; what nobody waits for any more, or was fetched before, may end.
    """

    host: str
    room: int
    shut: bool = False


class FetchedDocument(Struct, frozen=True, kw_only=True):
    """The bytes of a document, and its media type as they show it."""

    sha256: bytes
    kind: str
    content: bytes


class Enclosure(Struct, frozen=True, kw_only=True):
    """
    A stored document as a message has it.

    `enclosed`: with a mail, which takes its bytes along as `content`, or with a letter.
    """

    sha256: bytes
    kind: str
    name: str
    enclosed: bool
    content: bytes = b""


class SentDocument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    What a message had of a document, as a fact of its text.

    `enclosed`: in the mail, or with the letter. Else `link` leads to it `until` then. `sha256` is
    hexadecimal.
    """

    sha256: str
    kind: str
    name: str
    enclosed: bool = False
    link: str | None = None
    until: datetime | None = None


class LinkedDocument(Struct, frozen=True, kw_only=True):
    """A document that a link leads to. `withdrawn`: its event was taken back, and `content` is empty."""

    kind: str
    name: str
    content: bytes
    withdrawn: bool = False


_URL: Final = re.compile(r"https?://\S+")
_FIELD: Final = re.compile(r"url|link|\w+_(ref|url)")
"""Fields that hold a document. Where to meet online (`place_or_link`) is no document."""


def document_links(data: Mapping[str, Json]) -> Iterator[str]:
    """Yield the links of the documents that the data name, also those in lists."""
    for name, value in data.items():
        if isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from document_links(item)
        elif isinstance(value, str) and _FIELD.fullmatch(name) and _URL.fullmatch(value):
            yield value


def is_given(data: Mapping[str, Json]) -> bool:
    """Return whether the hub was given the document: it has a digest, and a name that is no address."""
    return bool(data.get(DIGEST_FIELD)) and not any(document_links({FIELD: data.get(FIELD)}))
