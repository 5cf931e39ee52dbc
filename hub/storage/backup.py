"""
Back-ups: a copy of the whole database in PostgreSQL's own format, and a manifest beside it.

The manifest has the digest of the copy, the schema, and the number of rows of each table in its snapshot. A
restored database becomes a hub's only at the end, in one transaction with the pause of everything: no hub
starts on half a copy, and none that starts sends messages that have perhaps been sent since.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import asyncpg
import msgspec
from msgspec import Struct

from hub.business_time.dates import ZONE
from hub.errors import ConfigurationError, ProgramMissing, StorageRefused, StorageUnavailable, Unavailable
from hub.hosts import Hosts
from hub.ports import RESTORED_BY
from hub.storage import migrations
from hub.storage.connection import connect, translated
from hub.storage.database import load
from hub.tasks import reraise_if_cancelled

_SQL = load("backup")
_LEFT_OUT: Final = (" TABLE DATA public alembic_version ", " SCHEMA - public ", " COMMENT - SCHEMA public ")
"""Entries of a copy that are not restored: the mark of a hub's database, and the schema that is there."""

Progress = Callable[[str], None]


class Manifest(Struct, frozen=True, kw_only=True):
    """The contents of a back-up. `at` is the instant of its snapshot, `rows` are counted in it, by table."""

    at: datetime
    revision: str
    server: str
    size: int
    sha256: str
    rows: Mapping[str, int]


def manifest_of(file: Path) -> Path:
    """Return where the manifest of a back-up is."""
    return file.with_name(f"{file.name}.json")


async def back_up(database_url: str, file: Path, on_progress: Progress) -> Manifest:
    """
    Write a copy and its manifest, readable by their owner alone. The hub may run meanwhile.

    A copy that fails leaves no file. Raises ConfigurationError if one of the files is there already.
    """
    unfinished = _new(file)
    hosts = Hosts(database_url)
    try:
        async with _snapshot(hosts) as (connection, found):
            on_progress("counting rows")
            rows = await _count(connection)
            on_progress(f"copying {sum(rows.values()):,} rows")
            _write(unfinished, b"")
            await run_tool(
                "pg_dump",
                hosts.last,  # only the server that made the snapshot knows it
                *("--format=custom", "--no-owner", "--no-privileges"),
                *(f"--snapshot={found['snapshot']}", f"--file={unfinished}"),
            )
        manifest = Manifest(
            at=found["at"],
            revision=found["revision"],
            server=found["server"],
            size=await asyncio.to_thread(os.path.getsize, unfinished),
            sha256=await asyncio.to_thread(_digest, unfinished),
            rows=rows,
        )
        _write(manifest_of(file), msgspec.json.format(msgspec.json.encode(manifest)))
        unfinished.rename(file)
    except Unavailable:  # it is an OSError, too, and no fault of the file
        raise
    except OSError as exc:
        raise ConfigurationError(f"cannot write {file}: {exc.strerror or exc}") from exc
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


async def restore(
    database_url: str, file: Path, on_progress: Progress, *, roles_url: str | None = None, jobs: int = 2
) -> Manifest:
    """
    Restore a copy into an empty database, prove it by its manifest, pause everything, bring it up to date.

    A failure before the end leaves a database on which no hub starts. Raises ConfigurationError for files or
    a database that will not do, StorageRefused for a copy that differs from its manifest.
    """
    manifest = _read(file)
    _require_known(manifest)
    await _require_empty(database_url)
    on_progress("comparing the file with its manifest")
    if await asyncio.to_thread(_digest, file) != manifest.sha256:
        raise StorageRefused(f"{file} is not the file that its manifest describes: take another copy.")
    on_progress(f"restoring {sum(manifest.rows.values()):,} rows")
    await _fill(database_url, file, jobs)
    async with _connected(Hosts(database_url)) as connection:
        on_progress("counting rows")
        _require_same(await _count(connection), manifest.rows)
        await connection.execute("ANALYZE")
        await _mark(connection, manifest)
    await migrations.upgrade(database_url, roles_url=roles_url)
    return manifest


