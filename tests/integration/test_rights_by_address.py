"""Rights reach what names a person by address alone, and nothing of whoever shares an address with them."""

import dataclasses
from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.desk.rights.erasing import erase
from hub.errors import KeptByDuty
from hub.inbound.replies import event_of, read
from hub.model import Inbound, Reply
from hub.model.erasures import Duty
from hub.operations.person_export import paper
from hub.operations.person_export.make import make_export
from hub.operations.person_export.schemas import PersonExport
from hub.storage import Database, PostgresErasures, PostgresReplies
from tests.actors import actor
from tests.integration.test_erasures import NOW, about, places_with
from tests.integration.test_evidence import Office
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, email, home, mobile, somebody

HER: Final = "p-77"
HIM: Final = "p-78"
NAME: Final = "Zenaida Quimbayaxyz"
NOW_HERS: Final = "zenaida.hoy@example.com"
ONCE_HERS: Final = "Zenaida.Antes@example.com"
PHONE: Final = "+573019998877"
ONCE_HIS: Final = "casa@example.com"
"""First his, then hers: nobody can tell whose a row is that has only this address."""
OF_BOTH: Final = "pareja@example.com"
EVENTS: Final = 1000


class Home:
    """An office that knows a couple; she has moved from address to address."""

    def __init__(self, office: Office) -> None:
        self.office, self.database = office, office.database
        self.store = PostgresErasures(office.database)

    async def reply(self, address: str, text: str, person: str | None = None) -> Inbound:
        """Keep a reply that answers no message; `person`: staff knows who wrote it."""
        reply = Reply(
            channel="email",
            provider="mail",
            reference=text,
            address=address,
            text=text,
            message_id=None,
            at=MONDAY,
        )
        replies = PostgresReplies(self.database)
        kept = await replies.add(read(reply, await replies.about(reply), now=MONDAY))
        await self.database.rows("UPDATE reply SET person = $1 WHERE text = $2", person, text)
        return kept

    async def converse(self, address: str, text: str, person: str | None = None) -> None:
        """Keep such a reply, and take in the event that it begins a conversation."""
        inbound = await self.reply(address, text, person)
        about_whom = dataclasses.replace(inbound.about, person=person, address=address)
        await self.office.take_in(event_of(dataclasses.replace(inbound, about=about_whom)))
        await self.office.deliver()

    async def petition(self, number: str, minutes: int, **petitioner: Any) -> None:
        """Take in a petition whose writer is named by contacts alone."""
        case = {"pqrs_id": number, "radicado": number.upper(), "copropiedad_id": PLACE, "unit_id": "102"}
        await self.office.take_in(
            about("pqrs.received", minutes, **case, petitioner=petitioner, subject=f"asunto-{number}")
        )
        await self.office.deliver()

    async def survey(self, comment: str, **data: Any) -> None:
        await self.office.take_in(about("survey.answered", 0, comment=comment, score=1, **data))

    async def export(self, person: str = HER) -> PersonExport:
        return await make_export(self.database, "P&T", person, by=actor())

    async def erase(self, person: str = HER) -> None:
        await self.end()
        await erase(actor(), self.store, person, reason="reclamo 14", legal_since=NOW)

    async def end(self) -> None:
        await self.database.rows("UPDATE clock SET ended_at = now(), step_at = '{}' WHERE ended_at IS NULL")
        await self.database.rows("UPDATE reply SET published_at = now()")

    async def seen(self, *words: str) -> set[tuple[str, str]]:
        return {place async for place in places_with(self.database, words)}


@pytest.fixture
async def couple(opened: Database) -> Home:
    office = Office(opened)
    await office.take_in(*town(), home("102", copropiedad=PLACE))
    for version, address in enumerate((ONCE_HERS, ONCE_HIS, NOW_HERS), 1):
        her = somebody(HER, email(address), email(OF_BOTH, id="cp-2"), mobile(PHONE), version=version)
        if address == ONCE_HIS:
            await office.take_in(somebody(HIM, email(ONCE_HIS), email(OF_BOTH, id="cp-2")))
        await office.take_in(replace(her, data={**her.data, "names": NAME}))
        if address == ONCE_HIS:
            await office.take_in(somebody(HIM, email(OF_BOTH), version=2))
    # She moves in an hour: messages of these tests have the clock's time, replies that of their Monday.
    await opened.rows("UPDATE directory_version SET since = now() + interval '1 hour' WHERE version > 1")
    return Home(office)


