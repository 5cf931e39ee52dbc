"""A program of this folder in a process of its own, with limits of time and memory."""

from __future__ import annotations

import asyncio
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from hub.errors import PaperFailure

_NOWHERE: Final = "http://127.0.0.1:9"
NO_NETWORK: Final = dict.fromkeys(
    ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "http_proxy"), _NOWHERE
)
"""A template that asked for a package of the network would get none."""
log = structlog.get_logger()


async def run(program: Path, *arguments: str, given: bytes, patience: float, memory: int) -> bytes:
    """
    Return the program's output for this input. Raises PaperFailure.

    `patience` is how many seconds it has, `memory` how many bytes (on Linux).
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(program), *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=NO_NETWORK,
    )
    _limit(child.pid, memory)
    try:
        async with asyncio.timeout(patience):
            made, complaint = await child.communicate(given)
    except TimeoutError as exc:
        raise PaperFailure(f"The document was not ready after {patience:.0f} seconds.") from exc
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        # The error's own text may quote people, so it is left out.
        status, length = child.returncode, len(complaint)
        log.error("paper.failed", program=program.stem, status=status, complaint=length)
        raise PaperFailure("The document could not be set.")
    return made


def _limit(pid: int, memory: int) -> None:
    """It has read nothing yet. One that has ended at once needs no limit."""
    if sys.platform == "linux":
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_AS, (memory, memory))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
