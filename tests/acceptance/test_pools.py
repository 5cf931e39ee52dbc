"""Several providers of a channel, and how often they are asked, seen from outside."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import Lasting, lasting, reply
from tests.servers import Servers

CROWD = 80
PER_SECOND = 20
COMMON = PER_SECOND * 0.8
"""Messages that are not urgent have four fifths of the rate."""

pytestmark = pytest.mark.slow


@asynccontextmanager
async def home(servers: Servers, folder: Path, email: str) -> AsyncIterator[Lasting]:
    """A hub whose mail goes to these URLs; `{port}` is the strict server's."""

    def addressed(house: House) -> None:
        house.settings["HUB_EMAIL_URL"] = email.replace("{port}", str(house.smtp.port))

    async with lasting(servers, folder, prepared=addressed) as built:
        yield built


async def test_second_provider_sends_the_rest_of_the_first_and_the_message_names_it(
    servers: Servers, tmp_path: Path
) -> None:
    sender = "from=avisos@coproservicios.example"
    urls = f"smtp://127.0.0.1:{free_port()}?{sender} smtp://127.0.0.1:{{port}}?{sender}"
    async with home(servers, tmp_path, urls) as one:
        messages = [*await sent(one, range(12)), *await sent(one, range(12, 20))]
        tried = [
            [(attempt["provider"], attempt["outcome"]) for attempt in message["attempts"]]
            for message in messages
        ]
        figures = await _metrics(one.api)

    # The hub may also have written to the company that the first one does not answer.
    recipients = [mail.recipient for mail in one.house.smtp.mails if mail.recipient.startswith("vecina")]
    assert sorted(recipients) == sorted(f"vecina{number}@example.co" for number in range(20))
    # In which order twelve at once are tried is not promised; each names who was asked.
    handed_on, alone = [("smtp", "transient"), ("smtp-2", "accepted")], [("smtp-2", "accepted")]
    assert handed_on in tried[:12]
    assert all(providers in (handed_on, alone) for providers in tried)
    assert tried[-1] == alone, "the first is left alone by now"
    assert 'hub_provider_circuit{channel="email",provider="smtp"} 2.0' in figures
    assert 'hub_provider_circuit{channel="email",provider="smtp-2"} 0.0' in figures


async def test_a_crowd_keeps_to_the_rate_and_an_emergency_passes_it(servers: Servers, tmp_path: Path) -> None:
    url = f"smtp://127.0.0.1:{{port}}?from=avisos@coproservicios.example&rate={PER_SECOND}/s"
    async with home(servers, tmp_path, url) as one:
        await directory.publish_all(one.publisher)
        began = time.monotonic()
        await asyncio.gather(*(one.publish("pqrs.replied", reply(f"gente{n}")) for n in range(CROWD)))
        await until(lambda: len(crowd(one)) > CROWD / 4, "the crowd to be on its way")
        declared = time.monotonic()
        await one.publish("emergency.declared", directory.DRILL)
        await one.mail("ana@example.co")
        passed, sent = time.monotonic() - declared, len(crowd(one))
        await until(lambda: len(crowd(one)) == CROWD, "the whole crowd")
        took = time.monotonic() - began

    assert sent < CROWD
    assert passed < 1
    assert took > (CROWD - PER_SECOND / 10) / COMMON


async def sent(home: Lasting, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Publish, wait until all are sent, and answer the messages."""
    ids = [await home.publish("pqrs.replied", reply(f"vecina{number}")) for number in numbers]
    return [await home.message(event_id, "email", "sent") for event_id in ids]


def crowd(home: Lasting) -> list[str]:
    return [mail.recipient for mail in home.house.smtp.mails if mail.recipient.startswith("gente")]


async def _metrics(api: aiohttp.ClientSession) -> str:
    async with api.get("/metrics") as response:
        return await response.text()
