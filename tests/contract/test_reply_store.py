"""The contract of the ReplyStore."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.inbound import emergency_replies
from hub.inbound.replies import OF_REPLIES, complained, event_of, read
from hub.model import (
    About,
    AckDecision,
    AckOutcome,
    Attempt,
    Clock,
    Complaint,
    Inbound,
    MarkReason,
    Message,
    Outcome,
    Purpose,
    Reply,
    ReplyKind,
    State,
    StoredEvent,
)
from hub.model.casework import FILED
from hub.model.given_files import GivenFile
from hub.ports.cases import ReplyFilter
from hub.storage import given_files
from tests.contract.stores import RealStores, Stores
from tests.contract.test_preferences import marked
from tests.contract.values import NOON, clock, event, message, now, person, stored

PHONE = "+573001234567"


def reply(text: str = "¿Ya encontraron el acta?", **fields: Any) -> Reply:
    values: dict[str, Any] = {
        "channel": "sms",
        "provider": "twilio",
        "reference": str(uuid4()),
        "address": PHONE,
        "at": NOON,
        **fields,
    }
    return Reply(text=text, **values)


async def take(stores: Stores, given: Reply) -> Inbound:
    return await stores.replies.add(read(given, await stores.replies.about(given), now=now()))


async def texted(stores: Stores, of: StoredEvent, **fields: Any) -> Message:
    values = {"channel": "sms", "address": PHONE, "state": State.SENT, "created_at": now(), **fields}
    one = message(of, **values)
    await stores.add(one)
    return one


async def test_reply_to_an_unknown_message_is_stored(stores: Stores) -> None:
    given = reply()
    kept = await take(stores, given)

    assert (About(), given.text, ReplyKind.REPLY) == (kept.about, kept.reply.text, kept.kind)
    assert (False, True) == (kept.published, kept.acknowledge)


async def test_reply_is_matched_by_our_own_id(stores: Stores, of: StoredEvent) -> None:
    one = message(of)
    await stores.add(one)
    kept = await take(stores, reply(channel="email", address="maria@example.com", message_id=one.id))

    assert (
        About(
            message_id=one.id,
            person="p-1",
            name="María Peña",
            address="maria@example.com",
            case="pqrs_id:PQ-1",
            facts={"pqrs_id": "PQ-1", "copropiedad_id": "ph-1", "unit_id": "u-1"},
        )
        == kept.about
    )
    assert "pqrs_id:PQ-1" == kept.thread


async def test_foreign_id_matches_no_message(stores: Stores) -> None:
    assert About() == await stores.replies.about(reply(message_id=uuid4()))
    assert About() == await stores.replies.about_message(uuid4())


async def test_reply_is_matched_by_the_providers_reference(stores: RealStores, of: StoredEvent) -> None:
    one = message(of, channel="whatsapp", address=PHONE)
    token = await stores.begin(one)
    sent = Attempt(
        message_id=one.id, at=now(), outcome="accepted", provider="whatsapp-2", reference="wamid.1"
    )
    await stores.delivery.record(token, [Outcome(message_id=one.id, state=State.SENT, attempts=(sent,))])

    known = reply(provider="whatsapp", in_reply_to="wamid.1", address="+573009999999")
    other = reply(provider="twilio", in_reply_to="wamid.1", address="+573009999999")
    assert one.id == (await stores.replies.about(known)).message_id
    assert About() == await stores.replies.about(other)


async def test_text_answers_the_newest_message_to_its_number(stores: Stores, of: StoredEvent) -> None:
    await texted(stores, of, occasion="older", created_at=now() - timedelta(days=2))
    newest = await texted(stores, of, occasion="newest", created_at=now() - timedelta(days=1))
    await texted(stores, of, occasion="never sent", state=State.FAILED)
    await texted(stores, of, occasion="another's", address="+573007654321")

    assert newest.id == (await stores.replies.about(reply())).message_id


async def test_text_answers_no_message_older_than_a_month(stores: Stores, of: StoredEvent) -> None:
    await texted(stores, of, created_at=now() - timedelta(days=31))

    assert About() == await stores.replies.about(reply())


@pytest.mark.parametrize("name", OF_REPLIES)
async def test_a_reply_to_our_acknowledgement_is_of_the_same_person_and_thread(
    stores: Stores, name: str
) -> None:
    data = {"thread_id": "de-1", "person": "p-maria"}
    thanks = stored(event(name, data=data), case="thread_id:de-1")
    await stores.add_events(thanks)
    await texted(stores, thanks, person="inline:1")
    kept = await take(stores, reply("Gracias"))

    assert ("p-maria", "de-1") == (kept.about.person, kept.thread)


async def test_answer_in_a_conversation_that_has_become_a_case_is_of_that_case(stores: Stores) -> None:
    thanks = stored(event(OF_REPLIES[0], data={"thread_id": "de-2"}), case="thread_id:de-2")
    now_is = {"thread_id": "de-2", "case": "pqrs_id:PQ-1"}
    filed = stored(event(FILED, data=now_is), case="thread_id:de-2")
    await stores.add_events(thanks, filed)
    await texted(stores, thanks, person="inline:1")
    kept = await take(stores, reply("Gracias"))

    assert ("pqrs_id:PQ-1", "pqrs_id:PQ-1") == (kept.about.case, kept.thread)


async def test_the_same_text_twice_is_one_row_and_stays_as_it_was(stores: Stores) -> None:
    given = reply("Primero")
    first = await take(stores, given)
    await stores.replies.mark_published(first.id)
    again = await take(stores, replace(given, text="Otra cosa", at=NOON + timedelta(hours=1)))

    assert replace(first, published=True) == again
    assert event_of(first) == event_of(again)


async def test_files_of_a_reply_are_kept_once_by_their_digest(stores: RealStores, of: StoredEvent) -> None:
    photo = GivenFile(name="gotera.jpg", kind="image/jpeg", content=b"1234")
    page = GivenFile(name="foto.exe", refused="wrong_type")
    one = message(of)
    await stores.add(one)
    given = reply(message_id=one.id, files=(photo, page, photo))
    kept, _, _ = [await take(stores, one) for one in (given, given, reply(files=(photo,)))]
    whole = await stores.contacts.reply(kept.id)
    bytes_of = await stores.database.rows("SELECT content FROM document")

    assert whole is not None
    assert [(1, "gotera.jpg", 4, ""), (2, "foto.exe", None, "wrong_type"), (3, "gotera.jpg", 4, "")] == [
        (file.place, file.name, file.size, file.refused) for file in whole.files
    ]
    assert [b"1234"] == [row["content"] for row in bytes_of]
    here, nothing, elsewhere = [
        await given_files.found(stores.database, kept.id, place, frozenset({at}))
        for place, at in ((1, "ph-1"), (2, "ph-1"), (1, "ph-2"))
    ]
    assert (b"1234", "image/jpeg") == (here and here.content, here and here.kind)
    assert (None, None) == (nothing, elsewhere)


async def test_three_texts_in_a_row_are_acknowledged_once(stores: Stores, of: StoredEvent) -> None:
    await texted(stores, of)
    kept = [await take(stores, reply(text)) for text in ("Buenos días", "¿Ya?", "¿Hola?")]

    assert [True, False, False] == [snapshot.acknowledge for snapshot in kept]


async def test_opt_out_is_confirmed_once_until_its_writer_has_come_back(
    stores: Stores, of: StoredEvent
) -> None:
    mail = message(of, address="maria@example.com", state=State.SENT)
    other = message(of, address="maria@example.com", state=State.SENT, occasion="other", person="p-2")
    await stores.add(mail)
    await stores.add(other)
    by_mail = {"channel": "email", "address": "maria@example.com"}
    texts = [
        reply(words, **by_mail, message_id=about)
        for words, about in (
            ("BAJA", mail.id),
            ("No me escriban más", mail.id),
            ("unsubscribe", other.id),
            ("INICIAR", mail.id),
            ("BAJA", mail.id),
            ("BAJA", mail.id),
        )
    ]
    kept = [await take(stores, text) for text in texts]

    assert [True, False, False, True, True, False] == [one.acknowledge for one in kept]


async def test_who_reads_english_is_answered_in_english_also_when_they_write_first(stores: Stores) -> None:
    """Known by the address alone: the reply answers none of our messages."""
    async with stores.intake.transaction() as transaction:
        points = [{"id": "t", "kind": "phone", "value": PHONE}]
        await transaction.apply_directory([person("p-1", contact_points=points, locale="en")])
    kept = [await take(stores, reply(words)) for words in ("stop writing to me", "Is anybody there?")]
    senders = [event_of(one).data["sender"] for one in kept]

    assert ["p-1", None] == [one.about.person for one in kept]
    assert ["en", None] == [sender.get("locale") for sender in senders]
    assert [kept[0]] == [one for one in await stores.timers.unpublished_replies(9) if one.id == kept[0].id]


async def test_who_must_not_be_contacted_gets_no_receipt_but_for_a_call_for_help(
    stores: RealStores,
) -> None:
    """A receipt is transactional, and goes to the address that wrote: the mark is the person's."""
    people = {"p-1": PHONE, "p-2": "+573001112222", "p-3": "+573001112222"}
    async with stores.intake.transaction() as transaction:
        points = {ref: [{"id": "t", "kind": "phone", "value": number}] for ref, number in people.items()}
        await transaction.apply_directory([person(ref, contact_points=points[ref]) for ref in people])
    for ref in ("p-1", "p-2"):
        await stores.preferences.mark(marked(MarkReason.CONTESTED_ACCOUNT, who=ref))
    kept = [await take(stores, reply(words)) for words in ("¿Ya?", "BAJA")]
    shared = await take(stores, reply(address="+573001112222"))
    data = {"emergency_id": "E-1", "kind": "incendio", "contact": "601 555 0199", "instruction": "Salga."}
    declared = stored(event("emergency.declared", data=data, id="e-1"), case="emergency_id:E-1", unit_id=None)
    await stores.add_events(declared)
    await texted(stores, declared, purpose=Purpose.EMERGENCY, audience=1)
    help_asked = await take(stores, reply("Hay humo"))

    assert [False, False] == [one.acknowledge for one in kept]
    assert (True, True) == (shared.acknowledge, kept[1].revokes), "nobody knows who of both has written"
    assert (True, True) == (help_asked.acknowledge, emergency_replies.is_call(help_asked))


