"""
A private PostgreSQL, never as root: whose its data is, and where it lies.

PostgreSQL refuses to run as root, so for root it runs as an unprivileged user, who must be able to enter
every folder above the data.
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

# Where the data goes when that user may not enter the folder. Not below a temporary folder:
# those are emptied by age.
ELSEWHERE = Path("/var/lib/hub-local")


def account_for(folder: Path) -> Account | None:
    """None: run as who we are. What an ordinary user once made is opened as that user."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(uid=folder.stat().st_uid, gid=folder.stat().st_gid)
    return _unprivileged()


def home_of(folder: Path, account: Account | None) -> Path:
    """`folder`, or one elsewhere where the account cannot enter it; once chosen it stays."""
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
    """Tried, not computed: access lists and mounts have their say too."""
    tried = subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        timeout=10,
        check=False,
    )
    return tried.returncode == 0


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

# The same order of rows on every machine, yet ñ and á are letters. macOS names it so.
LETTERS = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"


class Postgres(Server):
    """
    `durable=False` leaves out the flushes to the disk: it still survives a killed server,
    but not a machine without power. For tests.
    """

    name = "PostgreSQL"
    failure = StorageUnavailable

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._account = account_for(folder)
        super().__init__(home_of(folder, self._account))
        self._data = self.folder / "data"
        if self.folder != folder:
            self.note = f"  (its user may not enter {folder.parent})"
        self._program = programs.find_postgres(_major_of(self._data))
        self._settings = {**SETTINGS, "port": str(self.port), **({} if durable else NO_FLUSHES)}
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
            stop_signal=signal.SIGINT,  # the "fast" stop, which does not wait for clients to leave
        )

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept_secret(self.folder / "password")
        for path in (self.folder, self.folder / "password"):
            give(path, self._account)

    async def _make_data(self) -> None:
        """In a folder that gets its name when it is whole: a killed `initdb` leaves no half data."""
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        initdb = self._new_child("initdb")
        await initdb.start(
            [
                *(self._program.with_name("initdb"), "-D", unfinished, "-U", USER),
                *("--auth=scram-sha-256", f"--pwfile={self.folder / 'password'}"),
                *("--encoding=UTF8", "--locale=C", f"--lc-ctype={LETTERS}"),
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
        After a power cut the number in `postmaster.pid` may belong to another program by now,
        and PostgreSQL would not start. A dead process it judges itself, and better.
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
    """Known for sure only where the folder that a process works in can be read."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() != data.resolve()
    except OSError:
        return False
