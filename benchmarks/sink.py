"""The mail server of the contest: `smtp-sink` of Debian's postfix, which takes mail and throws it away."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import time
from pathlib import Path
from typing import Final

from hub.errors import ProgramMissing, Unavailable
from hub.local.child import Child
from hub.local.loopback import ADDRESS, free_port, knock
from hub.local.server import START_LIMIT, plain_environment

PLACE: Final = "/usr/sbin/smtp-sink"
"""Debian's; not on the path of ordinary users."""

LOOK: Final = 0.005
"""Seconds between looks at the counter: finer than any difference that the contest distinguishes."""

_COUNTED = re.compile(rb"mesg=(\d+)\r")


class Sink:
    """Counts the mails that it has accepted: what the provider says, not what the sender believes."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        folder.mkdir(parents=True)
        self.child = Child("smtp-sink", folder=folder, log=folder / "counted")

    async def start(self) -> None:
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = [_program(), "-c", *as_nobody, f"{ADDRESS}:{self.port}", "1000"]
        await self.child.start(command, env=plain_environment())
        deadline = time.monotonic() + START_LIMIT
        while self.child.running and time.monotonic() < deadline:
            try:
                return await knock(self.port)
            except OSError:
                await asyncio.sleep(LOOK)
        raise Unavailable(f"smtp-sink did not start:\n{self.child.last_lines()}")

    def count(self) -> int:
        """Answer how many mails were accepted so far."""
        with self.child.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 100))
            counted = _COUNTED.findall(log.read())
        return int(counted[-1]) if counted else 0

    async def reaches(self, count: int, within: float) -> float:
        """Wait for the mail of this number; answer the monotonic instant. Raises Unavailable."""
        deadline = time.monotonic() + within
        while self.count() < count:
            if time.monotonic() > deadline:
                raise Unavailable(f"only {self.count()} of {count} mails came within {within:.0f} s")
            await asyncio.sleep(LOOK)
        return time.monotonic()


def _program() -> str:
    program = shutil.which("smtp-sink") or shutil.which(PLACE)
    if program is None:
        raise ProgramMissing("smtp-sink is not installed: it comes with Debian's package postfix.")
    return program
