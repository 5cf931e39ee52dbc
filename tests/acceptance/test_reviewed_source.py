"""Events of a reviewed source over RabbitMQ wait for a person, and leave unchanged; emergencies do not."""

from collections.abc import AsyncIterator
from typing import Any, Final

import aio_pika
import pytest
import pytest_asyncio

from hub.desk.communications import reviews
from hub.desk.communications.rows import ReleaseBody
from hub.storage import Database
from tests.acceptance import directory
from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import Lasting, discreet, envelope, lasting
from tests.acceptance.test_documents import text_of
from tests.integration.test_approvals import add_account
from tests.operators import operator
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE: Final = "urn:test:crm"
POLICY: Final = f'[review]\nover = 0\nsources = ["{SOURCE}"]\n'
LIVES_THERE: Final = "SELECT count(*) > 0 FROM member WHERE id = 'p-nivel-4'"
CIRCULAR: Final = {
    "circular_id": "c-1",
    "copropiedad_id": directory.BUILDING,
    "audience": "residents",
    "title": "Corte de agua",
    "body_markdown": "Mañana no hay agua.",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    async with lasting(servers, tmp_path_factory.mktemp("hub"), policy=POLICY) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def home(running: Lasting) -> AsyncIterator[Lasting]:
    async with discreet(running) as same:
        await directory.publish_all(same.publisher)
        await same.house.comes_true(LIVES_THERE, what="the directory to be known")
        yield same


async def waiting(home: Lasting) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await home.ask("/api/approvals"))["items"]
    return items


async def release(home: Lasting, asked: dict[str, Any]) -> None:
    """Release it as somebody of the staff at another process, of which the hub's timers hear by the rows."""
    async with Database(home.house.database_url) as database:
        jefa = operator(database, "account:jefa")
        await add_account(jefa, "jefa", "p-nivel-4")
        await reviews.release_communication(jefa, asked["id"], ReleaseBody(digest=asked["digest"]))


async def test_an_event_of_amqp_waits_and_leaves_unchanged(home: Lasting) -> None:
    queue = await home.publisher.channel.declare_queue(exclusive=True)
    await queue.bind(home.publisher.exchange, "admin.circular.issued")
    body = envelope("admin.circular.issued", CIRCULAR, source=SOURCE, id="circular-1")
    await home.publish_raw(body, "admin.circular.issued")
    await until(lambda: waiting_for_one(home), "somebody to be asked")
    (asked,) = await waiting(home)
    nobody_yet = await home.messages_of("circular-1")
    await release(home, asked)
    mail = await home.mail("ana@example.co")

    seen = [await next_of(queue), await next_of(queue)]
    assert [] == nobody_yet
    assert (SOURCE, 1) == (asked["asked_by"], asked["people"])
    assert [body, body] == [message.body for message in seen]
    assert "Mañana no hay agua." in text_of(mail)
    assert [] == await waiting(home)


async def waiting_for_one(home: Lasting) -> bool:
    return bool(await waiting(home))


async def next_of(queue: aio_pika.abc.AbstractQueue) -> aio_pika.abc.AbstractIncomingMessage:
    """Take the next message, once it is there."""
    message = await queue.get(fail=False)
    while message is None:
        message = await queue.get(fail=False)
    await message.ack()
    return message


async def test_an_emergency_of_that_source_does_not_wait(home: Lasting) -> None:
    await home.publish("emergency.declared", {**directory.DRILL, "drill": False}, source=SOURCE, id="now")
    await home.message("now", "email", "sent")

    assert [] == await waiting(home)
