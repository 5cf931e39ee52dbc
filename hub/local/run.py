"""Start and stop everything on this machine in order: servers, a mail catcher and the hub."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from hub import settings
from hub.errors import HubError, Unavailable, leaves
from hub.local import accounts, demo
from hub.local.child import GLANCE, Child
from hub.local.environment import is_given, with_defaults
from hub.local.instance import Instance
from hub.local.loopback import ADDRESS
from hub.local.mail_page import serving
from hub.local.mailbox import Mailbox, catching
from hub.local.ports import choose_port, require_free
from hub.local.postgres import Postgres
from hub.local.rabbitmq import RabbitMQ
from hub.local.redis import Redis
from hub.local.server import Server, kept_secret, running
from hub.local.terminal import MailNotices, announce, print_line
from hub.settings import Address, Mode
from hub.tasks import until_signalled

SERVERS: Mapping[str, type[RabbitMQ | Redis | Postgres]] = {
    "HUB_AMQP_URL": RabbitMQ,
    "HUB_REDIS_URL": Redis,
    "HUB_DATABASE_URL": Postgres,
}
SECRET = "HUB_SECRET"  # noqa: S105 - the name of a setting
DEMONSTRATION_PAUSE = timedelta(milliseconds=400)


def main(instance: Instance, environ: Mapping[str, str], *, demonstration: bool = True) -> int:
    """Run, and return the exit code: 0 after a stop by signal."""
    failed = False
    try:
        with instance.locked():
            work = LocalHub(instance, environ, demonstration=demonstration).run()
            asyncio.run(until_signalled(work, signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    except* HubError as group:
        failed = True
        for error in leaves(group):
            print_line(f"\n{error}")
    return int(failed)


class LocalHub:
    """Runs the hub locally. Settings of the person are kept; the others get a private default."""

    def __init__(self, instance: Instance, environ: Mapping[str, str], *, demonstration: bool) -> None:
        self._instance = instance
        self._demonstration = demonstration
        self._given = environ
        # First of all: other settings are refused without a secret.
        secret = {} if is_given(environ, SECRET) else {SECRET: kept_secret(instance.folder / "secret")}
        self._environ = with_defaults(environ, secret)
        self._settings = settings.load(self._environ)  # raises before anything starts
        self._servers: Mapping[str, Server] = {}
        self._ports: dict[str, int] = {}

    async def run(self) -> None:
        """Run until cancelled, or until one of the processes ends by itself."""
        await require_free(self._settings, self._environ)
        self._ports = {
            name: await choose_port(self._instance, name, print_line=print_line)
            for name in self._services_without_port()
        }
        self._servers = {
            setting: make(self._instance.folder / name, port=self._ports[name])
            for setting, (name, make) in self._own_servers.items()
        }
        self._warn()
        try:
            async with AsyncExitStack() as stack:
                await self._bring_up(stack)
                await asyncio.Event().wait()
        finally:
            print_line("Todo quedó detenido. · Everything is stopped.")

    async def _bring_up(self, stack: AsyncExitStack) -> None:
        await stack.enter_async_context(running(list(self._servers.values()), print_line=print_line))
        self._default(**{setting: server.url for setting, server in self._servers.items()})
        self._default(HUB_WEBHOOK_NETWORKS="127.0.0.0/8")
        watch = await stack.enter_async_context(asyncio.TaskGroup())
        for server in self._servers.values():
            watch.create_task(_unexpected_end(server.child))
        mail_page = await self._catch_mail(stack)
        await stack.enter_async_context(self._hub(watch))
        await self._load_demonstration()
        announce(self._settings, mail_page, *await self._shown_to_newcomers())

    def _services_without_port(self) -> Sequence[str]:
        """Return the services that need a port and have no setting."""
        page = [] if is_given(self._environ, "HUB_HTTP") else ["page"]
        mail = ["smtp", "mail_page"] if self._catches_mail else []
        return [*page, *mail, *(name for name, _ in self._own_servers.values())]

    @property
    def _own_servers(self) -> Mapping[str, tuple[str, type[RabbitMQ | Redis | Postgres]]]:
        """The servers of which no setting names one that runs elsewhere: their names and classes."""
        return {
            setting: (make.name.lower(), make)
            for setting, make in SERVERS.items()
            if not is_given(self._given, setting)
        }

    @property
    def _catches_mail(self) -> bool:
        return self._settings.mode is not Mode.LIVE and not self._settings.capture_smtp

    def _warn(self) -> None:
        if self._settings.ignored_providers:
            names = ", ".join(self._settings.ignored_providers)
            print_line(
                f"HUB_MODE=capture: {names} not used, nobody is reached. HUB_MODE=allowlist or live uses it."
            )

    async def _catch_mail(self, stack: AsyncExitStack) -> str | None:
        """Start the mail catcher; return the URL of its page."""
        if not self._catches_mail:
            return None
        mailbox = Mailbox(self._instance.private_folder("mail"))
        smtp_port, page_port = self._ports["smtp"], self._ports["mail_page"]
        page = f"http://{ADDRESS}:{page_port}/"
        await stack.enter_async_context(catching(mailbox, smtp_port, caught=MailNotices(mailbox, page)))
        await stack.enter_async_context(serving(mailbox, page_port))
        self._default(HUB_CAPTURE_SMTP=f"{ADDRESS}:{smtp_port}")
        return page

    @asynccontextmanager
    async def _hub(self, watch: asyncio.TaskGroup) -> AsyncIterator[None]:
        self._default(HUB_CAPTURE_DIR=str(self._instance.private_folder("outbox")))
        if "page" in self._ports:
            self._default(HUB_HTTP=f"{ADDRESS}:{self._ports['page']}")
        # Again, because another program on the address must not be mistaken for this hub.
        await require_free(self._settings, self._environ)
        hub = HubProcess(self._instance.private_folder("hub"))
        try:
            await hub.start(self._environ, self._settings.http)
            watcher = watch.create_task(_unexpected_end(hub.child))
            self._instance.publish_environment(self._environ)
            try:
                yield
            finally:
                watcher.cancel()
        finally:
            print_line("Deteniendo… · Stopping…")
            await hub.stop()

    async def _load_demonstration(self) -> None:
        """Load it once, and only into private servers: others may have real people."""
        if not self._may_demonstrate or self._instance.demo_mark.exists():
            return
        if self._settings.mode is Mode.LIVE:
            print_line("HUB_MODE=live: the demonstration is not loaded, its people must never be written to.")
            return
        print_line(
            "La primera vez: una copropiedad de demostración. · The first time: a demonstration copropiedad."
        )
        amqp_url = self._settings.amqp_url.reveal()
        await demo.load(amqp_url, now=datetime.now(UTC), pause=DEMONSTRATION_PAUSE)
        self._instance.demo_mark.touch()

    @property
    def _may_demonstrate(self) -> bool:
        return self._demonstration and len(self._own_servers) == len(SERVERS)

    async def _shown_to_newcomers(self) -> tuple[accounts.Accounts, str | None]:
        """Return the accounts of the demonstration, made once, and a resident's page."""
        is_loaded = self._may_demonstrate and self._instance.demo_mark.exists()
        if not is_loaded or self._settings.mode is Mode.LIVE:
            return {}, None
        file = self._instance.folder / "accounts.json"
        if not accounts.kept(file):
            await accounts.make(file, self._environ)
        return accounts.kept(file), await accounts.resident_page(self._environ)

    def _default(self, **values: str) -> None:
        self._environ = with_defaults(self._environ, values)
        self._settings = settings.load(self._environ)


