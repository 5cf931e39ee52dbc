"""A former contact is notified once, after any failure between the change and the message."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.model import State
from hub.people.contact_changes import CHANGED
from hub.timers.scheduler import audit
from tests.unit.factories import HOUR, MONDAY, email, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import timers_of

OLD, NEW = "maria@example.com", "mallory@evil.example"


async def changed() -> MemoryHub:
    hub = memory_hub(MONDAY)
    await hub.appointments.begin_epoch()
    await hub.take_in(somebody("p-maria", email(OLD), mobile(), version=1))
    await hub.take_in(somebody("p-maria", email(NEW), version=2))
    return hub


def addresses(hub: MemoryHub) -> list[tuple[str, str, State]]:
    return [(message.channel, message.address, message.state) for message in hub.store.messages]


async def test_former_contacts_get_a_message_at_the_old_address_and_number() -> None:
    hub = await changed()
    with capture_logs() as logs:
        await audit(timers_of(hub))
        await audit(timers_of(hub))
    await hub.take_in(*hub.publisher.events)

    assert [CHANGED, CHANGED] == [event.name for event in hub.publisher.events]
    assert sorted(addresses(hub)) == [
        ("email", OLD, State.QUEUED),
        ("sms", "+573001234567", State.QUEUED),
    ]
    assert not any(part in str(logs) for part in (OLD, NEW, "3001234567"))


@pytest.mark.parametrize("fault", ["the first event", "the second event", "the mark"])
async def test_former_contact_is_notified_once_when_a_server_goes_away(fault: str) -> None:
    hub = await changed()
    if fault == "the mark":
        hub.store.faults.script("mark_notified", StorageUnavailable())
    else:
        hub.publisher.faults.script("event", *[None] * (fault == "the second event"), BrokerUnavailable())
    with pytest.raises((BrokerUnavailable, StorageUnavailable)):
        await audit(timers_of(hub))
    hub.clock.advance(HOUR)
    await audit(timers_of(hub))
    await hub.take_in(*hub.publisher.events)

    assert 2 == len({event.id for event in hub.publisher.events})
    assert 2 == len(hub.store.messages)


async def test_who_changes_a_person_back_and_forth_sends_each_contact_one_message_a_day() -> None:
    hub = memory_hub(MONDAY)
    await hub.appointments.begin_epoch()
    for version in range(1, 21):
        await hub.take_in(somebody("p-maria", email(NEW if version % 2 else OLD), version=version))
    await audit(timers_of(hub))
    await hub.take_in(*hub.publisher.events)

    assert 19 == len(hub.publisher.events)
    assert sorted(address for _, address, _ in addresses(hub)) == [NEW, OLD]
