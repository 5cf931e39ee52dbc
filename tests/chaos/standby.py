"""A standby of a PostgreSQL server on loopback, which may be promoted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.local.postgres import Postgres
from hub.local.server import plain_environment, write_private
from tests.servers import execute, open_folder


class Standby(Postgres):
    """A copy of a primary, made at its first start, that follows it."""

    def __init__(self, folder: Path, primary: Postgres) -> None:
        self._primary = primary
        super().__init__(folder, durable=False)

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.folder / "password", self._primary.password)
        super()._prepare()

    async def _make_data(self) -> None:
        copying = self._new_child("pg_basebackup")
        await copying.start(
            [
                *(self._program.with_name("pg_basebackup"), "-d", self._primary.url, "-D", self._data),
                *("--write-recovery-conf", "--checkpoint=fast"),
            ],
            env=plain_environment(),
        )
        await copying.ended()
        assert 0 == copying.exit_code, copying.last_lines()


@asynccontextmanager
async def standby_of(primary: Postgres) -> AsyncIterator[Standby]:
    """Start a standby; from then on the primary commits nothing that the standby does not have."""
    with open_folder() as folder:
        standby = Standby(folder / "standby", primary)
        try:
            await standby.start()
            await execute(primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'")
            await execute(primary.url, "SELECT pg_reload_conf()")
            yield standby
        finally:
            await standby.stop()
