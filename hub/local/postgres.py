"""
A private PostgreSQL, never as root: the owner and the folder of its data.

PostgreSQL refuses to run as root. So for root it runs as an unprivileged user, who needs access to every
folder above the data.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg

from hub.errors import StorageUnavailable
from hub.local import programs
from hub.local.child import Account, Child
from hub.local.loopback import ADDRESS
from hub.local.server import Server, kept_secret, plain_environment

# For the data if that user has no access to the folder. Not a temporary folder: those are emptied by age.
ELSEWHERE = Path("/var/lib/hub-local")


def account_for(folder: Path) -> Account | None:
    """Return the account to run as; None for the current one. Existing data keeps its owner."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(uid=folder.stat().st_uid, gid=folder.stat().st_gid)
    return _unprivileged()


def home_of(folder: Path, account: Account | None) -> Path:
    """Return `folder`, or one elsewhere if the account has no access; the choice is permanent."""
    elsewhere = ELSEWHERE / hashlib.sha256(bytes(folder.resolve())).hexdigest()[:12]
    if account is None or (_may_enter(folder.parent, account) and not elsewhere.exists()):
        return folder
    return elsewhere


def give(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, account.uid, account.gid)


def _unprivileged() -> Account:
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=user.pw_uid, gid=user.pw_gid)
    return Account(uid=65534, gid=65534)


def _may_enter(folder: Path, account: Account) -> bool:
    """Try it: access lists and mounts matter too, so it cannot be computed."""
    result = subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        timeout=10,
        check=False,
    )
    return result.returncode == 0


USER = "hub"
DATABASE = "hub"

SETTINGS = {
    "listen_addresses": ADDRESS,
    "unix_socket_directories": "",  # a socket's path has at most 107 bytes; a checkout's may have more
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NO_FLUSHES = {"fsync": "off", "full_page_writes": "off"}
NO_CLEANING = {"autovacuum": "off"}
"""Otherwise the minute decides how a test's statements are planned, and whether its database was touched."""
CHEAP_PASSWORDS = {"scram_iterations": "1"}
"""From PostgreSQL 16 on. By default both sides compute a millisecond for each connection."""
CHEAP_SINCE = 16

# The same order of rows on every machine, with ñ and á as letters. macOS has another name for it.
LETTERS = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"


class Postgres(Server):
    """
    A PostgreSQL server. `durable=False`, for tests, skips flushes to the disk: the data survives a killed
    server, but not a power cut. Its passwords are checked quickly, so they could be guessed from the data.
    Nothing is vacuumed or analyzed unless a test asks for it.
    """

    name = "PostgreSQL"
    failure = StorageUnavailable

    def __init__(self, folder: Path, *, durable: bool = True, port: int | None = None) -> None:
        self._account = account_for(folder)
        super().__init__(home_of(folder, self._account), port=port)
        self._data = self.folder / "data"
        if self.folder != folder:
            self.note = f"  (its user may not enter {folder.parent})"
        self._program = programs.find_postgres(_major_of(self._data))
        has_cheap = not durable and programs.postgres_major(self._program) >= CHEAP_SINCE
        self._passwords = CHEAP_PASSWORDS if has_cheap else {}
        brief = {} if durable else NO_FLUSHES | NO_CLEANING
        self._settings = {**SETTINGS, "port": str(self.port), **brief, **self._passwords}
        self.child = self._new_child("postgres")

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@{ADDRESS}:{self.port}/{database}"

    async def start(self) -> None:
        self._prepare()
        if not self._data.exists():
            await self._make_data()
        self._forget_stranger()
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        await self.child.start([self._program, "-D", self._data, *settings], env=plain_environment())
        await self.answers(self._make_database, asyncpg.PostgresError, asyncpg.InterfaceError)

    def _new_child(self, name: str) -> Child:
        return Child(
            name,
            folder=self.folder,
            log=self.folder / f"{name}.log",
            account=self._account,
            stop_signal=signal.SIGINT,  # the "fast" stop, which does not wait for clients
        )

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept_secret(self.folder / "password")
        for path in (self.folder, self.folder / "password"):
            give(path, self._account)

    async def _make_data(self) -> None:
        """Rename the folder only when complete, so that a killed `initdb` leaves no partial data."""
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        initdb = self._new_child("initdb")
        await initdb.start(
            [
                *(self._program.with_name("initdb"), "-D", unfinished, "-U", USER),
                *("--auth=scram-sha-256", f"--pwfile={self.folder / 'password'}"),
                *("--encoding=UTF8", "--locale=C", f"--lc-ctype={LETTERS}"),
                *(f"--set={name}={value}" for name, value in self._passwords.items()),
            ],
            env=plain_environment(),
        )
        try:
            await initdb.ended()
        finally:
            await initdb.stop()
        if initdb.exit_code != 0:
            raise StorageUnavailable(f"initdb failed:\n{initdb.last_lines()}")
        unfinished.rename(self._data)

    def _forget_stranger(self) -> None:
        """
        Remove `postmaster.pid` if its pid belongs to another program, as it may after a power cut.

        PostgreSQL would not start. It handles the pid of a dead process itself.
        """
        lock = self._data / "postmaster.pid"
        if lock.exists() and _is_stranger(int(lock.read_text().split()[0]), self._data):
            lock.unlink()

    async def _make_database(self) -> None:
        connection = await asyncpg.connect(self.url_of("postgres"))
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()


def _major_of(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _is_stranger(pid: int, data: Path) -> bool:
    """Return whether the process is surely another program; false if its working folder is unreadable."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() != data.resolve()
    except OSError:
        return False
