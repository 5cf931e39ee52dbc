"""What is no event, thrown at a hub that runs: no crash, nothing unacknowledged, each with its reason."""

from __future__ import annotations

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
"""At least so many of what is thrown are no events at all, or the test would prove little."""

pytestmark = [pytest.mark.slow]


async def test_each_malformed_event_is_a_dead_letter_and_crashes_nothing(
    trial: Scenario,
) -> None:
    async with trial.hub() as hub:
        thrown = await throw(trial, drawn())
        await trial.publish([replied(1)])
        await until(lambda: bool(trial.house.smtp.mails), "the mail of the one good event")
        refused = {one.body for one in thrown if is_no_event(one)}
        letters: list[dict[str, Any]] = []

        async def all_refused() -> bool:
            letters[:] = await dead(trial)
            return refused <= {body(letter) for letter in letters}

        # Not when the queue is empty: what is given out may still be in work.
        await until(all_refused, "a dead letter of everything that is no event")
        alive = await trial.ask("/health/live")
        said = {line["event"] for line in hub.lines()}

    assert alive
    assert {} == await trial.queued()
    assert all(letter["reason"] for letter in letters)
    assert SEED_OF_DEAD_LETTERS <= len(letters)
    assert not said & {"worker.delivery_failed", "worker.not_buried", "worker.batch_failed"}


def drawn() -> list[Thrown]:
    """The same ones each time."""
    found: list[Thrown] = []

    @settings(max_examples=NUMBER, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(THROWN)
    def keep(one: Thrown) -> None:
        found.append(one)

    keep()
    return found


def can_be_carried(thrown: Thrown) -> bool:
    """Leave out what no client could put on the wire."""
    try:
        encode.field_table(dict(thrown.headers))
        encode.short_string(thrown.content_type or "")
    except (TypeError, ValueError, OverflowError):  # among them UnicodeEncodeError
        return False
    return len(thrown.body) <= MAX_BODY


async def throw(trial: Scenario, drawn: Sequence[Thrown]) -> list[Thrown]:
    """Publish one after the other; return what the broker has taken: on what it cannot read it hangs up."""
    taken: list[Thrown] = []
    left = deque(one for one in drawn if can_be_carried(one))
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


def is_no_event(one: Thrown) -> bool:
    try:
        decode(one.body, one.content_type, one.headers)
    except InvalidEvent:
        return True
    return False


def body(letter: dict[str, Any]) -> bytes:
    return b64decode(letter["body_base64"]) if "body_base64" in letter else str(letter["body"]).encode()


async def dead(trial: Scenario) -> list[dict[str, Any]]:
    """Every dead letter whole."""
    return [await trial.ask(f"/api/dead/{one['id']}") for one in await trial.dead()]