async def test_concurrent_texts_make_one_row_each_and_one_acknowledgement(
    stores: RealStores, of: StoredEvent
) -> None:
    await texted(stores, of)
    same = reply("Hola")
    at_once = await asyncio.gather(*(take(stores, same) for _ in range(4)))
    others = await asyncio.gather(*(take(stores, reply(f"¿{number}?")) for number in range(4)))
    page = await stores.contacts.replies(ReplyFilter(), after=None, limit=20)

    assert [at_once[0]] * 4 == at_once
    assert [True] + [False] * 4 == [at_once[0].acknowledge, *(other.acknowledge for other in others)]
    assert 5 == len(page.items)


async def test_autoresponder_with_changing_addresses_is_not_answered_for_ever(
    stores: Stores, of: StoredEvent
) -> None:
    one = await texted(stores, of)
    numbers = [f"+57300111000{number}" for number in range(7)]
    kept = [await take(stores, reply("Recibido", address=number, message_id=one.id)) for number in numbers]

    assert {of.case} == {snapshot.thread for snapshot in kept}
    assert [True] * 5 + [False] * 2 == [snapshot.acknowledge for snapshot in kept]


async def test_another_writer_another_thread_and_another_wish_are_acknowledged(
    stores: Stores, of: StoredEvent
) -> None:
    await texted(stores, of)
    other = reply(channel="email", address="maria@example.com")
    kept = [
        await take(stores, given) for given in (reply(), other, reply("BAJA, señor: ¿sí?"), reply("BAJA"))
    ]

    assert [True] * 4 == [snapshot.acknowledge for snapshot in kept]


