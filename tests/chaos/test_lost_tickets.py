"""Tickets are lost while traffic never ends: their messages go out within two sweep ages."""

import asyncio
import time
from itertools import count

import aio_pika
import pytest

from hub.consumers.topology import messages_queue
from hub.model import Lane
from hub.tasks import cancel
from tests.acceptance.harness import until
from tests.chaos.scenario import QUICK, Scenario, replied
from tests.chaos.test_leases import frozen
from tests.providers.smtp_conversation import Conversation

SWEEP_AFTER = 4
POLICY = QUICK.replace('sweep_after = "2s"', f'sweep_after = "{SWEEP_AFTER}s"').replace(
    'provider_timeout = "3s"\nlease_margin = "2s"', 'provider_timeout = "20s"\nlease_margin = "10s"'
)
SLOW_BY = 1.0
PAUSE = 0.4
"""Seconds between the events of the traffic: some of its mails are always with the mail server."""
EVENTS = 30
TRAFFIC_FROM = 1_000
QUEUE = messages_queue("email", Lane.NORMAL)

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]


async def slowly(_conversation: Conversation, _line: str) -> bool:
    await asyncio.sleep(SLOW_BY)
    return False


async def test_lost_tickets_wait_for_two_sweep_ages_at_most_though_traffic_never_ends(
    trial: Scenario,
) -> None:
    trial.house.policy(POLICY)
    trial.house.smtp.on("RCPT", slowly)
    async with trial.hub("intake", "timers", "web") as hub, trial.hub("delivery") as delivery:
        await trial.publish([replied(TRAFFIC_FROM)])
        await until(lambda: bool(trial.house.smtp.mails), "the first mail")
        await trial.publish([replied(TRAFFIC_FROM + number) for number in range(1, 9)])
        await until(lambda: counts(trial, "sending", 1), "mails under way")
        assert delivery.process is not None
        with frozen(delivery.process.pid):
            for number in range(EVENTS):  # one after the other, so that each has a ticket of its own
                await trial.publish([replied(number)])
                await until(lambda: counts(trial, "queued", number + 1), "its ticket")  # noqa: B023
            lost = await purge(trial)
            since = time.monotonic()
        going_on = asyncio.create_task(traffic(trial))
        try:
            await until(lambda: len(reached(trial)) == EVENTS, "what had no ticket", patience=30)
            took = time.monotonic() - since
        finally:
            await cancel(going_on)
        await trial.settles()
        swept = [line["tickets"] for line in hub.lines() if line["event"] == "sweep.ticketed"]
    verdict = await trial.verdict()

    assert [] == verdict.complaints
    assert lost > EVENTS / 2
    assert took < 2 * SWEEP_AFTER + 5 * SLOW_BY
    assert sum(swept) <= 5


async def traffic(trial: Scenario) -> None:
    for number in count(TRAFFIC_FROM + 10):
        await trial.publish([replied(number)])
        await asyncio.sleep(PAUSE)


async def counts(trial: Scenario, state: str, least: int) -> bool:
    return len(await trial.rows(state)) >= least


async def purge(trial: Scenario) -> int:
    """Lose the tickets that are ready; return how many."""
    async with await aio_pika.connect(trial.house.amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(QUEUE)
        purged = await queue.purge()
    return purged.message_count or 0


def reached(trial: Scenario) -> set[str]:
    expected = {f"pedro{number}@example.co" for number in range(EVENTS)}
    return expected & {mail.recipient for mail in trial.house.smtp.mails}
