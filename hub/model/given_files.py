"""Files that come in with somebody's words: as they came, and as they are kept."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

LONGEST_NAME: Final = 80
"""Characters of the name of a file."""


class GivenFile(Struct, frozen=True, kw_only=True):
    """
    A file as it came. `refused` says why its bytes are not kept, as a machine word.

    `media` is its address at a provider that still has the bytes. `kind` is its media type, as its bytes show
    it. The name and the bytes are person data and never logged.
    """

    name: str
    content: bytes = b""
    kind: str = ""
    refused: str = ""
    media: str = ""


class KeptFile(Struct, frozen=True, kw_only=True):
    """A file that came with somebody's words, without its bytes."""

    id: Annotated[UUID, Meta(description="Of the reply, or the key of the event, with which it came.")]
    place: Annotated[int, Meta(description="Its number among those that came together.")]
    name: Annotated[str, Meta(description="As its sender calls it.")]
    kind: Annotated[
        str | None, Meta(description="What its bytes are: a media type; null: they are not kept.")
    ]
    size: Annotated[int | None, Meta(description="In bytes.")]
    sha256: Annotated[str | None, Meta(description="In hexadecimal.")]
    refused: Annotated[str, Meta(description="Why it is not kept, or `waiting`; empty: it is.")]


class HandedFile(KeptFile, frozen=True, kw_only=True):
    """A file that is handed over to its sender."""

    content: Annotated[
        bytes | None, Meta(description="In base64; null where it is not kept, or too much for one file.")
    ]