async def test_autoresponder_is_neither_acknowledged_nor_published(stores: Stores) -> None:
    kept = await take(stores, reply("SALIR", automatic=True))

    assert (ReplyKind.AUTOMATIC, False, False) == (kept.kind, kept.acknowledge, kept.revokes)
    assert [] == await stores.timers.unpublished_replies(10)


async def test_unpublished_reply_is_found_until_it_is_marked(stores: Stores, of: StoredEvent) -> None:
    await texted(stores, of)
    kept = [await take(stores, reply(text)) for text in ("Uno", "SALIR", "INICIAR")]
    assert kept == await stores.timers.unpublished_replies(10)

    await stores.timers.mark_published(kept[1].id)
    assert [kept[0], kept[2]] == await stores.timers.unpublished_replies(10)
    assert kept[:1] == await stores.timers.unpublished_replies(1)


@pytest.mark.parametrize("text", ["nul \0 inside", "a lone \ud800 surrogate"])
async def test_characters_that_no_database_takes_lose_nothing_else(stores: Stores, text: str) -> None:
    kept = await take(stores, reply(text, subject=text))

    assert text.rsplit(maxsplit=1)[-1] == kept.reply.text.split()[-1]


async def escalated(stores: Stores, **fields: Any) -> tuple[Clock, StoredEvent, Message]:
    """Make a clock, the event that notified its level, and the text of that event."""
    case = fields.pop("case", "pqrs_id:PQ-1")
    name, purpose = fields.pop("name", "pqrs.escalated"), fields.pop("purpose", Purpose.INTERNAL)
    one = clock(case)
    data = {"clock_id": str(one.id), "to_level": fields.pop("level", 2)}
    escalation_event = stored(event(name, data=data), case=case)
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([escalation_event])
        await transaction.save_clocks([one])
    return one, escalation_event, await texted(stores, escalation_event, purpose=purpose, **fields)


