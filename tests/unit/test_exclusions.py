"""The register of excluded numbers: asked before each commercial message, closed by default."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pytest

from hub.desk.exclusions.acts import read_exclusions, to_load
from hub.desk.exclusions.rows import ExclusionsOptions
from hub.errors import InvalidSheet, StorageUnavailable
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.exclusions import not_excluded
from hub.model import Claimed, Facts, Message, Purpose, Rendered, State
from hub.model.exclusions import ExcludedAddress, ExclusionCheck
from hub.testing import MemoryEmail, MemoryExclusions, MemoryPush, MemorySms
from tests.unit.delivery_harness import DeliveryHarness, mail, make_harness
from tests.unit.factories import HOUR, MONDAY, device, mobile, somebody
from tests.unit.hub_in_memory import memory_hub

TODAY: Final = date(2026, 3, 9)
DAY: Final = timedelta(days=1)
WAITS: Final = (State.HELD, "register")


def offer(**fields: Any) -> Message:
    return mail(**{"purpose": Purpose.COMMERCIAL, "address": "maria@example.com", **fields})


async def office_with(register: MemoryExclusions, *messages: Message) -> DeliveryHarness:
    office = make_harness(MemoryEmail(), MemorySms(), MemoryPush())
    office.exclusions = register
    await office.agreed(*messages)
    return office


def became(office: DeliveryHarness, message: Message) -> tuple[State, str | None]:
    return office.now(message).state, office.now(message).reason


async def test_excluded_address_gets_no_advertising_over_that_channel_only() -> None:
    register = MemoryExclusions(("maria@example.com", "email"), list_date=TODAY)
    first, text = offer(), offer(channel="sms", person="p-2")
    office = await office_with(register, first, text)
    await office.deliver(first, text)

    assert (State.SUPPRESSED, "excluded") == became(office, first)
    assert (State.SENT, None) == became(office, text)


@pytest.mark.parametrize(("age", "expected"), [(5, (State.SENT, None)), (6, WAITS)])
async def test_old_list_holds_advertising(age: int, expected: tuple[State, str | None]) -> None:
    first = offer()
    office = await office_with(MemoryExclusions(list_date=TODAY - age * DAY), first)
    await office.deliver(first)

    assert expected == became(office, first)


async def test_without_a_list_advertising_waits_and_does_not_expire_meanwhile() -> None:
    first = offer(expires_at=MONDAY + HOUR)
    register = MemoryExclusions()
    office = await office_with(register, first)
    await office.deliver(first)
    assert WAITS == became(office, first)
    assert MONDAY + 2 * HOUR == office.now(first).expires_at
    register.list_date = TODAY
    office.clock.advance(HOUR)
    await office.deliver(first)

    assert (State.SENT, None) == became(office, first)


async def test_register_that_does_not_answer_holds_advertising_and_uses_up_no_contact() -> None:
    first = offer()
    register = MemoryExclusions(list_date=TODAY)
    register.faults.always("check", StorageUnavailable())
    office = await office_with(register, first)
    await office.deliver(first)

    assert WAITS == became(office, first)
    assert {} == office.store.tables.contact_slots


async def test_only_advertising_asks_the_register() -> None:
    register = MemoryExclusions()
    others = [
        mail(purpose=purpose, occasion=purpose, name=purpose)
        for purpose in Purpose
        if purpose not in {Purpose.COMMERCIAL, Purpose.SURVEY}
    ]
    office = await office_with(register, *others)
    await office.deliver(*others)

    assert [] == register.asked
    assert {State.SENT} == set(office.states(*others))


async def test_push_is_looked_up_by_the_persons_other_contacts() -> None:
    hub = memory_hub()
    await hub.take_in(somebody("p-luis", mobile("+573001112233"), device("token")))
    register = MemoryExclusions(("+573001112233", "push"), list_date=TODAY)
    claims: list[Claimed] = []
    for message in (
        offer(channel="push", person="p-luis", address="token"),
        offer(channel="push", person="p-no"),
    ):
        office = make_harness(MemoryPush())
        await office.agreed(message)
        claims += await office.store.claim([message.id], token=message.id, lease=HOUR)
    judged = await not_excluded(claims, office.judging(store=hub.store, exclusions=register))

    assert [] == judged.free
    assert [(State.SUPPRESSED, "excluded"), WAITS] == [(one.state, one.reason) for one in judged.decided]


async def test_who_has_a_device_alone_cannot_be_in_the_register() -> None:
    hub = memory_hub()
    await hub.take_in(somebody("p-luis", device("token")))
    offered = offer(channel="push", person="p-luis", address="token")
    office = make_harness(MemoryPush())
    await office.agreed(offered)
    claims = await office.store.claim([offered.id], token=offered.id, lease=HOUR)
    register = MemoryExclusions()
    judged = await not_excluded(claims, office.judging(store=hub.store, exclusions=register))
    [free] = judged.free

    assert ([], []) == (judged.decided, register.asked)
    assert free.exclusion == ExclusionCheck(checked_at=MONDAY, unlisted=True)


async def test_look_up_stays_with_the_attempt() -> None:
    first, other = offer(), mail("p-2")
    office = await office_with(MemoryExclusions(list_date=TODAY), first, other)
    await deliver(
        [first.id, other.id],
        deps=office.deps(lambda claimed: Rendered(text=claimed.message.person, facts=Facts(at=MONDAY))),
        store=office.store,
        publisher=office.publisher,
        appointments=office.appointments,
    )
    looked_up = {
        attempt.message_id: attempt.evidence.facts.exclusion
        for attempt in office.attempts
        if attempt.evidence is not None and attempt.evidence.facts is not None
    }

    assert {first.id: ExclusionCheck(checked_at=MONDAY, list_date=TODAY), other.id: None} == looked_up


def test_file_is_read_with_its_channels_and_its_bad_lines() -> None:
    lines = ["Dato;Canal", "300 123 4567;sms", "Maria@Example.com;correo", "+573009998877;", "no sé;sms"]
    content = "\n".join([*lines, "3001234567;fax", "", ""])
    found = read_exclusions(content.encode("utf-8-sig"))

    assert [
        ExcludedAddress(address="+573001234567", channels=("sms", "whatsapp")),
        ExcludedAddress(address="Maria@example.com", channels=("email",)),
        ExcludedAddress(address="+573009998877"),
    ] == found.entries
    assert [5, 6] == found.bad_lines


@pytest.mark.parametrize("content", [b"", b"nombre,apellido\nEva,Luna\n", b"dato\n\xff\xfe"])
def test_file_of_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidSheet):
        read_exclusions(content)


def load_instead_of_five(lines: str, *, smaller: bool = False) -> int:
    content = f"dato\n{lines}".encode()
    how = ExclusionsOptions(list_date=TODAY, skip_bad=True, smaller=smaller)
    found = to_load(content, how, today=TODAY, before=5)
    return len(found.entries)


@pytest.mark.parametrize(("lines", "smaller"), [("", False), ("no sé\n", True), ("3001234567\n", False)])
def test_list_is_neither_emptied_nor_halved(lines: str, smaller: bool) -> None:
    with pytest.raises(InvalidSheet):
        load_instead_of_five(lines, smaller=smaller)


def test_list_is_halved_if_it_is_said_to_be_smaller() -> None:
    assert 3 == load_instead_of_five("3001234567\n" * 3)
    assert 1 == load_instead_of_five("3001234567\n", smaller=True)
