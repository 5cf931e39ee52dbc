"""A whole house: real servers, strict providers, and the hub as a process."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hub.local.loopback import free_port
from tests.acceptance.harness import HubProcess, Publisher, hub_command, hub_process, publisher, until
from tests.providers.fcm import FcmServer
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Habits
from tests.providers.twilio import TwilioServer
from tests.providers.whatsapp import WhatsappServer
from tests.servers import APP, Servers, as_user
from tests.unit.factories import BY_DAY

MAIL_DOMAIN = "respuestas.coproservicios.example"


SETTLED = """
SELECT bool_and(state NOT IN ('queued', 'sending'))
FROM message JOIN event ON event.key = message.event_key
WHERE event.id = $1
"""


@dataclass(kw_only=True)
class House:
    """The addresses of everything that listens, and the mails and calls that the providers have received."""

    amqp_url: str
    redis_url: str
    database_url: str
    """With it a test looks into the database."""
    database_user: str = APP
    """The user with whom the hub connects: it has the rights of a role in an installation."""
    folder: Path
    smtp: SmtpServer = field(default_factory=SmtpServer)
    twilio: TwilioServer = field(default_factory=TwilioServer)
    fcm: FcmServer = field(default_factory=FcmServer)
    whatsapp: WhatsappServer = field(default_factory=WhatsappServer)
    """Used where a test sets HUB_WHATSAPP_URL."""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HUB_AMQP_URL": self.amqp_url,
            "HUB_REDIS_URL": self.redis_url,
            "HUB_DATABASE_URL": as_user(self.database_url, self.database_user),
            "HUB_MODE": "live",
            "HUB_EMAIL_URL": f"smtp://127.0.0.1:{self.smtp.port}?from=avisos@coproservicios.example",
            "HUB_SMS_URL": self.twilio.url,
            "HUB_PUSH_URL": self.fcm.url(self.fcm.credentials(self.folder)),
            "HUB_POLICY": str(BY_DAY),
            **self.settings,
        }

    def policy(self, text: str) -> None:
        """Overlay the company's policy, as an operator would; the night is off, unless the text has one."""
        path = self.folder / "policy.toml"
        path.write_text(text if "[night]" in text else f"{text}\n{BY_DAY.read_text()}")
        self.settings["HUB_POLICY"] = str(path)

    def hub(self, *roles: str) -> HubProcess:
        return HubProcess(environment=self.environment, roles=roles, log=self.folder / "hub.log")

    @asynccontextmanager
    async def running(self, *roles: str) -> AsyncIterator[Publisher]:
        """Run a hub and connect a publisher."""
        async with hub_process(self.hub(*roles)), publisher(self.amqp_url) as publishing:
            yield publishing

    async def command(self, *arguments: str) -> str:
        return await hub_command(self.environment, *arguments)

    async def comes_true(self, question: str, *values: object, what: str) -> None:
        """Wait until the database answers the question with true: fifty looks cost as much as a command."""
        connection = await asyncpg.connect(self.database_url)
        try:

            async def is_true() -> bool:
                return bool(await connection.fetchval(question, *values))

            await until(is_true, what)
        finally:
            await connection.close()

    async def settled(self, event_id: str) -> list[dict[str, Any]]:
        """Return the event's messages as soon as none of them is queued or being sent."""
        await self.comes_true(SETTLED, event_id, what=f"the messages of {event_id}")
        listed: list[dict[str, Any]] = json.loads(
            await self.command("deliveries", "--json", "--event-id", event_id)
        )["items"]
        return listed

    @property
    def violations(self) -> list[str]:
        return [
            *self.smtp.violations,
            *self.twilio.violations,
            *self.fcm.violations,
            *self.whatsapp.violations,
        ]


@asynccontextmanager
async def opened_house(house: House) -> AsyncIterator[House]:
    """Open the providers; at the end they must have nothing to complain of."""
    async with AsyncExitStack() as stack:
        for server in (house.smtp, house.twilio, house.fcm, house.whatsapp):
            await stack.enter_async_context(server)
        yield house
    assert [] == house.violations


@pytest.fixture
async def amqp_url(servers: Servers) -> AsyncIterator[str]:
    """
    A virtual host of its own; the hub's queues are there, and nothing is in them.

    A publisher waits until its events are bound, and tests take that for the sign that the hub has started.
    """
    async with servers.declared_vhost(has_entrance=False) as url:
        yield url


@pytest.fixture
async def house(amqp_url: str, redis_url: str, database: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose servers are shared and whose data are its own."""
    async with opened_house(
        House(amqp_url=amqp_url, redis_url=redis_url, database_url=database, folder=tmp_path)
    ) as built:
        yield built


@pytest.fixture
def port(house: House) -> int:
    """Where the house takes mail in; its provider offers reports."""
    port = free_port()
    house.smtp.habits = Habits(dsn=True)
    house.settings |= {
        "HUB_MAIL": f"127.0.0.1:{port}",
        "HUB_MAIL_DOMAIN": MAIL_DOMAIN,
        "HUB_SECRET": "a secret of this test",
    }
    return port
