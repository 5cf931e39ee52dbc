"""Malformed events are sent to a running hub: no crash, nothing unacknowledged, a reason for each."""

from base64 import b64decode
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import aio_pika
import pytest
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, AMQPError
from hypothesis import Phase, given, settings
from pamqp import encode

from hub.cloudevents import MAX_BODY, decode
from hub.errors import InvalidEvent
from tests.acceptance.harness import publisher, until
from tests.chaos.scenario import Scenario, replied
from tests.malformed import THROWN, Thrown

NUMBER = 300
SEED_OF_DEAD_LETTERS = 150
"""Minimal number of invalid events; with fewer the test would prove little."""

pytestmark = [pytest.mark.chaos]


async def test_each_malformed_event_is_a_dead_letter_and_crashes_nothing(trial: Scenario) -> None:
    async with trial.hub() as hub:
        thrown = await throw(trial, drawn())
        await trial.publish([replied(1)])
        await until(lambda: bool(trial.house.smtp.mails), "the mail of the one good event")
        refused = {item.body for item in thrown if is_no_event(item)}
        letters: list[dict[str, Any]] = []

        async def all_refused() -> bool:
            letters[:] = await dead(trial)
            return refused <= {body(letter) for letter in letters}

        # An empty queue is not enough: deliveries may still be in progress.
        await until(all_refused, "a dead letter of everything that is no event")
        alive = await trial.ask("/health/live")
        logged = {line["event"] for line in hub.lines()}

    assert alive
    assert {} == await trial.queued()
    assert all(letter["reason"] for letter in letters)
    assert SEED_OF_DEAD_LETTERS <= len(letters)
    assert not logged & {"worker.delivery_failed", "worker.not_buried", "worker.batch_failed"}


def drawn() -> list[Thrown]:
    """Generate the same events in each run."""
    found: list[Thrown] = []

    @settings(max_examples=NUMBER, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(THROWN)
    def keep(thrown: Thrown) -> None:
        found.append(thrown)

    keep()
    return found


def can_be_carried(thrown: Thrown) -> bool:
    """Return whether a client can put it on the wire."""
    try:
        encode.field_table(dict(thrown.headers))
        encode.short_string(thrown.content_type or "")
    except (TypeError, ValueError, OverflowError):  # among them UnicodeEncodeError
        return False
    return len(thrown.body) <= MAX_BODY


async def throw(trial: Scenario, drawn: Sequence[Thrown]) -> list[Thrown]:
    """Publish one by one; return those that the broker accepted: it disconnects on frames it cannot read."""
    taken: list[Thrown] = []
    left = deque(item for item in drawn if can_be_carried(item))
    while left:
        with suppress(*CONNECTION_EXCEPTIONS, AMQPError):
            async with publisher(trial.house.amqp_url) as publishing:
                while left:
                    one = left.popleft()
                    message = aio_pika.Message(
                        one.body, content_type=one.content_type, headers=dict(one.headers)
                    )
                    await publishing.exchange.publish(message, one.key)
                    taken.append(one)
    return taken


def is_no_event(thrown: Thrown) -> bool:
    try:
        decode(thrown.body, thrown.content_type, thrown.headers)
    except InvalidEvent:
        return True
    return False


def body(letter: dict[str, Any]) -> bytes:
    return b64decode(letter["body_base64"]) if "body_base64" in letter else str(letter["body"]).encode()


async def dead(trial: Scenario) -> list[dict[str, Any]]:
    """Return all dead letters with all fields."""
    return [await trial.ask(f"/api/dead/{row['id']}") for row in await trial.dead()]