async def _unexpected_end(child: Child) -> None:
    await child.ended()
    raise Unavailable(
        f"{child.name} ended by itself ({child.exit_code}). Everything is stopped. {child.end_of_log}"
    )


READY_LIMIT = 60.0  # seconds; the first start creates the schema
DRAIN_LIMIT = 75.0  # seconds: a lease, and a margin (docs/operations/upgrade.md, Stop)


class HubProcess:
    """The hub itself as a child process, so that it drains before its servers stop."""

    def __init__(self, folder: Path) -> None:
        # In the current folder, to which relative paths in settings refer.
        self.child = Child("hub", folder=folder, log=folder / "hub.log", workplace=Path.cwd())

    async def start(self, environment: Mapping[str, str], http: Address) -> None:
        """Return when the hub is ready, or raise Unavailable."""
        began = time.monotonic()
        readable = with_defaults(environment, {"HUB_LOG": "text"})
        await self.child.start(
            [sys.executable, "-P", "-m", "hub", "run", "--processes", "auto"], env=readable
        )
        await self._ready(f"http://{http.host or 'localhost'}:{http.port}/health/ready")
        print_line(f"{'hub':<10} {time.monotonic() - began:4.1f} s  {self.child.log}")

    async def stop(self) -> None:
        await self.child.stop(DRAIN_LIMIT)

    async def _ready(self, url: str) -> None:
        async with aiohttp.ClientSession(raise_for_status=True) as session:

            async def request() -> None:
                async with session.get(url):
                    pass

            if not await self.child.answers(
                request, aiohttp.ClientError, limit=READY_LIMIT, pause=GLANCE * 5
            ):
                raise Unavailable(f"The hub is not ready. {self.child.end_of_log}")
