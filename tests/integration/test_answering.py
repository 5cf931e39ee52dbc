"""Office *Operación* answers a mail, and a WhatsApp that belongs to nothing; and it writes first."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from hub.desk.cases import answering
from hub.desk.cases.rows import FirstWordBody, WrittenBody
from hub.doors.operator import Operator
from hub.errors import ChannelClosed, NoSuch
from hub.inbound.replies import read
from hub.model import About, Reply, Scope, StoredEvent
from hub.model.casework import ReplyState
from hub.storage import Database, PostgresDelivery, PostgresReplies
from hub.testing import MemoryPublisher
from tests.contract.stores import stores_in
from tests.contract.values import message, now, stored
from tests.operators import operator
from tests.unit.factories import event

HERE: Final = "ph-1"
PHONE: Final = "+573001234567"
WORDS: Final = WrittenBody(words="La llave está en la portería.", form="f")


def office(database: Database, *places: str) -> tuple[Operator, MemoryPublisher]:
    """Sign in as somebody of *Operación*: of these copropiedades, or of all."""
    sent = MemoryPublisher()
    reach = {scope: frozenset(places) or None for scope in (Scope.READ, Scope.OPERATE)}
    return operator(database, "account:ana", reach, publisher=sent), sent


async def wrote(database: Database, *, hours: float = 1, about: About = About(), **fields: Any) -> UUID:  # noqa: B008 - frozen
    """Take in what somebody wrote some hours ago."""
    given = Reply(
        text="¿Dónde dejaron la llave?",
        provider="test",
        at=now() - timedelta(hours=hours),
        **{"channel": "email", "address": "vecina@example.com", "reference": "<CAF1@mail.example>", **fields},
    )
    kept = await PostgresReplies(database).add(read(given, about, now=now()))
    return kept.id


async def circular(database: Database) -> StoredEvent:
    """Store a circular of the building, which somebody answers."""
    of = stored(event("admin.circular.issued", {"circular_id": "c-1"}), copropiedad_id=HERE)
    await stores_in(database).add_events(of)
    return of


async def test_mail_that_answers_a_circular_is_answered_by_who_operates_there(opened: Database) -> None:
    one = message(await circular(opened), person="p-1", channel="email", address="vecina@example.com")
    await PostgresDelivery(opened).add_messages([one])
    reply_id = await wrote(opened, about=About(message_id=one.id, person="p-1", case="circular_id:c-1"))
    by, sent = office(opened, HERE)
    elsewhere, _ = office(opened, "ph-2")

    with pytest.raises(NoSuch):
        await answering.answer_reply(elsewhere, reply_id, WORDS)
    done = await answering.answer_reply(by, reply_id, WORDS)

    [said] = sent.events
    assert (done.event_id, "support.written", "email") == (said.id, said.name, said.data["channel"])
    assert "<CAF1@mail.example>" == said.data["mail_reference"]
    assert {"name": "Remitente", "email": "vecina@example.com"} == said.data["recipient"]
    settled = await by.stores.contacts.reply(reply_id, by.places)
    assert settled is not None
    assert ReplyState.ANSWERED is settled.state
    [noted] = await opened.rows("SELECT who, action FROM audit WHERE action = 'case.reply'")
    assert ("account:ana", "case.reply") == tuple(noted)


async def test_whatsapp_that_belongs_to_nothing_is_answered_for_a_day(opened: Database) -> None:
    fresh = await wrote(opened, channel="whatsapp", address=PHONE, reference="wamid.1")
    stale = await wrote(opened, hours=25, channel="whatsapp", address="+573009999999", reference="wamid.2")
    by, sent = office(opened)

    await answering.answer_reply(by, fresh, WORDS)
    with pytest.raises(ChannelClosed, match="more than 24 hours"):
        await answering.answer_reply(by, stale, WORDS)
    await answering.answer_reply(by, stale, WrittenBody(words="Por aquí.", channel="sms"))

    chat, text = sent.events
    assert ("whatsapp", PHONE) == (chat.data["channel"], chat.data["recipient"]["phone"])
    assert chat.data["window_until"] > now().isoformat()
    assert ("sms", "+573009999999") == (text.data["channel"], text.data["recipient"]["phone"])


async def test_staff_writes_first_to_a_person_about_a_copropiedad_of_theirs(opened: Database) -> None:
    person = {
        "person_id": "p-1",
        "name": "María Peña",
        "contact_points": [{"id": "m", "kind": "email", "value": "maria@example.com", "verified": True}],
        "version": 1,
    }
    by, sent = office(opened)
    await by.stores.directory.write(event("directory.person.upserted", person))

    body = FirstWordBody(words="Su paquete llegó.", copropiedad=HERE, subject="Paquete")
    done = await answering.write_to_person(by, "p-1", body)
    with pytest.raises(NoSuch):
        await answering.write_to_person(office(opened, "ph-2")[0], "p-1", body)

    [said] = sent.events
    assert ("email", {"ref": "p-1"}, "Paquete") == tuple(
        said.data[field] for field in ("channel", "recipient", "subject")
    )
    assert done.case == f"thread_id:{said.data['thread_id']}"
