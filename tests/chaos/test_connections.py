"""Thirty lost connections in a row, with the same work in progress each time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from unittest.mock import patch

import aio_pika
import pytest

from hub.client.connection import HEARTBEAT
from hub.consumers import broker
from hub.consumers.topology import events_queue
from hub.model import Lane
from tests.acceptance.harness import HubProcess, hub_process, until
from tests.chaos.scenario import Scenario, replied
from tests.chaos.wire import port_of, through, wire

LOSSES = 30
EVENTS = 100
NOTICED_WITHIN: Final = 3 * HEARTBEAT + 15.0
"""Seconds: aiormq mostly sees at once that a connection is gone; its heartbeat sees it at the latest."""
QUEUE: Final = events_queue(Lane.NORMAL)
LONGEST_PAUSE: Final = timedelta(milliseconds=200)
"""Between two connections, instead of ten seconds: the test is about the losses, not the waiting."""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


async def test_thirty_lost_connections_in_a_row_lose_and_bury_nothing(trial: Scenario) -> None:
    async with (
        wire(port_of(trial.house.amqp_url)) as broker_wire,
        wire(port_of(trial.house.database_url)) as database_wire,
    ):
        trial.house.settings["HUB_AMQP_URL"] = through(broker_wire.port, trial.house.amqp_url)
        trial.house.settings["HUB_DATABASE_URL"] = through(database_wire.port, trial.house.database_url)
        impatient = trial.house.hub()
        impatient.prepare = pause_shortly
        async with hub_process(impatient) as hub:
            await until(lambda: consuming(hub), "the hub to consume")
            # Without a database the events stay in progress, and are requeued with each connection.
            database_wire.part()
            await trial.publish([replied(number) for number in range(EVENTS)])
            for _ in range(LOSSES):
                await until(lambda: has_work_in_hand(hub), "the events in hand")
                lost = losses(hub)
                broker_wire.cut()
                await until(
                    lambda: losses(hub) > lost,  # noqa: B023 - waited for at once
                    "the connection to be lost",
                    patience=NOTICED_WITHIN,
                )
            returned = await times_returned(trial)
            await database_wire.join()
            await trial.settles()
            dead = await trial.dead()
    verdict = await trial.verdict()

    assert LOSSES <= returned
    assert [] == verdict.complaints
    assert EVENTS <= verdict.received
    assert [] == dead


def pause_shortly() -> None:
    """Shorten the pause in the process that becomes the hub."""
    patch.object(broker, "LONGEST_PAUSE", LONGEST_PAUSE).start()


def consuming(hub: HubProcess) -> bool:
    return any(line["event"] == "worker.consuming" and line["worker"] == "hub intake" for line in hub.lines())


def losses(hub: HubProcess) -> int:
    return len(since_the_last_loss(hub.lines())[0])


def has_work_in_hand(hub: HubProcess) -> bool:
    _, since = since_the_last_loss(hub.lines())
    return any(line["event"] == "worker.waiting" and line["queue"] == QUEUE for line in since)


def since_the_last_loss(lines: Sequence[dict[str, Any]]) -> tuple[list[int], Sequence[dict[str, Any]]]:
    """Return the positions of connection losses, and the log lines after the last one."""
    lost = [
        place
        for place, line in enumerate(lines)
        if line["event"] == "broker.connection_lost" and line["connection"] == "hub intake"
    ]
    return lost, lines[lost[-1] :] if lost else lines


async def times_returned(trial: Scenario) -> int:
    """Ask the broker how often the queue's message was requeued; asking requeues it once more."""
    async with await aio_pika.connect(trial.house.amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(QUEUE)
        message = await queue.get()
        await message.reject(requeue=True)
    count = message.headers.get("x-delivery-count")
    assert isinstance(count, int)
    return count
