"""
Budgets of an event and a message, in Python calls: the guard against getting slower in silence.

The budgets stand in `tests/budgets.toml`. Anybody may lower one. Raise one only with a comment that gives the
purpose of the calls.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Final

import pytest
import structlog

from hub import logs
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import Accepted, Outgoing
from hub.parts.company import CompanyRules
from hub.parts.renderer import renderer
from hub.ports import Ticket
from hub.settings import load
from hub.testing import MemoryEmail, MemoryInbox, MemoryPauses, MemoryPush, MemorySms, MemoryThrottle
from tests.unit.budget_events import BATCH, BUDGETS, batch, town
from tests.unit.call_counter import CallCounter
from tests.unit.factories import POLICY
from tests.unit.hub_in_memory import MemoryHub, memory_hub

ROUNDS: Final = 2
SLACK: Final = 1.02
"""Other patch releases of Python and of libraries differ by a little."""
LOWER: Final = 0.9
"""A budget that is so much too high guards nothing: lower it."""


class ComposingEmail(MemoryEmail):
    """Makes the bytes of each mail, as the channel does before it sends."""

    def __init__(self, rules: CompanyRules) -> None:
        super().__init__()
        self._rules = rules

    async def send(self, outgoing: Outgoing) -> Accepted:
        assert self._rules.compose(outgoing)
        return await super().send(outgoing)


@pytest.fixture(autouse=True)
def logs_as_in_production() -> Iterator[None]:
    before = structlog.get_config()
    logs.configure(as_json=True, level="info", stream=io.StringIO())
    yield
    structlog.configure(**before)


@pytest.fixture(scope="module")
def rules() -> CompanyRules:
    return CompanyRules(load({"HUB_MODE": "live", "HUB_EMAIL_URL": "smtp://127.0.0.1:2525"}))


@pytest.fixture
async def hub() -> MemoryHub:
    built = memory_hub()
    await built.take_in(*town())
    return built


def assert_within(budget: int, calls: CallCounter, per: int) -> None:
    cost = calls.total / per
    assert cost <= budget * SLACK, (
        f"{cost:.0f} calls instead of {budget}; the most called:\n{calls.most(40, per)}"
    )
    # Python 3.12 and later make fewer calls: they inline comprehensions.
    assert cost >= budget * LOWER or sys.version_info >= (3, 12), (
        f"{cost:.0f} calls: lower the budget of {budget} in budgets.toml"
    )


@pytest.mark.parametrize("name", BUDGETS["intake"])
async def test_intake_of_an_event_keeps_its_budget_of_calls(hub: MemoryHub, name: str) -> None:
    calls = CallCounter()
    await hub.take_in(*batch(name, 0))
    for round_number in range(1, 1 + ROUNDS):
        events = batch(name, round_number)
        with calls.counting():
            await hub.take_in(*events)

    assert hub.letters == []
    assert_within(BUDGETS["intake"][name], calls, ROUNDS * BATCH)


@pytest.mark.parametrize("name", BUDGETS["delivery"])
async def test_delivery_of_a_message_keeps_its_budget_of_calls(
    hub: MemoryHub, rules: CompanyRules, name: str
) -> None:
    email_channel = ComposingEmail(rules)
    channels = [email_channel, MemorySms(), MemoryPush(), MemoryInbox()]
    deps = DeliveryDeps(
        channels={channel.traits.name: channel for channel in channels},
        render=renderer(rules),
        policy=POLICY,
        throttle=MemoryThrottle(lambda: hub.clock().timestamp()),
        now=hub.clock,
        pauses=Pauses(MemoryPauses(hub.store, hub.clock)),
    )
    calls, messages = CallCounter(), 0

    async def send(ticket: Ticket) -> None:
        await deliver(
            ticket.ids, deps=deps, store=hub.store, publisher=hub.publisher, appointments=hub.appointments
        )

    for round_number in range(1 + ROUNDS):
        hub.publisher.published.clear()
        await hub.take_in(*batch(name, round_number))
        for ticket in hub.publisher.published:
            with calls.counting() if round_number else nullcontext():
                await send(ticket)
        messages += len(hub.publisher.ticketed) if round_number else 0

    assert messages >= ROUNDS * BATCH
    assert_within(BUDGETS["delivery"][name], calls, messages)