def _words(export: PersonExport) -> str:
    rows = [cell for part in paper.pages(export)["parts"] for row in part["rows"] for cell in row]
    return "\n".join(rows)


async def test_export_has_what_names_her_by_an_address_that_she_has_or_had(couple: Home) -> None:
    await couple.reply(NOW_HERS, "sin-referencia-hoy")
    await couple.reply(ONCE_HERS.lower(), "sin-referencia-antes")
    await couple.petition("pqrs-80", 1, name="Zeny", email=ONCE_HERS)
    await couple.petition("pqrs-81", 2, name="Z. Quimbaya", email=NOW_HERS, phone="301 999 8877")
    await couple.database.rows(
        "INSERT INTO suppression (address, channel, since, reason, provider, code) "
        "VALUES ($1, 'email', now(), 'gone', 'smtp', '550')",
        ONCE_HERS,
    )
    await couple.database.rows(
        "INSERT INTO opt_out (address, purpose, since, reason) VALUES ($1, 'commercial', now(), 'BAJA')",
        NOW_HERS,
    )
    export = await couple.export()
    answered = {entry.reply.text for entry in export.thread if entry.reply is not None}
    words = _words(export)

    assert {"sin-referencia-hoy", "sin-referencia-antes"} == answered
    assert {ONCE_HERS, NOW_HERS} <= {message.address for message in export.messages}
    assert {"pqrs_id:pqrs-80", "pqrs_id:pqrs-81"} == {case.case for case in export.cases}
    assert [("commercial", False)] == [(line.purpose, line.granted) for line in export.consents]
    assert [(ONCE_HERS, "gone")] == [(line.address, line.reason) for line in export.suppressions]
    assert all(text in words for text in ("sin-referencia-antes", "asunto-pqrs-80", "PQRS-81"))


async def test_export_has_nothing_that_may_be_of_who_shares_an_address(couple: Home) -> None:
    await couple.reply(OF_BOTH, "de-quien-sea")
    await couple.reply(ONCE_HIS, "de-uno-de-los-dos")
    await couple.reply(NOW_HERS, "suyo-de-el", person=HIM)
    await couple.petition("pqrs-82", 1, name="Alguien", email=OF_BOTH)
    await couple.petition("pqrs-83", 2, name="Alguien", email=NOW_HERS, phone="300 111 2233")
    export = await couple.export()

    assert [] == export.messages
    assert [] == export.thread
    assert [] == export.cases


async def test_export_has_nothing_that_came_from_an_address_after_she_had_left_it(couple: Home) -> None:
    """A number is given out again, to people whom the directory does not have."""
    await couple.reply(ONCE_HERS, "de-quien-lo-tiene-ahora")
    await couple.petition("pqrs-80", 1, name="Quien lo tiene ahora", email=ONCE_HERS)
    await couple.database.rows("UPDATE reply SET at = now() + interval '1 day'")
    await couple.database.rows("UPDATE message SET created_at = now() + interval '1 day'")
    await couple.database.rows(
        "INSERT INTO suppression (address, channel, since, reason, provider, code) "
        "VALUES ($1, 'email', now() + interval '1 day', 'gone', 'smtp', '550')",
        ONCE_HERS,
    )
    export = await couple.export()

    assert ([], [], [], []) == (export.messages, export.thread, export.cases, export.suppressions)


async def test_erasure_takes_what_names_her_by_address_alone(couple: Home) -> None:
    await couple.reply(NOW_HERS, "sin-referencia-hoy")
    await couple.reply(ONCE_HERS.lower(), "sin-referencia-antes")
    await couple.petition("pqrs-80", 1, name="Zeny", email=ONCE_HERS)
    await couple.erase()

    gone = "sin-referencia", "asunto-pqrs-80", ONCE_HERS, NOW_HERS, PHONE, NAME, "Zeny"
    assert set() == await couple.seen(*gone)


async def test_erasure_leaves_what_may_be_of_who_shares_an_address(couple: Home) -> None:
    await couple.reply(OF_BOTH, "de-quien-sea")
    await couple.reply(ONCE_HIS, "de-uno-de-los-dos")
    await couple.reply(NOW_HERS, "suyo-de-el", person=HIM)
    await couple.petition("pqrs-82", 1, name="Alguien", email=OF_BOTH)
    await couple.erase()
    left = {row["text"] for row in await couple.database.rows("SELECT text FROM reply")}

    assert {"de-quien-sea", "de-uno-de-los-dos", "suyo-de-el"} == left
    assert {("event", "data"), ("party", "recipients")} <= await couple.seen("asunto-pqrs-82", OF_BOTH)


