"""A document as PDF, set in a process of its own: `typeset.py` says why."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
import structlog

from hub.errors import PaperFailure

_PROGRAM: Final = Path(__file__).with_name("typeset.py")
_PATIENCE: Final = 120.0
"""Seconds: five thousand messages take ten."""
_NOWHERE: Final = "http://127.0.0.1:9"
NO_NETWORK: Final = dict.fromkeys(
    ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "http_proxy"), _NOWHERE
)
"""A template that asked for a package of the network would get none."""
log = structlog.get_logger()


async def make_pdf(template: str, data: Any, at: datetime) -> bytes:
    """
    Set a template of this folder with data, dated `at`. Raises PaperFailure.

    Texts in the data are shown as they are; of signs that the fonts lack the code (`typeset.py`).
    """
    return await _set({"template": template, "data": data, "at": at.isoformat()})


async def set_pages(data: Any, files: Mapping[str, bytes], at: datetime, *, foreign: bool = False) -> bytes:
    """
    Set `pages.typ` with data and the files that it shows, dated `at`. Raises PaperFailure.

    With `foreign` pages, which others have made, the PDF claims to be neither archivable nor accessible.
    """
    made = {"template": "pages.typ", "data": data, "at": at.isoformat(), "files": files, "foreign": foreign}
    return await _set(made)


async def _set(made: Mapping[str, Any]) -> bytes:
    """The folder is removed here: a child that was stopped removes nothing, and people's data is in it."""
    with TemporaryDirectory(prefix="hub-paper-") as folder:
        return await _run({**made, "folder": folder})


async def _run(made: Mapping[str, Any]) -> bytes:
    job = msgspec.json.encode(made)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(_PROGRAM)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=NO_NETWORK,
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            pdf, complaint = await child.communicate(job)
    except TimeoutError as exc:
        raise PaperFailure(f"The document was not ready after {_PATIENCE:.0f} seconds.") from exc
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        # Not what it says: that may quote what people wrote.
        log.error(
            "paper.failed", template=made["template"], status=child.returncode, complaint=len(complaint)
        )
        raise PaperFailure("The document could not be set.")
    return pdf