async def test_escalations_of_a_number_come_newest_first(stores: Stores) -> None:
    one, _, before = await escalated(stores, created_at=now() - timedelta(hours=2))
    _, _, after = await escalated(stores, level=3, created_at=now() - timedelta(hours=1))
    other, _, newest = await escalated(stores, case="pqrs_id:PQ-2", person="p-2")
    known = await stores.replies.escalations(PHONE)

    assert [(newest.id, "p-2", 2), (after.id, "p-1", 3), (before.id, "p-1", 2)] == [
        (entry.message_id, entry.person, entry.level) for entry in known
    ]
    assert [other, one, one] == [entry.clock for entry in known]


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "+573007654321"},
        {"channel": "email"},
        {"state": State.FAILED},
        {"state": State.QUEUED},
        {"created_at": now() - timedelta(days=31)},
        {"name": "sla.breached"},
        {"purpose": Purpose.TRANSACTIONAL},
    ],
    ids=" ".join,
)
async def test_messages_other_than_escalations_to_the_number_are_left_out(
    stores: Stores, fields: dict[str, Any]
) -> None:
    await escalated(stores, **fields)

    assert [] == await stores.replies.escalations(PHONE)


async def test_text_answers_the_emergency_before_a_newer_message_and_knows_what_it_is_about(
    stores: Stores,
) -> None:
    data = {"emergency_id": "E-1", "kind": "incendio", "contact": "601 555 0199", "instruction": "Salga."}
    of = stored(event("emergency.declared", data=data, id="e-1"), case="emergency_id:E-1", unit_id=None)
    other = stored(event("pqrs.replied", id="e-2"))
    await stores.add_events(of, other)
    asked = {"purpose": Purpose.EMERGENCY, "audience": 1, "units": ("Apto 301",), "address": PHONE}
    declared = await texted(stores, of, created_at=now() - timedelta(hours=1), **asked)
    await texted(stores, other)
    kept = [await take(stores, reply()) for _ in range(6)]
    about = kept[0].about

    assert (declared.id, True, False, ("Apto 301",)) == (
        about.message_id,
        about.emergency,
        about.to_staff,
        about.units,
    )
    assert {"emergency_kind": "incendio", "help_line": "601 555 0199"}.items() <= about.facts.items()
    assert [True] * 5 + [False] == [inbound.acknowledge for inbound in kept]
    assert {"emergency.reply.received"} == {event_of(inbound).name for inbound in kept}
    assert kept == await stores.timers.unpublished_replies(10)


