"""A document as PDF, set in a process of its own: `typeset.py` says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from hub.rendering.paper import child

_PROGRAM: Final = Path(__file__).with_name("typeset.py")
_PATIENCE: Final = 120.0
"""Seconds: five thousand messages take ten."""
_MEMORY: Final = 6 << 30
"""Bytes of addresses: 500 letters use 700 MB, and Typst's threads reserve more."""


@contextmanager
def workplace() -> Iterator[Path]:
    """
    Make a folder for the files of one document, which nobody else reads.

    It is removed here, not by the program that uses it: one that is stopped removes nothing.
    """
    with TemporaryDirectory(prefix="hub-paper-") as folder:
        yield Path(folder)


async def make_pdf(template: str, data: Any, at: datetime) -> bytes:
    """
    Set a template of this folder with data, dated `at`. Raises PaperFailure.

    Texts in the data are shown as they are; of signs that the fonts lack the code (`typeset.py`).
    """
    with workplace() as folder:
        return await set_pdf(template, data, at, folder)


async def set_pdf(template: str, data: Any, at: datetime, folder: Path, *, foreign: bool = False) -> bytes:
    """
    Set a template that may read the files in the folder. Raises PaperFailure.

    With `foreign` pages, which others have made, the PDF claims to be neither archivable nor accessible.
    """
    job = {"template": template, "data": data, "at": at.isoformat(), "folder": str(folder)}
    given = msgspec.json.encode({**job, "foreign": foreign})
    return await child.run(_PROGRAM, given=given, patience=_PATIENCE, memory=_MEMORY)
