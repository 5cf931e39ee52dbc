"""A private Redis with an append-only file."""

from __future__ import annotations

from pathlib import Path

from redis.asyncio import Redis as Client
from redis.exceptions import RedisError

from hub.errors import AppointmentsUnavailable
from hub.local import programs
from hub.local.child import Child
from hub.local.loopback import ADDRESS
from hub.local.server import Server, plain_environment, write_private

# In a file, because every user of the machine can read the arguments.
CONFIGURATION = """\
bind {address}
port {port}
requirepass {password}
daemonize no
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
"""


class Redis(Server):
    name = "Redis"
    failure = AppointmentsUnavailable

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        super().__init__(folder, port=port)
        self._program = programs.find(programs.REDIS)
        self.child = Child("redis", folder=folder, log=folder / "redis.log")

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{ADDRESS}:{self.port}/0"

    @property
    def configuration(self) -> str:
        return CONFIGURATION.format(address=ADDRESS, port=self.port, password=self.password)

    async def start(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        configuration = self.folder / "redis.conf"
        write_private(configuration, self.configuration)
        await self.child.start([self._program, configuration.name], env=plain_environment())
        await self.answers(self._ping, RedisError)

    async def _ping(self) -> None:
        async with Client.from_url(self.url) as client:
            await client.ping()
