"""The programs of PostgreSQL's client: the password is in no list of processes."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from hub.errors import ProgramMissing, StorageUnavailable
from hub.tasks import reraise_if_cancelled

_SHOWN: Final = 2000
"""Characters of a program's complaint, from its end."""
_HOW: Final = "install PostgreSQL's client of the server's version or a newer one (Debian: postgresql-client)"


async def run_tool(name: str, database_url: str, *arguments: str | Path) -> bytes:
    """Run `pg_dump` or `pg_restore`; return its output. Raises StorageUnavailable, ProgramMissing."""
    program = shutil.which(name)
    if program is None:
        raise ProgramMissing(f"{name} is not on this machine: {_HOW}.")
    url, secret = without_password(database_url)
    process = await asyncio.create_subprocess_exec(
        program,
        f"--dbname={url}",
        *map(str, arguments),
        env={**os.environ, **secret},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, complaint = await process.communicate()
    except BaseException:
        reraise_if_cancelled()
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise StorageUnavailable(f"{name} failed: {complaint.decode(errors='replace').strip()[-_SHOWN:]}")
    return out


def without_password(database_url: str) -> tuple[str, Mapping[str, str]]:
    """Return the URL without its password, and the variable that hands it to a program."""
    url = urlsplit(database_url)
    query = [(name, value) for name, value in parse_qsl(url.query) if name != "password"]
    given = dict(parse_qsl(url.query)).get("password") or (unquote(url.password) if url.password else None)
    user, at, place = url.netloc.rpartition("@")
    shown = urlunsplit(url._replace(netloc=user.partition(":")[0] + at + place, query=urlencode(query)))
    return shown, {} if given is None else {"PGPASSWORD": given}
