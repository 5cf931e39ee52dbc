"""The documents that are printed with letters: each made printable in a process of its own, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from msgspec import Struct, json

from hub.errors import PaperFailure
from hub.model.documents import LinkedDocument
from hub.rendering.paper import child

_PROGRAM: Final = Path(__file__).with_name("enclosure.py")
_PATIENCE: Final = 60.0
"""Seconds for one document."""
TOGETHER: Final = 300.0
"""Seconds for all documents of a batch: a minute for each of many must not hold up the printer for hours."""
_MEMORY: Final = 2 << 30
_AT_ONCE: Final = 2
_ENDINGS: Final = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


class PrintableDocument(Struct, frozen=True, kw_only=True):
    """A file that templates may show: width and height of each page, in any unit."""

    file: str
    name: str
    sizes: tuple[tuple[float, float], ...]


async def printable(
    documents: Sequence[LinkedDocument | None], folder: Path, *, together: float = TOGETHER
) -> list[PrintableDocument | None]:
    """
    Write each document into the folder; None where that cannot be done, or there is none.

    After `together` seconds no further document is begun.
    """
    several = {_key(document): document for document in documents if document is not None}
    free = asyncio.Semaphore(_AT_ONCE)
    ends_at = asyncio.get_running_loop().time() + together
    made = await asyncio.gather(*(_made(key, one, folder, free, ends_at) for key, one in several.items()))
    found = dict(zip(several, made, strict=True))
    return [found[_key(document)] if document is not None else None for document in documents]


def _key(document: LinkedDocument) -> str:
    return sha256(document.kind.encode() + b"\n" + document.content).hexdigest()


async def _made(
    key: str, document: LinkedDocument, folder: Path, free: asyncio.Semaphore, ends_at: float
) -> PrintableDocument | None:
    if document.kind not in _ENDINGS:
        return None
    file = f"{key}{_ENDINGS[document.kind]}"
    target = str(folder / file)
    async with free:
        if asyncio.get_running_loop().time() >= ends_at:
            return None
        try:
            sizes = await child.run(
                *(_PROGRAM, document.kind, target),
                given=document.content,
                patience=_PATIENCE,
                memory=_MEMORY,
            )
        except PaperFailure:
            return None
    sized = json.decode(sizes, type=tuple[tuple[float, float], ...])
    return PrintableDocument(file=file, name=document.name, sizes=sized)