async def test_call_for_help_is_an_escalation_to_the_desk_and_not_to_its_writer(stores: Stores) -> None:
    case = "thread_id:de-1"
    one = clock(case, name="emergency_reply")
    of = stored(event("emergency.reply.received", data={"thread_id": "de-1"}), case=case)
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([of])
        await transaction.save_clocks([one])
    to_desk = await texted(stores, of, purpose=Purpose.EMERGENCY, variant="desk", person="p-desk")
    writer = "+573009990000"
    await texted(stores, of, purpose=Purpose.EMERGENCY, person="p-ana", contact_id="cp-9", address=writer)

    [found] = await stores.replies.escalations(PHONE)
    assert (to_desk.id, "p-desk", 1, one.id) == (
        found.message_id,
        found.person,
        found.level,
        found.clock.id,
    )
    assert [] == list(await stores.replies.escalations(writer))


async def test_text_that_takes_a_case_is_stored_and_answered_each_time(stores: Stores) -> None:
    one, _, text = await escalated(stores)
    about = await stores.replies.about_message(text.id)
    decision = AckDecision(
        outcome=AckOutcome.TAKEN,
        message_id=text.id,
        by="p-1",
        subjects=("PQ-1",),
        clock_id=one.id,
        case=one.case,
        level=2,
        standing=2,
        climbs=True,
    )
    kept = [
        await stores.replies.add(read(reply("TOMO"), about, now=now(), decision=decision)) for _ in range(7)
    ]

    assert [decision] * 7 == [snapshot.taking for snapshot in kept]
    assert [True] * 5 + [False] * 2 == [snapshot.acknowledge for snapshot in kept]
    assert kept == await stores.timers.unpublished_replies(10)


async def test_complaint_is_stored_and_not_published(stores: Stores, of: StoredEvent) -> None:
    one = message(of, state=State.SENT)
    await stores.add(one)
    complaint = Complaint(channel="email", provider="smtp", message_id=one.id, kind="abuse", at=NOON)
    about = await stores.replies.about_message(one.id)
    kept = [await stores.replies.add(complained(complaint, about)) for _ in range(2)]

    assert kept[0] == kept[1]
    assert (ReplyKind.COMPLAINT, True, False, one.address) == (
        kept[0].kind,
        kept[0].revokes,
        kept[0].acknowledge,
        kept[0].reply.address,
    )
    assert [] == await stores.timers.unpublished_replies(10)


async def test_answer_to_the_hubs_question_proves_its_writer(stores: Stores, of: StoredEvent) -> None:
    async def write(about: Message) -> Inbound:
        given = reply(
            "INICIAR", channel="email", address="maria@example.com", authentic=False, message_id=about.id
        )
        return await take(stores, given)

    mail = message(of)
    await stores.add(mail)
    asked = await write(mail)
    question = stored(event_of(asked))
    await stores.add_events(question)
    mail_that_asks = message(question)
    await stores.add(mail_that_asks)
    unpublished = [each.kind for each in await stores.timers.unpublished_replies(10)]
    answered = await write(mail_that_asks)

    assert (ReplyKind.UNPROVEN, [ReplyKind.UNPROVEN]) == (asked.kind, unpublished)
    assert ReplyKind.OPT_IN is answered.kind
