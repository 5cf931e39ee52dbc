"""From a person's reply to staff, the confirmation and the clock, on the stores in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.inbound.process_reply import take_complaint, take_reply
from hub.inbound.replies import event_of, read
from hub.model import About, ClockState, Complaint, Inbound, Message, Reply, ReplyKind, State
from hub.testing.tables import Row
from hub.timers.scheduler import audit
from tests.unit.factories import HOUR, MINUTE, MONDAY, SCHEMAS, event, member, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import take_steps, timers_of

PHONE = "+573001234567"
PETITIONER = {"name": "María Peña", "phone": PHONE}
WORDS = "¿Ya encontraron el acta? Soy María, de la torre 1."


def text(words: str = WORDS, **fields: Any) -> Reply:
    values: dict[str, Any] = {
        "channel": "sms",
        "provider": "twilio",
        "reference": words,
        "address": PHONE,
        "at": MONDAY + 2 * HOUR,
        **fields,
    }
    return Reply(text=words, **values)


REPLIED = event("pqrs.replied", {"pqrs_id": "PQ-1"}, at=MONDAY + HOUR, without=("petitioner",))


@pytest.fixture
async def hub() -> MemoryHub:
    """A hub that has sent an SMS to a petitioner, with one person at the service desk."""
    hub = memory_hub()
    await hub.take_in(somebody("p-laura"), member("p-laura", "company", "staff", duty="service"))
    opened = event("pqrs.received", {"petitioner": PETITIONER, "pqrs_id": "PQ-1", "radicado": "R-1"})
    hub.clock.advance(2 * HOUR)
    await hub.take_in(opened, REPLIED)
    for message in hub.of(opened):
        sent(hub, message)
    return hub


def sent(hub: MemoryHub, message: Message) -> None:
    row: Row = hub.store.tables.messages[message.id]
    hub.store.tables.messages[message.id] = replace(row, message=structs.replace(message, state=State.SENT))


async def take(hub: MemoryHub, reply: Reply) -> Inbound:
    """Process a reply and the events that follow over the broker."""
    before = len(hub.publisher.events)
    inbound = await take_reply(reply, store=hub.store, publisher=hub.publisher, now=hub.clock())
    await hub.take_in(*hub.publisher.events[before:])
    return inbound


def notified(hub: MemoryHub, inbound: Inbound) -> list[tuple[str, str, str]]:
    return sorted((message.channel, message.address, message.state) for message in hub.of(event_of(inbound)))


async def test_reply_reaches_the_service_desk_and_is_confirmed_to_its_writer(hub: MemoryHub) -> None:
    inbound = await take(hub, text())

    assert [("inbox", "p-laura", "queued"), ("sms", PHONE, "queued")] == notified(hub, inbound)
    assert [] == hub.letters


async def test_a_reply_starts_the_clock_of_the_first_reply_and_the_answer_ends_it(hub: MemoryHub) -> None:
    assert [ClockState.MET] == hub.states("first_reply")
    await take(hub, text())
    assert [ClockState.MET, ClockState.OPEN] == hub.states("first_reply")

    hub.clock.advance(HOUR)
    await hub.take_in(structs.replace(REPLIED, id="again", time=MONDAY + 3 * HOUR))
    assert [ClockState.MET, ClockState.MET] == hub.states("first_reply")


async def test_open_clock_is_not_started_again(hub: MemoryHub) -> None:
    for words in ("Buenos días", "¿Ya?", "¿Hola?"):
        inbound = await take(hub, text(words, at=hub.clock()))
        hub.clock.advance(MINUTE)

    assert [("inbox", "p-laura", "queued")] == notified(hub, inbound)
    assert [ClockState.MET, ClockState.OPEN] == hub.states("first_reply")


async def test_stranger_gets_a_confirmation_and_an_answer(hub: MemoryHub) -> None:
    stranger = "+573009990000"
    inbound = await take(hub, text(address=stranger))
    assert [("inbox", "p-laura", "queued"), ("sms", stranger, "queued")] == notified(hub, inbound)
    assert [ClockState.MET, ClockState.OPEN] == hub.states("first_reply")

    hub.clock.advance(HOUR)
    await hub.take_in(event("support.replied", {"thread_id": inbound.thread}, at=MONDAY + 3 * HOUR))
    assert [ClockState.MET, ClockState.MET] == sorted(hub.states("first_reply"))


async def test_each_replier_to_a_broadcast_has_a_separate_clock(hub: MemoryHub) -> None:
    declared = event("emergency.updated", {"emergency_id": "E-1"})
    await hub.take_in(declared)
    one, other = [
        await take(hub, text("¿Ya pasó?", reference=number, address=number))
        for number in ("+573001110001", "+573001110002")
    ]

    assert one.thread != other.thread


async def test_repeated_reply_notifies_nobody_again(hub: MemoryHub) -> None:
    first = await take(hub, text())
    messages = len(hub.store.messages)
    again = await take(hub, text())

    assert first.id == again.id
    assert messages == len(hub.store.messages)


async def test_opt_out_word_alone_is_confirmed_and_needs_no_reader(hub: MemoryHub) -> None:
    inbound = await take(hub, text("BAJA"))

    assert [("sms", PHONE, "queued")] == notified(hub, inbound)
    assert [ClockState.MET] == hub.states("first_reply")


async def test_automatic_reply_is_not_answered(hub: MemoryHub) -> None:
    await take(hub, text("Estoy de vacaciones", automatic=True))

    assert [] == hub.publisher.events
    assert 1 == len(hub.store.tables.replies)


async def test_broker_outage_delays_a_reply_and_doubles_nothing(hub: MemoryHub) -> None:
    hub.publisher.faults.script("event", BrokerUnavailable())
    inbound = await take(hub, text())
    assert [] == hub.publisher.events

    keeping = timers_of(hub)
    await audit(keeping)
    await audit(keeping)
    assert [event_of(inbound)] == hub.publisher.events


async def test_database_outage_makes_the_provider_retry(hub: MemoryHub) -> None:
    hub.store.faults.script("add_reply", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await take(hub, text())

    assert [] == hub.publisher.events


async def test_future_time_of_a_sender_is_not_used(hub: MemoryHub) -> None:
    inbound = await take(hub, text(at=hub.clock() + 24 * HOUR))

    assert hub.clock() == inbound.reply.at
    assert [] == hub.letters


@pytest.mark.parametrize("address", ["85432", "", "x" * 500, "no-es-un-correo@"])
@pytest.mark.parametrize("channel", ["sms", "email", "whatsapp"])
async def test_reply_from_any_address_reaches_the_desk(hub: MemoryHub, address: str, channel: str) -> None:
    inbound = await take(hub, text(address=address, channel=channel))

    assert ("inbox", "p-laura", "queued") in notified(hub, inbound)
    assert [] == hub.letters


async def test_forwarded_message_does_not_identify_its_replier(hub: MemoryHub) -> None:
    [one, *_] = [message for message in hub.store.messages if message.channel == "sms"]
    await take(hub, text("SALIR", address="+573009990000", message_id=one.id))

    assert {("+573009990000", None)} == {
        (address, opt_out.person) for (address, _), opt_out in hub.store.tables.opt_outs.items()
    }


async def test_reply_to_a_confirmation_does_not_identify_the_recipient(hub: MemoryHub) -> None:
    stranger = "+573009990000"
    reply_of_the_person = await take(hub, text("Gracias"))
    [one, *_] = [message for message in hub.store.messages if message.channel == "sms"]
    one = structs.replace(one, person="p-maria-pena")
    hub.store.tables.messages[one.id] = replace(hub.store.tables.messages[one.id], message=one)
    inbound = await take(hub, text("¿Y esto?", address=stranger, message_id=one.id))
    [thanks] = [each for each in hub.of(event_of(inbound)) if each.address == stranger]
    sent(hub, thanks)
    await take(hub, text("SALIR", address=stranger))

    assert reply_of_the_person.about.person is not None
    assert {stranger: None} == {
        address: opt_out.person for (address, _), opt_out in hub.store.tables.opt_outs.items()
    }


async def test_unanswered_stranger_is_escalated(hub: MemoryHub) -> None:
    await hub.take_in(somebody("p-jefe"), member("p-jefe", "company", "staff", duty="coordinator", level=2))
    await take(hub, text(address="+573009990000"))
    hub.clock.advance(240 * HOUR)
    made = await take_steps(hub)

    [first, *_] = [event for event in made if event.name == "pqrs.escalated" and event.data["to_level"] == 2]
    assert {"p-jefe"} == {person for person, _ in hub.recipients(first)}
    assert {(False, True)} == {(hub.stored(event).waiting, hub.stored(event).planned) for event in made}


ROSA, OTHER = "rosa@example.co", "otra@example.co"


def by_mail(words: str, address: str, *, authentic: bool = False) -> Reply:
    return text(words, channel="email", provider="smtp", address=address, authentic=authentic)


@pytest.mark.parametrize(
    ("address", "authentic", "asked", "expected"),
    [
        ("Rosa@example.co", True, "", ReplyKind.OPT_IN),
        (ROSA, False, "", ReplyKind.UNPROVEN),
        (ROSA, False, "opt_in", ReplyKind.OPT_IN),
        (ROSA, False, "opt_out", ReplyKind.UNPROVEN),
        (OTHER, True, "", ReplyKind.REPLY),
        (OTHER, False, "opt_in", ReplyKind.REPLY),
    ],
)
def test_opt_in_by_mail_counts_only_from_the_known_address_when_proved(
    address: str, *, authentic: bool, asked: str, expected: ReplyKind
) -> None:
    mail = by_mail("INICIAR", address, authentic=authentic)

    assert expected is read(mail, About(address=ROSA, asked=asked), now=MONDAY).kind


@pytest.mark.parametrize(
    ("address", "authentic", "kind", "revokes"),
    [
        (ROSA, False, ReplyKind.OPT_OUT, True),
        (OTHER, True, ReplyKind.OPT_OUT, True),
        (OTHER, False, ReplyKind.UNPROVEN, False),
    ],
)
def test_opt_out_by_mail_counts_for_the_known_address_or_when_proved(
    address: str, *, authentic: bool, kind: ReplyKind, revokes: bool
) -> None:
    inbound = read(by_mail("BAJA", address, authentic=authentic), About(address=ROSA), now=MONDAY)

    assert (kind, revokes) == (inbound.kind, inbound.revokes)


def test_unproven_word_among_others_is_left_to_a_reader() -> None:
    inbound = read(by_mail("BAJA, señor: ¿me retiran?", OTHER), About(address=ROSA), now=MONDAY)

    assert (ReplyKind.REPLY, False) == (inbound.kind, inbound.revokes)


@pytest.mark.parametrize(
    ("words", "address", "asks"), [("INICIAR", ROSA, "opt_in"), ("BAJA", OTHER, "opt_out")]
)
def test_question_says_what_is_to_be_confirmed(words: str, address: str, asks: str) -> None:
    asked = event_of(read(by_mail(words, address), About(address=ROSA), now=MONDAY))

    SCHEMAS.check(structs.replace(asked, data={**asked.data, "acknowledge": True}), now=MONDAY)
    assert ("unproven", asks) == (asked.data["kind"], asked.data["asks"])


@pytest.mark.parametrize(
    "words", ["", "Enviado desde mi iPhone", "> Su radicado", "El lun, Hub escribió:\nHola"]
)
def test_subject_counts_when_the_mail_is_empty(words: str) -> None:
    assert ReplyKind.OPT_OUT is read(text(words, subject="BAJA"), About(), now=MONDAY).kind


async def test_complaint_revokes_consent_and_notifies_nobody(hub: MemoryHub) -> None:
    [one, *_] = [message for message in hub.store.messages if message.channel == "sms"]
    complaint = Complaint(channel="email", provider="smtp", message_id=one.id, kind="abuse", at=MONDAY)
    await take_complaint(complaint, store=hub.store)

    assert [] == hub.publisher.events
    assert {(PHONE, "commercial"), (PHONE, "survey")} == hub.store.tables.opt_outs.keys()


async def test_no_word_and_no_number_of_a_person_is_logged(hub: MemoryHub) -> None:
    with capture_logs() as logs:
        await take(hub, text(subject="Sobre el acta"))

    logged = str(logs)
    assert "reply.taken" in logged
    assert not any(secret in logged for secret in (WORDS, PHONE, "acta", "María"))


async def test_who_reads_english_is_told_in_english_that_nothing_more_comes(hub: MemoryHub) -> None:
    await hub.take_in(somebody("p-john", mobile("+14155550123"), locale="en"))
    inbound = await take(hub, text("Please stop texting me", address="+14155550123"))
    [answer] = hub.of(event_of(inbound))

    assert ("en", ReplyKind.OPT_OUT, "+14155550123") == (answer.locale, inbound.kind, answer.address)
