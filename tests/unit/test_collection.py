"""Collection: the one authorised channel, within its hours, and ended by a payment (Ley 2300 de 2023)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from hub.catalog import BY_NAME
from hub.contact_rules.consents import CHANNELS as CONSENT_CHANNELS
from hub.contact_rules.consents import authorised, consents_of, in_force
from hub.intake.decode import IntakeContext
from hub.model import ChannelTraits, Consent, Event, EventType, Message, Purpose, State
from hub.model.ids import event_key
from hub.testing import MemoryEmail
from hub.testing.transaction import MemoryTransaction
from tests.unit.delivery_harness import make_harness
from tests.unit.factories import (
    HOUR,
    MONDAY,
    POLICY,
    RULES,
    SCHEMAS,
    SECOND,
    authorising,
    device,
    email,
    event,
    home,
    local,
    member,
    mobile,
    person,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.plans import kind, only, plan
from tests.unit.test_templates import TEMPLATES, context, examples

UNIT: Final = "altos-t1-101"
PAYER: Final = "p-maria-pena"
OVERDUE: Final = "admin.account.overdue"
DAY: Final = timedelta(days=1)
SUNDAY: Final = local("2026-03-15 10:00")
WHATSAPP: Final = ChannelTraits(name="whatsapp", contact="phone", text_phone=True)


def consent(
    *channels: str,
    at: datetime = MONDAY - DAY,
    granted: bool = True,
    purpose: str = "collection",
    who: str = PAYER,
) -> Event:
    name = "privacy.consent.granted" if granted else "privacy.consent.revoked"
    said = {"captured_at": None} if granted else {"revoked_at": None}
    data = {"subject_id": who, "purposes": [purpose], "channels": list(channels) or None, **said}
    return event(name, data, at=at, id=f"{name}:{at.isoformat()}:{channels}:{who}:{purpose}")


def overdue(at: datetime = MONDAY, **data: Any) -> Event:
    return event(OVERDUE, data, at=at, id=f"overdue:{at.isoformat()}")


def payment(at: datetime = MONDAY + HOUR, **data: Any) -> Event:
    return event("admin.payment.received", data, at=at, id=f"paid:{at.isoformat()}")


async def town(at: datetime = MONDAY) -> MemoryHub:
    hub = memory_hub(at)
    await hub.take_in(
        home(UNIT),
        somebody(PAYER, email(), mobile(), device("a")),
        member(PAYER, f"unit:{UNIT}", "owner"),
    )
    return hub


def outcome(messages: Sequence[Message]) -> list[tuple[str, State, str | None]]:
    return [(message.channel, message.state, message.reason) for message in messages]


BY_MAIL: Final = ("email", State.QUEUED, None)
BY_SMS: Final = ("sms", State.QUEUED, None)
REFUSED: Final = ("email", State.SUPPRESSED, "not_consented")


@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        ([], REFUSED),
        ([consent("sms")], BY_SMS),
        # Several at once: the first of the policy.
        ([consent("push", "sms", "email")], BY_MAIL),
        ([consent()], BY_MAIL),
        # Another channel that is authorised later changes nothing.
        ([consent("sms"), consent("email", "sms", at=MONDAY - HOUR)], BY_SMS),
        # A revoked consent is not used, and one that was given again begins anew.
        ([consent("sms", "email"), consent("email", at=MONDAY - HOUR, granted=False)], BY_SMS),
        (
            [
                consent("sms", "email"),
                consent("email", at=MONDAY - 3 * HOUR, granted=False),
                consent("sms", "email", at=MONDAY - 2 * HOUR),
            ],
            BY_SMS,
        ),
        ([consent("sms"), consent(at=MONDAY - HOUR, granted=False)], REFUSED),
        # Neither another purpose, nor another person, nor paper.
        ([consent("sms", purpose="commercial")], REFUSED),
        ([consent("sms", who="p-luis")], REFUSED),
        ([consent("print", "voice", "inbox")], REFUSED),
        # Authorised for longer, but not to be reached there; the other one is authorised too.
        ([consent("whatsapp"), consent("whatsapp", "sms", at=MONDAY - HOUR)], BY_SMS),
    ],
)
async def test_collection_goes_over_the_channel_that_the_person_has_authorised(
    consents: Sequence[Event], expected: tuple[str, State, str | None]
) -> None:
    hub = await town()
    await hub.take_in(*consents)
    await hub.take_in(overdue())

    assert [expected] == outcome(hub.of(overdue()))
    assert {()} == {message.fallback for message in hub.of(overdue())}, "no other channel follows"


async def test_a_consent_in_the_same_batch_counts() -> None:
    hub = await town()
    await hub.take_in(overdue(), consent("sms"))

    assert [BY_SMS] == outcome(hub.of(overdue()))


def test_the_order_of_several_channels_is_the_policys() -> None:
    audience = kind(("email",), ("whatsapp",), ("sms",), one_authorised=True, purpose=Purpose.COLLECTION)
    both = authorising("email", "sms", "whatsapp")
    policy = structs.replace(
        POLICY, collection=structs.replace(POLICY.collection, channels=("whatsapp", "sms"))
    )
    rules = replace(RULES, policy=policy, channels={**RULES.channels, "whatsapp": WHATSAPP})

    assert "email" == only(plan(audience, person(email(), mobile(), statements=both))).channel
    assert "whatsapp" == only(plan(audience, person(email(), mobile(), statements=both), rules=rules)).channel
    [refused] = plan(audience, person(email(), statements=authorising("email")), rules=rules)
    assert (State.SUPPRESSED, "not_consented") == (refused.state, refused.reason)


def test_people_whose_consents_nobody_has_looked_up_get_nothing() -> None:
    message = only(plan(kind(("email",), one_authorised=True, purpose=Purpose.COLLECTION), person(email())))

    assert (State.SUPPRESSED, "not_consented") == (message.state, message.reason)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Consent]:
    said = st.tuples(
        st.booleans(), st.integers(0, 5), st.sets(st.sampled_from(CONSENT_CHANNELS[:3]), max_size=3)
    )
    events = [
        consent(*sorted(channels), at=MONDAY + hours * HOUR, granted=granted)
        for granted, hours, channels in draw(st.lists(said, min_size=1, max_size=6))
    ]
    return [row for one in events for row in consents_of(one, event_key(one))]


@given(statements=ledgers())
def test_the_authorised_channels_are_those_of_the_consent_in_force(statements: list[Consent]) -> None:
    now = in_force(statements)
    allowed = set(now.channels or CONSENT_CHANNELS) if now.granted else set()

    assert allowed == {channel for channel, _ in authorised(statements)}


@given(statements=ledgers(), later=st.sets(st.sampled_from(CONSENT_CHANNELS)))
def test_a_channel_that_stays_authorised_keeps_its_place(statements: list[Consent], later: set[str]) -> None:
    before = dict(authorised(statements))
    named = sorted({*before, *later})
    more = consents_of(*_keyed(consent(*named, at=MONDAY + DAY))) if named else []
    after = dict(authorised([*statements, *more]))

    assert before == {channel: at for channel, at in after.items() if channel in before}


def _keyed(one: Event) -> tuple[Event, Any]:
    return one, event_key(one)


def paid_states(hub: MemoryHub, of: Event) -> list[tuple[State, str | None]]:
    return [(message.state, message.reason) for message in hub.of(of)]


ENDED: Final = [(State.CANCELLED, "ended")]


@pytest.mark.parametrize(
    "batches",
    [
        [[overdue()], [payment()]],
        [[payment()], [overdue()]],
        [[overdue(), payment()]],
        [[payment(), overdue()]],
        [[overdue()], [payment()], [overdue(), payment()]],
        [[event("admin.invoice.issued", at=MONDAY - HOUR)], [payment()], [overdue()]],
        [[overdue()], [event("admin.invoice.issued", at=MONDAY - HOUR)], [payment()]],
    ],
    ids=["in order", "late", "together", "together, late", "again", "with a bill, late", "with a late bill"],
)
async def test_a_payment_ends_collection_that_has_not_left(batches: Sequence[Sequence[Event]]) -> None:
    hub = await town()
    hub.clock.advance(2 * HOUR)
    await hub.take_in(consent("sms"))
    for batch in batches:
        await hub.take_in(*batch)

    assert ENDED == paid_states(hub, overdue())


async def test_collection_held_until_the_window_opens_is_ended_by_a_payment() -> None:
    hub = await town(SUNDAY)
    notice, paid = overdue(SUNDAY), payment(SUNDAY + HOUR)
    await hub.take_in(consent("email"))
    await hub.take_in(notice)
    [message] = hub.of(notice)
    office = replace(make_harness(MemoryEmail()), clock=hub.clock, store=hub.store)
    await office.deliver(message)
    before = paid_states(hub, notice)
    hub.clock.advance(HOUR)
    await hub.take_in(paid)
    hub.clock.advance(DAY)
    await office.deliver(message)

    assert [(State.HELD, "contact_hours")] == before
    assert ENDED == paid_states(hub, notice)
    assert [] == office.sent()


async def test_collection_held_by_the_limit_is_ended_by_a_payment() -> None:
    hub = await town()
    hub.clock.advance(2 * HOUR)
    await hub.take_in(home("altos-t2-302"), member(PAYER, "unit:altos-t2-302", "owner"), consent("email"))
    other = structs.replace(overdue(unit_id="altos-t2-302", balance=1), id="other")
    await hub.take_in(overdue(), other)
    [first], [second] = hub.of(overdue()), hub.of(other)
    office = replace(make_harness(MemoryEmail()), clock=hub.clock, store=hub.store)
    await office.deliver(first)
    # The same words would be merged.
    office.throttle = make_harness().throttle
    await office.deliver(second)
    before = paid_states(hub, other)
    await hub.take_in(payment(MONDAY + 2 * HOUR, unit_id="altos-t2-302"))
    hub.clock.advance(DAY)
    await office.deliver(second)

    assert [(State.SENT, None)] == paid_states(hub, overdue())
    assert [(State.HELD, "contact_limit")] == before
    assert ENDED == paid_states(hub, other)
    assert [first.person] == office.sent()


async def test_a_payment_ends_nothing_of_other_units_or_later_notices_or_other_purposes() -> None:
    hub = await town()
    hub.clock.advance(3 * HOUR)
    other = overdue(unit_id="altos-t2-302")
    later = overdue(MONDAY + 2 * HOUR)
    bill = event("admin.invoice.issued", at=MONDAY)
    await hub.take_in(
        home("altos-t2-302"), somebody("p-luis", mobile()), member("p-luis", "unit:altos-t2-302", "owner")
    )
    await hub.take_in(consent("sms"), consent("sms", who="p-luis"))
    other = structs.replace(other, id="other")
    await hub.take_in(other, bill, payment())
    await hub.take_in(later)

    assert [(State.QUEUED, None)] == paid_states(hub, other) == paid_states(hub, later)
    assert {State.QUEUED} == {message.state for message in hub.of(bill)}


async def test_a_newer_notice_replaces_one_that_has_not_left() -> None:
    hub = await town()
    hub.clock.advance(DAY)
    first, second = overdue(), overdue(MONDAY + HOUR, dunning_step=2)
    await hub.take_in(consent("sms"))
    await hub.take_in(second)
    await hub.take_in(first)

    assert ENDED == paid_states(hub, first)
    assert [(State.QUEUED, None)] == paid_states(hub, second)


@st.composite
def arrivals(draw: st.DrawFn) -> list[list[Event]]:
    """Notices, payments and bills of one unit in any order, in batches."""
    made = {"o": overdue, "p": payment, "i": lambda at: event("admin.invoice.issued", at=at, id=f"bill:{at}")}
    drawn = draw(
        st.lists(st.tuples(st.sampled_from("ooppi"), st.integers(0, 9)), min_size=1, max_size=6, unique=True)
    )
    order = draw(st.permutations([made[what](MONDAY + hours * HOUR) for what, hours in drawn]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=3)))
    return [order[since:until] for since, until in zip([0, *cuts], [*cuts, len(order)], strict=True)]


@settings(max_examples=100, deadline=None)
@given(batches=arrivals())
def test_in_any_order_a_notice_waits_unless_a_payment_or_a_newer_notice_came_after_it(
    batches: list[list[Event]],
) -> None:
    async def live() -> MemoryHub:
        hub = await town()
        hub.clock.advance(DAY)
        await hub.take_in(consent("sms", at=MONDAY - DAY))
        for batch in batches:
            if batch:
                await hub.take_in(*batch)
        return hub

    hub = asyncio.run(live())
    events = [one for batch in batches for one in batch]
    notices = [one for one in events if one.name == OVERDUE]
    for notice in notices:
        over = any(one.name == "admin.payment.received" and one.time >= notice.time for one in events)
        over |= any(one.time > notice.time for one in notices)

        assert (ENDED if over else [(State.QUEUED, None)]) == paid_states(hub, notice)


RECEIVED: Final = EventType(
    name="accounting.delivery.committed",
    case="contract_id",
    audiences=BY_NAME["accounting.delivery.committed"].audiences,
    ends_collection=True,
)
"""As an event of a rent that was received: it moves no clock."""
CONTRACTS: Final = IntakeContext(schemas=SCHEMAS, catalog={**BY_NAME, RECEIVED.name: RECEIVED}, rules=RULES)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_an_event_without_a_clock_can_end_collection(order: tuple[int, int]) -> None:
    hub = replace(await town(), context=CONTRACTS)
    hub.clock.advance(DAY)
    rent = event("realestate.rent.overdue")
    paid = event(RECEIVED.name, {"contract_id": rent.data["contract_id"]}, at=MONDAY + HOUR)
    await hub.take_in(consent("sms"))
    for number in order:
        await hub.take_in((rent, paid)[number])

    assert ENDED == paid_states(hub, rent)


async def test_rent_that_waited_for_its_tenant_is_collected_only_while_it_is_owed() -> None:
    hub = replace(await town(), context=CONTRACTS)
    hub.clock.advance(DAY)
    rent = event("realestate.rent.overdue", without=("tenant",))
    contract = {"contract_id": rent.data["contract_id"]}
    await hub.take_in(consent("sms"), rent)
    await hub.take_in(event(RECEIVED.name, contract, at=MONDAY + HOUR))
    assert [] == hub.of(rent), "nobody has named the tenant"

    named = event("realestate.rent.overdue", contract, at=MONDAY + 2 * HOUR, id="second")
    await hub.take_in(named)

    assert ENDED == paid_states(hub, rent)
    assert [(State.QUEUED, None)] == paid_states(hub, named)


async def test_co_debtors_have_messages_of_their_own_under_their_own_consents() -> None:
    hub = await town()
    await hub.take_in(somebody("p-luis", email("luis@example.com"), mobile("+573009876543")))
    rent = event("realestate.rent.overdue", {"tenant": [{"ref": PAYER}, {"ref": "p-luis"}]})
    await hub.take_in(consent("sms"))
    await hub.take_in(rent)

    assert {PAYER: ("sms", None), "p-luis": ("email", "not_consented")} == {
        message.person: (message.channel, message.reason) for message in hub.of(rent)
    }


class WatchedTransaction(MemoryTransaction):
    """Counts the calls that end collection."""

    calls = 0

    async def end_collection(self, ended: Mapping[str, datetime]) -> None:
        WatchedTransaction.calls += 1
        await super().end_collection(ended)


@pytest.mark.parametrize(
    ("before", "calls"),
    [
        ([], 0),
        ([event("admin.invoice.issued", at=MONDAY - HOUR)], 0),
        ([overdue()], 1),
        ([overdue(), payment(MONDAY + SECOND)], 0),
    ],
    ids=["no bill", "a bill", "collected", "collected and paid"],
)
async def test_a_payment_looks_for_collection_only_where_some_may_wait(
    before: Sequence[Event], calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.testing.store.MemoryTransaction", WatchedTransaction)
    hub = await town()
    hub.clock.advance(2 * HOUR)
    for one in before:
        await hub.take_in(one)
    WatchedTransaction.calls = 0
    await hub.take_in(payment())

    assert calls == WatchedTransaction.calls


THREATS: Final = ("jurídic", "abogad", "embargo", "reporte", "central", "suspen", "consecuenc", "último")
REASONS_ASKED: Final = ("motivo", "por qué", "razón", "causa")


@pytest.mark.parametrize("name", [OVERDUE, "realestate.rent.overdue"])
@pytest.mark.parametrize("channel", ["email", "sms", "whatsapp", "push"])
def test_a_text_of_collection_names_the_debt_and_the_way_to_report_a_payment(name: str, channel: str) -> None:
    for data in examples(name):
        words = TEMPLATES.render(name, channel, context(name, data), variant=None)
        text = f"{words.subject} {words.text}".replace("\N{NO-BREAK SPACE}", " ").lower()

        assert f"{data['balance_cop']:,}".replace(",", ".") in text
        assert "si ya pag" in text
        assert data.get("contact", POLICY.company.phone).lower() in text
        assert [] == [word for word in (*THREATS, *REASONS_ASKED) if word in text]
