"""A legal message never fails in silence: staff is alerted, then its letter is made."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hub.errors import BrokerUnavailable, PermanentFailure
from hub.messages.cascades import advance_cascade
from hub.messages.planning.cascade import next_step
from hub.messages.planning.undelivered import NOT_PRINTED, alerts
from hub.model import Message, Purpose, State, StoredEvent, Target
from hub.testing import MemoryEmail
from hub.timers.scheduler import audit
from tests.unit.delivery_harness import ABOUT, mail, make_harness
from tests.unit.factories import HOUR, MONDAY, SCHEMAS
from tests.unit.timer_harness import hub_with, timers_of

LETTER = Target(channel="print", contact_id="print", address="p-1")
TEXT = Target(channel="sms", contact_id="cp-phone", address="+573001234567")
GONE = "smtp_550_5.1.1"


def legal(**fields: Any) -> Message:
    return mail(**{"purpose": Purpose.LEGAL, "fallback": ((LETTER,),), **fields})


def lost(**fields: Any) -> Message:
    return legal(**{"state": State.FAILED, "reason": GONE, **fields})


def alert_data(*over: Message) -> list[dict[str, Any]]:
    return [event.data for event in alerts(over, {ABOUT.key: ABOUT}, now=MONDAY).values()]


def test_alert_names_the_letter_and_the_case() -> None:
    message = lost()
    [letter] = next_step(message, now=MONDAY)
    [data] = alert_data(message)

    assert (data["reason"], data["letter_id"]) == (GONE, str(letter.id))
    assert (data["about"], data["radicado"]) == ("pqrs.received", ABOUT.event.data["radicado"])
    assert data["copropiedad_id"] == ABOUT.copropiedad_id


def test_alert_says_that_there_is_no_letter() -> None:
    [data] = alert_data(lost(fallback=(), state=State.SUPPRESSED, reason="no_contact"))

    assert (data["reason"], data["letter_id"]) == ("no_contact", None)


def test_a_receipt_that_never_came_is_a_reason_too() -> None:
    [data] = alert_data(lost(state=State.SENT, reason=None))

    assert data["reason"] == "no_receipt"


@pytest.mark.parametrize("undelivered", [lost(), lost(fallback=())])
def test_alert_matches_its_schema(undelivered: Message) -> None:
    for events in ({ABOUT.key: ABOUT}, {}):
        for event in alerts([undelivered], events, now=MONDAY).values():
            SCHEMAS.check(event, now=MONDAY)


@pytest.mark.parametrize(
    "unsent",
    [
        lost(fallback=((TEXT,), (LETTER,))),
        lost(purpose=Purpose.TRANSACTIONAL),
        lost(purpose=Purpose.TRANSACTIONAL, fallback=()),
    ],
)
def test_no_alert_while_an_electronic_channel_is_left_or_no_law_applies(
    unsent: Message,
) -> None:
    assert alert_data(unsent) == []


def test_all_messages_of_a_step_are_one_alert_and_each_step_is_its_own() -> None:
    text = lost(channel="sms", contact_id="cp-phone")
    letter = replace(lost(channel="print", contact_id="print", fallback=()), step=1)

    assert alerts([lost()], {}, now=MONDAY).keys() == alerts([text], {}, now=MONDAY + HOUR).keys()
    assert len(alert_data(lost(), text, letter)) == 2


async def test_the_alert_goes_out_before_the_letter_is_made() -> None:
    office = make_harness(MemoryEmail(PermanentFailure(GONE)))
    letterless = legal()
    await office.holds(letterless)
    office.store.faults.script("add_messages", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await office.deliver(letterless)

    assert [event.data["reason"] for event in office.publisher.events] == [GONE]
    assert [message.channel for message in office.store.messages] == ["email"]


async def test_letter_follows_a_hard_bounce() -> None:
    office = make_harness(MemoryEmail(PermanentFailure(GONE)))
    await office.delivered(legal())

    [event] = office.publisher.events
    assert [ticket.channel for ticket in office.publisher.published] == ["print"]
    assert event.data["letter_id"] == str(office.publisher.published[0].ids[0])


async def test_a_letter_that_cannot_be_made_is_no_alert_of_its_own_step() -> None:
    office = make_harness(MemoryEmail(PermanentFailure(GONE)))
    first = legal()
    await office.holds(first)
    lost_mail = replace(first, state=State.FAILED, reason=GONE)
    deps: dict[str, Any] = {"store": office.store, "publisher": office.publisher, "now": MONDAY}

    async def prints_none(_letter: Message, _about: StoredEvent) -> bool:
        return False

    await advance_cascade([lost_mail], **deps, prints=prints_none)
    [letter] = next_step(lost_mail, now=MONDAY)
    await advance_cascade([replace(letter, state=State.FAILED, reason=NOT_PRINTED)], **deps)

    assert [NOT_PRINTED] == [event.data["reason"] for event in office.publisher.events]


@pytest.mark.parametrize("reason", ["unknown_person", "do_not_contact"])
async def test_audit_alerts_once_of_a_legal_message_without_a_next_step(reason: str) -> None:
    hub = await hub_with(lost(fallback=(), state=State.SUPPRESSED, reason=reason))
    timers = timers_of(hub)
    await audit(timers)
    await audit(timers)

    assert [event.data["reason"] for event in hub.publisher.events] == [reason]


async def test_alert_interrupted_by_a_crash_is_repeated_with_the_same_id() -> None:
    hub = await hub_with(lost(fallback=()))
    timers = timers_of(hub)
    hub.store.faults.script("end_cascades", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await audit(timers)
    await audit(timers)

    assert len(hub.publisher.events) == 2
    assert len({event.id for event in hub.publisher.events}) == 1
