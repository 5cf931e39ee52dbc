"""One contact a day and one channel a week, of collection and advertising together (Ley 2300 de 2023)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.catalog import CATALOG
from hub.contact_rules.limits import contact_day, opens_at, safe_from, share_out, week_of
from hub.errors import InvalidPolicy, PermanentFailure, TransientFailure
from hub.model import Message, Purpose, State
from hub.model.contact_facts import ContactSlot
from hub.policy import load_policy
from hub.policy.limits import ContactLimits
from hub.testing import MemoryEmail, MemorySms
from tests.unit.delivery_harness import DeliveryHarness, mail, make_harness
from tests.unit.factories import HOUR, MONDAY, POLICY, SECOND, authorising, device, local, person
from tests.unit.plans import kind, plan

ONE: Final = ContactLimits(contacts_a_day=1, channels_a_week=1, wait_at_most=timedelta(days=14))
MON, TUE, SAT, SUN = (date(2026, 3, day) for day in (9, 10, 14, 15))
NEXT_MON: Final = date(2026, 3, 16)
DAY: Final = timedelta(days=1)
MINE: Final = UUID(int=1)


def slot(day: date, channel: str = "sms", *, of: int = 2, spent: bool = True) -> ContactSlot:
    return ContactSlot(person="p-1", day=day, message_id=UUID(int=of), channel=channel, spent=spent)


CASES: Final = [
    pytest.param([], MON, MON, id="nothing yet"),
    pytest.param([slot(MON)], MON, TUE, id="contacted today"),
    pytest.param([slot(MON, spent=False)], MON, TUE, id="kept for another's retry"),
    pytest.param([slot(MON)], TUE, TUE, id="contacted yesterday, over the same channel"),
    pytest.param([slot(MON, "email")], TUE, NEXT_MON, id="contacted this week over another channel"),
    pytest.param([slot(MON, "email")], MON, NEXT_MON, id="contacted today over another channel"),
    pytest.param([slot(MON, "email")], NEXT_MON, NEXT_MON, id="another channel last week"),
    pytest.param(
        [slot(SUN, "email")], NEXT_MON, NEXT_MON, id="another channel on Sunday, the week's last day"
    ),
    pytest.param([slot(MON, "email")], SUN, NEXT_MON, id="another channel on Monday, the same week's first"),
    pytest.param([slot(SUN)], SUN, NEXT_MON, id="contacted today, the week's last day"),
    pytest.param([slot(MON, of=1, spent=False)], MON, MON, id="its own retry"),
    pytest.param([slot(MON, of=1)], MON, TUE, id="its own try of an unknown outcome"),
    pytest.param([slot(MON, of=1)], TUE, TUE, id="its own try of yesterday, of an unknown outcome"),
]


@pytest.mark.parametrize(("slots", "on", "expected"), CASES)
def test_first_day_on_which_a_text_may_be_a_contact(
    slots: list[ContactSlot], on: date, expected: date
) -> None:
    assert expected == contact_day(MINE, "sms", slots, on=on, limits=ONE)


def test_numbers_are_the_policys() -> None:
    two = replace(ONE, contacts_a_day=2, channels_a_week=2)

    assert MON == contact_day(MINE, "sms", [slot(MON, "email")], on=MON, limits=two)
    assert TUE == contact_day(MINE, "sms", [slot(MON), slot(MON, "email", of=3)], on=MON, limits=two)


def test_the_built_in_numbers_are_the_laws() -> None:
    assert (1, 1) == (POLICY.limits.contacts_a_day, POLICY.limits.channels_a_week)


@pytest.mark.parametrize("wrong", ["contacts_a_day = 0", "channels_a_week = 0", 'wait_at_most = "0h"'])
def test_limits_of_nothing_are_refused(wrong: str, tmp_path: Path) -> None:
    overlay = tmp_path / "policy.toml"
    overlay.write_text(f"[limits]\n{wrong}\n")

    with pytest.raises(InvalidPolicy, match=r"limits"):
        load_policy(overlay)


def test_next_day_begins_when_its_window_opens() -> None:
    assert local("2026-03-10 07:00") == opens_at(dun(), TUE, POLICY)
    assert local("2026-03-16 07:00") == opens_at(dun(), SUN, POLICY)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-09 18:59:29", "2026-03-09 18:59:29"),
        ("2026-03-09 18:59:30", "2026-03-10 07:00:00"),
        ("2026-03-09 19:00:00", "2026-03-10 07:00:00"),
        ("2026-03-10 06:59:59", "2026-03-10 07:00:00"),
        ("2026-03-14 14:59:45", "2026-03-16 07:00:00"),
    ],
)
def test_call_must_end_within_the_hours(at: str, expected: str) -> None:
    assert local(expected) == safe_from(dun(purpose=Purpose.COMMERCIAL), local(at), 30 * SECOND, POLICY)


asking = st.lists(st.tuples(st.sampled_from(["p-1", "p-2"]), st.sampled_from(["sms", "email", "push"])))


@given(asked=asking, days=st.lists(st.integers(0, 9), min_size=1))
def test_no_sequence_of_reservations_breaks_the_law(asked: list[tuple[str, str]], days: list[int]) -> None:
    messages = [
        mail(ref, purpose=Purpose.COLLECTION, channel=channel, contact_id=str(n))
        for n, (ref, channel) in enumerate(asked)
    ]
    kept: list[ContactSlot] = []
    for on in sorted(MON + day * DAY for day in days):
        kept += share_out(messages, kept, on=on, limits=ONE)[1]

    for ref in ("p-1", "p-2"):
        mine = [slot for slot in kept if slot.person == ref]
        assert len({slot.day for slot in mine}) == len(mine)
        assert len({(week_of(slot.day), slot.channel) for slot in mine}) == len(
            {week_of(slot.day) for slot in mine}
        )


def test_collection_goes_to_the_registered_payer_over_one_authorised_channel() -> None:
    audiences = [
        audience
        for entry in CATALOG
        for audience in entry.audiences
        if audience.purpose is Purpose.COLLECTION
    ]

    assert {("payer",), ("tenant",)} == {audience.who for audience in audiences}
    assert all(audience.one_authorised for audience in audiences)


@pytest.mark.parametrize(
    ("purpose", "expected"), [(Purpose.COMMERCIAL, 1), (Purpose.COLLECTION, 1), (Purpose.SURVEY, 2)]
)
def test_person_with_two_telephones_is_contacted_on_one(purpose: Purpose, expected: int) -> None:
    reached = person(device("a"), device("b"), statements=authorising("push"))

    assert expected == len(plan(kind(("push",), purpose=purpose), reached))


def dun(who: str = "p-1", occasion: str = "initial", **fields: Any) -> Message:
    # Each says something else: the same words would be merged.
    values = {"purpose": Purpose.COLLECTION, "expires_at": MONDAY + 3 * DAY, "name": occasion, **fields}
    return mail(who, occasion=occasion, **values)


def text(who: str = "p-1", **fields: Any) -> Message:
    return dun(who, channel="sms", contact_id="cp-2", address="+573001234567", **fields)


def became(office: DeliveryHarness, *messages: Message) -> list[tuple[State, str | None]]:
    return [(office.now(message).state, office.now(message).reason) for message in messages]


SENT: Final = (State.SENT, None)
HELD: Final = (State.HELD, "contact_limit")
TUESDAY_AT_7: Final = local("2026-03-10 07:00")


async def office_with(*messages: Message, sms: MemorySms | None = None) -> DeliveryHarness:
    office = make_harness(MemoryEmail(), sms or MemorySms())
    await office.agreed(*messages)
    return office


async def at(office: DeliveryHarness, instant: datetime, *messages: Message) -> None:
    office.clock.advance(instant - office.clock())
    await office.deliver(*messages)


async def test_second_message_of_a_day_waits_for_the_next_one_also_in_the_same_ticket() -> None:
    first, second, other = dun(), dun(occasion="second"), dun("p-2")
    office = await office_with(first, second, other)
    await office.deliver(first, second, other)
    states = became(office, first, second)

    assert sorted([SENT, HELD]) == sorted(states)
    assert SENT == became(office, other)[0]
    [waiting] = [m for m in map(office.now, (first, second)) if m.state is State.HELD]
    assert waiting.next_at == TUESDAY_AT_7
    assert waiting.expires_at == MONDAY + 3 * DAY + (TUESDAY_AT_7 - MONDAY)
    await at(office, TUESDAY_AT_7, first, second)
    assert [SENT, SENT] == became(office, first, second)


async def test_collection_and_advertising_count_together() -> None:
    first, second = dun(), dun(occasion="second", purpose=Purpose.COMMERCIAL)
    office = await office_with(first, second)
    await office.deliver(first)
    await office.deliver(second)

    assert [SENT, HELD] == became(office, first, second)


async def test_another_channel_waits_for_the_next_week() -> None:
    first, second = dun(), text()
    office = await office_with(first, second)
    await office.deliver(first)
    await office.deliver(second)
    assert [SENT, HELD] == became(office, first, second)
    await at(office, TUESDAY_AT_7, second)
    assert local("2026-03-16 07:00") == office.now(second).next_at

    await at(office, local("2026-03-16 07:00"), second)
    assert SENT == became(office, second)[0]


async def test_other_purposes_neither_wait_nor_use_the_day_up() -> None:
    service, first = dun(purpose=Purpose.TRANSACTIONAL), dun(occasion="second")
    office = await office_with(service, first)
    office.store.faults.always("settle_contacts", AssertionError("asked"))
    await office.deliver(service)
    await office.deliver(first)
    again = dun(purpose=Purpose.LEGAL, occasion="third")
    await office.agreed(again)
    await office.deliver(again)

    assert [SENT, SENT, SENT] == became(office, service, first, again)


async def test_permanent_failure_gives_the_day_back() -> None:
    first, second = text(), dun(occasion="second")
    sms = MemorySms(PermanentFailure("unknown_number"))
    office = await office_with(first, second, sms=sms)
    await office.deliver(first)
    await office.deliver(second)

    assert [State.FAILED, State.SENT] == office.states(first, second)


async def test_transient_failure_keeps_the_day_for_its_own_retry() -> None:
    first, second = text(), text(occasion="second")
    sms = MemorySms(TransientFailure("unavailable"))
    office = await office_with(first, second, sms=sms)
    await office.deliver(first)
    await office.deliver(second)
    assert [State.RETRYING, State.HELD] == office.states(first, second)
    retry = office.now(first).next_at
    assert retry is not None
    await at(office, retry, first)

    assert [SENT, HELD] == became(office, first, second)


async def test_retry_that_will_not_come_gives_the_day_back() -> None:
    first, second = text(), text(occasion="second")
    sms = MemorySms(TransientFailure("unavailable"))
    office = await office_with(first, second, sms=sms)
    await office.deliver(first)
    office.store.tables.call_off(office.store.tables.messages[first.id], "ended")
    await office.deliver(second)

    assert [(State.CANCELLED, "ended"), SENT] == became(office, first, second)


async def test_unknown_outcome_counts_also_against_its_own_retry() -> None:
    first, second = text(), text(occasion="second")
    sms = MemorySms(TransientFailure("timeout", unknown=True))
    office = await office_with(first, second, sms=sms)
    await office.deliver(first)
    retry = office.now(first).next_at
    assert retry is not None
    await at(office, retry, first, second)
    assert [HELD, HELD] == became(office, first, second)
    await at(office, TUESDAY_AT_7, first)

    assert SENT == became(office, first)[0]


async def test_worker_that_died_has_used_the_day_up() -> None:
    first = dun()
    office = await office_with(first)
    [claim] = await office.store.claim([first.id], token=UUID(int=7), lease=HOUR)
    await office.store.reserve_contacts([claim.message], token=UUID(int=7), on=MON, limits=ONE)
    office.clock.advance(2 * HOUR)
    await office.store.release_due(10, office.clock(), timedelta(0))
    await office.deliver(first)

    assert [HELD] == became(office, first)


async def test_message_that_is_worth_nothing_by_then_expires_with_the_reason() -> None:
    first, second = dun(), dun(occasion="second", ends_at=TUESDAY_AT_7)
    office = await office_with(first, second)
    await office.deliver(first)
    await office.deliver(second)

    assert [SENT, (State.EXPIRED, "contact_limit")] == became(office, first, second)


async def test_message_that_the_limit_has_kept_for_two_weeks_expires() -> None:
    first, second = dun(), dun(occasion="second", created_at=MONDAY - 14 * DAY)
    office = await office_with(first, second)
    await office.deliver(first)
    await office.deliver(second)

    assert [SENT, (State.EXPIRED, "contact_limit")] == became(office, first, second)


async def test_send_that_may_end_after_the_hours_waits_and_uses_up_no_day() -> None:
    late = dun()
    office = await office_with(late)
    await at(office, local("2026-03-09 18:59:45"), late)
    assert [(State.HELD, "contact_hours")] == became(office, late)
    assert TUESDAY_AT_7 == office.now(late).next_at
    assert {} == office.store.tables.contact_slots
    await at(office, TUESDAY_AT_7, late)

    assert [SENT] == became(office, late)


async def test_slots_of_past_weeks_are_dropped() -> None:
    first = dun()
    office = await office_with(first)
    await office.deliver(first)

    assert 0 == await office.store.drop_contact_slots(MON)
    assert 1 == await office.store.drop_contact_slots(TUE)