async def test_opt_out_of_somebody_else_at_her_address_stands(couple: Home) -> None:
    for purpose, person in (("commercial", HIM), ("survey", None)):
        await couple.database.rows(
            "INSERT INTO opt_out (address, purpose, since, person, reason) "
            "VALUES ($1, $2, now(), $3, 'BAJA')",
            NOW_HERS,
            purpose,
            person,
        )
    await couple.erase()

    assert [HIM] == [row["person"] for row in await couple.database.rows("SELECT person FROM opt_out")]


async def test_address_of_both_goes_with_the_last_of_them(couple: Home) -> None:
    await couple.reply(OF_BOTH, "de-quien-sea")
    await couple.petition("pqrs-82", 1, name="Alguien", email=OF_BOTH)
    await couple.erase()
    await couple.erase(HIM)

    assert set() == await couple.seen("de-quien-sea", "asunto-pqrs-82", OF_BOTH)


async def test_open_case_that_she_opened_as_a_stranger_is_answered_first(couple: Home) -> None:
    await couple.petition("pqrs-80", 1, name="Zeny", email=ONCE_HERS)

    assert [Duty.CASE] == list(await couple.store.duties(HER))
    with pytest.raises(KeptByDuty, match="caso abierto"):
        await erase(actor(), couple.store, HER, reason="x", legal_since=NOW)


async def test_open_case_of_a_longer_address_is_not_hers(couple: Home) -> None:
    await couple.petition("pqrs-80", 1, name="Otra", email=f"otra.{ONCE_HERS}")

    assert [] == list(await couple.store.duties(HER))


@pytest.mark.parametrize("who", [{"person_id": HER}, {}], ids=["hers", "anonymous but signed"])
async def test_signed_comment_of_a_survey_leaves_the_clock_that_waits_with_it(
    couple: Home, who: dict[str, str]
) -> None:
    await couple.survey(f"Nadie llamó. {NAME}", **who)
    before = await couple.seen("Nadie llamó")
    await couple.erase()

    assert {("event", "data"), ("clock", "context")} == before
    assert set() == await couple.seen("Nadie llamó", NAME)
    [clock] = await couple.database.rows("SELECT context FROM clock")
    assert "comment" not in clock["context"]
    assert 1 == clock["context"]["score"]


async def test_clock_whose_events_are_dropped_loses_her_words(couple: Home) -> None:
    await couple.survey("Nadie llamó.", person_id=HER)
    await couple.database.rows("DELETE FROM event")
    await couple.erase()

    assert set() == await couple.seen("Nadie llamó")


async def test_conversation_that_she_began_from_an_address_of_both_goes(couple: Home) -> None:
    await couple.converse(OF_BOTH, "mis-palabras", person=HER)
    before = await couple.seen("mis-palabras")
    await couple.erase()

    assert {("event", "data"), ("clock", "context"), ("reply", "text")} <= before
    assert set() == await couple.seen("mis-palabras")


async def test_conversation_without_reference_from_her_address_goes(couple: Home) -> None:
    await couple.converse(ONCE_HERS, "mis-palabras")
    before = await couple.seen("mis-palabras")
    await couple.erase()

    assert {("event", "data"), ("clock", "context"), ("reply", "text")} <= before
    assert set() == await couple.seen("mis-palabras", ONCE_HERS)


@pytest.mark.parametrize(("address", "person"), [(NOW_HERS, HIM), (OF_BOTH, None)])
async def test_conversation_of_somebody_else_stays(couple: Home, address: str, person: str | None) -> None:
    await couple.converse(address, "palabras-de-otro", person=person)
    before = await couple.seen("palabras-de-otro")
    await couple.erase()

    assert before == await couple.seen("palabras-de-otro")


async def test_letter_to_a_stranger_at_her_address_loses_its_name_also_when_it_is_empty(couple: Home) -> None:
    await couple.petition("pqrs-80", 1, name=NAME, email=NOW_HERS)
    # The letter of the cascade has the reference in place of an address; its words may be gone already.
    await couple.database.rows(
        "INSERT INTO letter (id, person, event, name, subject, text, html) "
        "SELECT id, person, event, name, '', '', '' FROM message WHERE address = $1",
        NOW_HERS,
    )
    await couple.database.rows(
        "UPDATE message SET channel = 'letter', address = person WHERE address = $1", NOW_HERS
    )
    before = await couple.seen(NAME)
    await couple.erase()

    assert {("letter", "name"), ("message", "name")} <= before
    assert set() == await couple.seen(NAME)
