"""A document as PDF, set in a process of its own: `typeset.py` says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

import msgspec

from hub.rendering.paper import child

_PROGRAM: Final = Path(__file__).with_name("typeset.py")
_PATIENCE: Final = 120.0
"""Seconds: five thousand messages take ten."""
_MEMORY: Final = 6 << 30
"""Bytes of addresses: 500 letters use 700 MB, and Typst's threads reserve more."""

_CLAIMS: Final = ("a-2b", "ua-1")
"""PDF/A-2b for the archive, PDF/UA-1 for screen readers."""


@contextmanager
def workplace() -> Iterator[Path]:
    """
    Make a folder for the files of one document, which nobody else reads.

    It is removed here, not by the program that uses it: one that is stopped removes nothing.
    """
    with TemporaryDirectory(prefix="hub-paper-") as folder:
        yield Path(folder)


async def make_pdf(
    template: str, data: Any, at: datetime, pictures: Mapping[str, bytes] = MappingProxyType({})
) -> bytes:
    """
    Set a template of this folder with data, dated `at`. Raises PaperFailure.

    `pictures` are PNGs that it shows, by name.

    Texts in the data are shown as they are; of signs that the fonts lack the code (`typeset.py`).
    """
    with workplace() as folder:
        for name, picture in pictures.items():
            (folder / name).write_bytes(picture)
        return await _set(template, data, at, folder, claims=(_CLAIMS,))


async def set_pages(data: Any, at: datetime, folder: Path, *, foreign: bool) -> bytes:
    """
    Set `pages.typ`, which may read the files in the folder. Raises PaperFailure.

    With `foreign` pages, which others have made, the PDF claims to be neither archivable nor accessible; nor
    with a layout that no screen reader could follow: that is printed all the same.
    """
    return await _set("pages.typ", data, at, folder, claims=((),) if foreign else (_CLAIMS, ()))


async def set_joined(documents: Any, at: datetime, folder: Path) -> bytes:
    """Set `joined.typ` of files in the folder, which others have made. Raises PaperFailure."""
    return await _set("joined.typ", documents, at, folder, claims=((),))


async def _set(
    template: str, data: Any, at: datetime, folder: Path, *, claims: Sequence[Sequence[str]]
) -> bytes:
    job = {"template": template, "data": data, "at": at.isoformat(), "folder": str(folder)}
    given = msgspec.json.encode({**job, "claims": claims})
    return await child.run(_PROGRAM, given=given, patience=_PATIENCE, memory=_MEMORY)
