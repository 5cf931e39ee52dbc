"""The recipients and channels of an incident's event, which intake processes like any other."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from msgspec.structs import replace

from hub.health.incidents import BEGAN, ENDED
from hub.messages.planning.plan import Rules
from hub.model import HUB_SOURCE, Event, State
from tests.unit.factories import CHANNELS, DESK, POLICY, SOURCE, event
from tests.unit.hub_in_memory import MemoryHub, memory_hub

POINTS = [
    {"id": "cp-1", "kind": "email", "value": "guardia@example.com"},
    {"id": "cp-2", "kind": "phone", "value": "+573105550000"},
]
ROSA = {"person_id": "p-ops", "version": 1, "names": "Rosa Ruiz", "contact_points": POINTS}
COMPANY = POLICY.company.email
DUTY = {
    "membership_id": "m-ops",
    "version": 1,
    "person_id": "p-ops",
    "scope": "company",
    "role": "staff",
    "duty": "ops",
    "level": None,
    "service_area": None,
    "until": None,
}


async def house(*, on_duty: bool = True, notify: tuple[str, ...] = ()) -> MemoryHub:
    hub = memory_hub()
    policy = replace(POLICY, monitor=replace(POLICY.monitor, notify=notify))
    hub.context = dataclasses.replace(DESK, rules=Rules(channels=CHANNELS, policy=policy))
    if on_duty:
        await hub.take_in(
            event("directory.person.upserted", ROSA), event("directory.membership.upserted", DUTY)
        )
    return hub


def incident(name: str = BEGAN, **data: Any) -> Event:
    return event(name, {"avoid": [], **data}, source=HUB_SOURCE)


def addresses(hub: MemoryHub, reported: Event) -> set[str]:
    return {message.address for message in hub.of(reported)}


async def test_staff_on_duty_is_notified_by_every_channel_at_any_hour() -> None:
    hub = await house()
    reported = incident()
    await hub.take_in(reported)

    assert [("p-ops", "email"), ("p-ops", "inbox"), ("p-ops", "sms")] == hub.recipients(reported)
    assert {(State.QUEUED, "urgent")} == {(message.state, str(message.lane)) for message in hub.of(reported)}


@pytest.mark.parametrize("name", [BEGAN, ENDED])
async def test_broken_channel_is_not_used(name: str) -> None:
    hub = await house()
    reported = incident(name, avoid=["sms"])
    await hub.take_in(reported)

    assert [("p-ops", "email"), ("p-ops", "inbox")] == hub.recipients(reported)
    assert all("sms:broken" in message.skipped for message in hub.of(reported))


async def test_person_with_only_the_broken_channel_is_reported_as_not_reached() -> None:
    hub = await house(on_duty=False)
    reported = incident(avoid=["email"])
    await hub.take_in(reported)
    [message] = hub.of(reported)

    assert (State.SUPPRESSED, "broken") == (message.state, message.reason)


async def test_addresses_of_the_policy_get_mail_beside_the_staff() -> None:
    hub = await house(notify=("ops@example.com", "no address"))
    reported = incident()
    await hub.take_in(reported)

    assert {"ops@example.com", "guardia@example.com"} <= addresses(hub, reported)
    assert COMPANY not in addresses(hub, reported)


async def test_the_company_gets_mail_when_nobody_is_on_duty() -> None:
    hub = await house(on_duty=False)
    reported = incident()
    await hub.take_in(reported)

    assert addresses(hub, reported) == {COMPANY}


async def test_the_company_gets_no_mail_while_somebody_is_on_duty() -> None:
    hub = await house()
    reported = incident()
    await hub.take_in(reported)

    assert COMPANY not in addresses(hub, reported)


@pytest.mark.parametrize("on_duty", [True, False])
async def test_an_address_that_the_event_names_gets_nothing(*, on_duty: bool) -> None:
    hub = await house(on_duty=on_duty)
    reported = incident(notify=["mallory@example.net"])
    await hub.take_in(reported)

    assert hub.of(reported)
    assert "mallory@example.net" not in addresses(hub, reported)


async def test_a_quiet_incident_notifies_nobody_not_even_the_company() -> None:
    hub = await house(on_duty=False)
    reported = replace(incident(), extensions={"quiet": True})
    await hub.take_in(reported)

    assert hub.of(reported) == []


async def test_a_publisher_cannot_close_a_channel() -> None:
    hub = memory_hub()
    petition = event("pqrs.received", {"avoid": ["email"]}, source=SOURCE)
    await hub.take_in(petition)

    assert "email" in {message.channel for message in hub.of(petition)}
