"""A private RabbitMQ with its own `epmd`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

import aio_pika
from aio_pika.exceptions import AMQPError

from hub.errors import BrokerUnavailable
from hub.local import programs
from hub.local.child import Child
from hub.local.loopback import ADDRESS, free_port
from hub.local.server import Server, kept_secret, plain_environment, program_on_path, write_private

# Not the host name, which does not resolve in a bare container. The private epmd keeps the name unique.
NODE = "hub@localhost"
USER = "hub"

ERLANG_ARGUMENTS = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"

CONFIGURATION = """\
listeners.tcp.1 = {address}:{port}
default_user = {user}
default_pass = {password}
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 1GB
log.file = false
log.console = true
log.console.use_colors = off
"""


class RabbitMQ(Server):
    """
    A RabbitMQ server. It writes its list of quorum queues every half second: a queue declared since then
    is lost by `kill`, and does not respond after the next start.
    """

    name = "RabbitMQ"
    failure = BrokerUnavailable
    node = NODE

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        super().__init__(folder, port=port)
        self._program = programs.find(programs.RABBITMQ)
        self._names_port = free_port()
        self._distribution_port = free_port()
        self.child = Child("rabbitmq", folder=folder, log=folder / "rabbitmq.log")
        self._epmd = Child("epmd", folder=folder, log=folder / "epmd.log")

    @property
    def url(self) -> str:
        return self.url_of("")

    def url_of(self, vhost: str) -> str:
        return f"amqp://{USER}:{self.password}@{ADDRESS}:{self.port}/{vhost}"

    async def start(self) -> None:
        self._prepare()
        await self._start_names()
        await self.child.start([self._program], env=self._environment())
        await self.answers(self._connect, AMQPError)

    async def stop(self) -> None:
        await super().stop()
        await self._epmd.stop()

    async def evaluate(self, expression: str) -> str:
        """Return the result of an Erlang expression, which ends with a full stop, on the broker's node."""
        call = await asyncio.create_subprocess_exec(
            # Its default name is always the same: the node refuses it while an earlier call is still leaving.
            *(program_on_path("erl_call"), "-h", f"call{token_hex(8)}", "-sname", self.node, "-e"),
            env=dict(self._environment()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(30.0):
            answer, _ = await call.communicate(f"{expression}\n".encode())
        if call.returncode != 0 or not answer.startswith(b"{ok"):
            raise BrokerUnavailable(answer.decode(errors="replace"))
        return answer.decode().removeprefix("{ok, ").removesuffix("}")

    async def _start_names(self) -> None:
        """Start epmd before the broker, which would start one that nothing stops."""
        if not self._epmd.running:
            epmd = [program_on_path("epmd"), "-address", ADDRESS, "-port", str(self._names_port)]
            await self._epmd.start(epmd, env=plain_environment())

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Erlang would derive one from the clock, and anybody who knows it controls the node.
        kept_secret(self.folder / ".erlang.cookie")
        values = {"address": ADDRESS, "port": self.port, "user": USER, "password": self.password}
        write_private(self.folder / "rabbitmq.conf", CONFIGURATION.format(**values))
        write_private(self.folder / "plugins", "[].\n")
        (self.folder / "conf.d").mkdir(exist_ok=True)

    def _environment(self) -> Mapping[str, str]:
        return plain_environment(
            HOME=str(self.folder),
            ERL_CRASH_DUMP_BYTES="0",  # a dump holds passwords
            ERL_EPMD_ADDRESS=ADDRESS,
            ERL_EPMD_PORT=str(self._names_port),
            RABBITMQ_NODENAME=self.node,
            RABBITMQ_MNESIA_BASE=str(self.folder / "data"),
            RABBITMQ_LOG_BASE=str(self.folder),
            RABBITMQ_CONFIG_FILE=str(self.folder / "rabbitmq"),
            # Ignore a system broker's settings in /etc/rabbitmq.
            RABBITMQ_CONF_ENV_FILE="/dev/null",
            RABBITMQ_CONFIG_FILES=str(self.folder / "conf.d"),
            RABBITMQ_ADVANCED_CONFIG_FILE=str(self.folder / "advanced.config"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(self.folder / "plugins"),
            RABBITMQ_DIST_PORT=str(self._distribution_port),
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=ERLANG_ARGUMENTS,
            # Makes the start script exec the broker, instead of waiting for it with `rabbitmqctl`.
            RUNNING_UNDER_SYSTEMD="true",
        )

    async def _connect(self) -> None:
        async with await aio_pika.connect(self.url):
            pass