@asynccontextmanager
async def _snapshot(hosts: Hosts) -> AsyncIterator[tuple[Any, asyncpg.Record]]:
    async with _connected(hosts) as connection:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            raise ConfigurationError("There is no hub in this database: nothing to copy.")
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection, await connection.fetchrow(_SQL["snapshot"])


async def _count(connection: Any) -> dict[str, int]:
    tables = [row["name"] for row in await connection.fetch(_SQL["tables"])]
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608 - quoted by the database


async def _fill(database_url: str, file: Path, jobs: int) -> None:
    listed = await run_tool("pg_restore", database_url, "--list", file)
    with TemporaryDirectory() as folder:
        entries = Path(folder) / "entries"
        entries.write_text("".join(map(_chosen, listed.decode().splitlines(keepends=True))), encoding="utf-8")
        await run_tool(
            "pg_restore",
            database_url,
            *("--exit-on-error", "--no-owner", "--no-privileges", f"--jobs={jobs}"),
            *(f"--use-list={entries}", file),
        )


def _chosen(entry: str) -> str:
    return f";{entry}" if any(words in entry for words in _LEFT_OUT) else entry


async def _mark(connection: Any, manifest: Manifest) -> None:
    # Operators read it on the page.
    reason = f"restaurado de la copia del {manifest.at.astimezone(ZONE):%d/%m/%Y a las %H:%M}"
    async with connection.transaction():
        await connection.execute(_SQL["unmark"])
        await connection.execute(_SQL["mark"], manifest.at, RESTORED_BY, reason)
        await connection.execute(_SQL["release"], manifest.revision)


def _require_known(manifest: Manifest) -> None:
    if manifest.revision > migrations.HEAD:
        raise ConfigurationError(
            f"The back-up has schema {manifest.revision} and this hub knows {migrations.HEAD}: "
            "restore it with the version that made it, or a newer one."
        )
    if manifest.revision < migrations.OLDEST:
        raise ConfigurationError(
            f"The back-up has schema {manifest.revision}, and this hub knows the way from "
            f"{migrations.OLDEST} on: restore it with the version that made it, upgrade that, and copy it "
            f"again (docs/operations/upgrade.md, Before schema {migrations.OLDEST})."
        )


async def _require_empty(database_url: str) -> None:
    async with _connected(Hosts(database_url)) as connection:
        if await connection.fetchval(_SQL["objects"]):
            raise ConfigurationError(
                "The database is not empty, and a restore overwrites nothing: create a new one, and name it "
                "in HUB_DATABASE_URL."
            )


def _require_same(found: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    wrong = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
    if wrong:
        raise StorageRefused(
            f"Not all rows are there ({', '.join(wrong)}): no hub starts on this database. Drop it."
        )


def _new(file: Path) -> Path:
    if file.exists() or manifest_of(file).exists():
        raise ConfigurationError(f"{file} or its manifest is there already: name a new file.")
    return file.with_name(f".{file.name}.part")


def _read(file: Path) -> Manifest:
    try:
        return msgspec.json.decode(manifest_of(file).read_bytes(), type=Manifest)
    except OSError as exc:
        raise ConfigurationError(f"cannot read {manifest_of(file)}: {exc.strerror}") from exc
    except msgspec.MsgspecError as exc:
        raise ConfigurationError(f"{manifest_of(file)} is no manifest of a back-up.") from exc


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@asynccontextmanager
async def _connected(hosts: Hosts) -> AsyncIterator[Any]:
    # Without a time-out of commands: counting a hundred million rows takes minutes.
    with translated():
        connection = await connect(hosts)
        try:
            yield connection
        finally:
            await connection.close()


_SHOWN: Final = 2000
"""Characters of a program's complaint, from its end."""
_HOW: Final = "install PostgreSQL's client of the server's version or a newer one (Debian: postgresql-client)"


async def run_tool(name: str, database_url: str, *arguments: str | Path) -> bytes:
    """
    Run `pg_dump` or `pg_restore`, with the password in no list of processes; return its output.

    Raises StorageUnavailable, ProgramMissing.
    """
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
