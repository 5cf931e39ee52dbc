"""From a mail that left to the page behind its link and the own page, on PostgreSQL."""

import asyncio
import dataclasses
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from hub.desk.rights.erasing import EVENTS, erase, go_on
from hub.inbound.process_reply import take_reply
from hub.model import Reply
from hub.model.given_files import GivenFile
from hub.model.ids import event_key
from hub.model.residents import ResidentCode, ResidentMessage, ResidentSession
from hub.operations.evidence.remake import Finding
from hub.operations.residents.acts import petition_of, places_shown
from hub.operations.residents.not_answered import Climb, climb
from hub.operations.residents.own_file import own_file
from hub.storage import (
    Database,
    PostgresErasures,
    PostgresEvidence,
    PostgresReplies,
    PostgresResidentAccess,
    PostgresResidents,
    given_files,
)
from hub.testing import MemoryPublisher
from tests.actors import actor
from tests.integration.test_evidence import ENVIRON, Office, remade
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_resident_sign_in import cookies_of, csrf, look, send
from tests.integration.web_doubles import POLICY, World, ask
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import SCHEMAS, email, event, member, mobile, somebody

HUB: Final = "https://hub.example.co"
RADICADO: Final = "PQ-2026-000123"
SUBJECT: Final = "Copia del acta"
DAY: Final = timedelta(days=1)


@pytest.fixture
async def office(opened: Database) -> Office:
    """An office that has sent the receipt of a petition."""
    made = Office(opened)
    petition = {
        "copropiedad_id": PLACE,
        "radicado": RADICADO,
        "petitioner": {"ref": "p-maria"},
        "subject": SUBJECT,
    }
    said = {"subject_id": "p-maria", "purposes": ["commercial"], "text_version": "2026-02", "method": "web"}
    await made.take_in(*town(), event("privacy.consent.granted", said), event("pqrs.received", petition))
    await made.deliver()
    return made


def world_of(office: Office) -> World:
    settings = {"HUB_TRUSTED_PROXIES": "127.0.0.1"}
    world = World(database=office.database, environ={**GUARDED, **ENVIRON, **settings})
    world.residents = PostgresResidents(office.database)  # type: ignore[assignment]
    world.resident_access = PostgresResidentAccess(office.database)  # type: ignore[assignment]
    return world


def mail_to_maria(office: Office) -> tuple[UUID, str]:
    """Return the mail's id and the link at its foot."""
    [sent] = [
        outgoing
        for outgoing in office.email.sent
        if outgoing.message.person == "p-maria" and outgoing.message.event == "pqrs.received"
    ]
    [link] = re.findall(r"Ver este mensaje y su caso: (\S+)", sent.rendered.text)
    assert f'href="{link}"' in sent.rendered.html
    return sent.message.id, link.removeprefix(HUB)


async def test_mail_leads_to_its_own_words_and_the_promises_of_its_case(office: Office) -> None:
    _, link = mail_to_maria(office)
    text = (await ask(world_of(office), link)).text

    for said in (RADICADO, "Primera respuesta", "PQRS recibida", "Es el mismo texto que le enviamos."):
        assert said in text
    assert "/mi/A" not in re.sub(r"<a href=\"/mi/\S+/entrar\">", "", text)


async def test_page_of_a_message_that_was_taken_back_says_so(office: Office) -> None:
    mail, link = mail_to_maria(office)
    said = (await PostgresEvidence(office.database).said(mail)) or pytest.fail("not kept")
    before = (await ask(world_of(office), link)).text
    taken_back = {"source": said.source, "id": said.message.event_id, "reason": "fue un error"}
    right = {"correction_markdown": "La cita es a **las 4**."}
    await office.take_in(event("notification.recall", {**taken_back, **right}))

    assert "Lo retiramos" not in before
    after = (await ask(world_of(office), link)).text
    assert "Lo retiramos el" in after
    assert "La cita es a las 4." in after
    assert (0, 2) == (before.count("<s>"), after.count("<s>"))
    told = await own_file(PostgresResidents(office.database), POLICY.calendar, "p-maria", office.clock())
    assert told is not None
    assert {True, False} == {line.recalled for line in told.sent}


async def test_mail_to_staff_has_no_such_link(office: Office) -> None:
    staff = [one.rendered.text for one in office.email.sent if one.message.purpose.value == "internal"]

    assert not [text for text in staff if "Ver este mensaje y su caso" in text]


async def test_own_page_shows_messages_data_and_consents(office: Office) -> None:
    store = PostgresResidents(office.database)
    shown = await own_file(store, POLICY.calendar, "p-maria", office.clock())

    assert shown is not None
    assert [SUBJECT] == [case.subject for case in shown.cases]
    [told] = [line for line in shown.sent if line.what == "PQRS recibida"]
    assert (SUBJECT, True) == (told.subject, told.how.startswith("por correo"))
    assert [RADICADO] == [case.number for case in shown.cases]
    assert ["Ofertas"] == [one.what for one in shown.consents if one.granted]
    assert {"commercial": True, "survey": False}.items() <= {
        stance.purpose: stance.granted for stance in shown.stances
    }.items()
    assert shown.contacts
    assert None is await store.file("p-nobody")


async def test_matter_has_what_the_person_and_staff_said_and_nothing_of_others(office: Office) -> None:
    mail, _ = mail_to_maria(office)
    case = event("pqrs.received").data["pqrs_id"]
    replied = {**event("pqrs.replied").data, "pqrs_id": case, "petitioner": {"ref": "p-maria"}}
    await office.take_in(event("pqrs.replied", {**replied, "summary": "El plomero va el lunes."}))
    await office.deliver()
    replies, now = PostgresReplies(office.database), office.clock()
    for number, address in enumerate(("maria@example.com", "vecina@example.com")):
        reply = Reply(
            channel="email",
            provider="page",
            reference=str(number),
            address=address,
            text=f"Escribe {address}",
            at=now,
            message_id=mail,
        )
        await take_reply(reply, store=replies, publisher=MemoryPublisher(), now=now)
    store = PostgresResidents(office.database)
    talk, other = [await store.talk(person, f"pqrs_id:{case}") for person in ("p-maria", "p-luis")]

    assert {"El plomero va el lunes.", "Escribe maria@example.com"} == {said.words for said in talk.said}
    assert ((), None) == (tuple(other.said), other.way)
    assert talk.way is not None
    assert "maria@example.com" == talk.way.address


async def test_petition_of_the_page_is_a_matter_of_it_with_its_terms(office: Office) -> None:
    store = PostgresResidents(office.database)
    held = await store.file("p-maria")
    assert held is not None
    where = next(iter(places_shown(held.places)))
    asked = petition_of(held, "queja", "Ruido en el 704", place=where, form="1", now=office.clock())
    SCHEMAS.check(asked, now=office.clock())
    photo = GivenFile(name="pared.jpg", kind="image/jpeg", content=b"1234")
    await given_files.keep(office.database, event_key(asked), [photo], person="p-maria")
    await office.take_in(asked)
    await office.deliver()
    shown = await own_file(store, POLICY.calendar, "p-maria", office.clock())

    talk = await store.talk("p-maria", f"pqrs_id:{asked.data['radicado']}")
    assert shown is not None
    assert [["pared.jpg"]] == [words.files for words in talk.said]
    [case] = [case for case in shown.cases if case.number == asked.data["radicado"]]
    # Ley 1755 de 2015, art. 14: the term of law runs.
    assert ("Ruido en el 704", True) == (
        case.subject,
        "Término legal de respuesta" in [one.what for one in case.promises],
    )


async def test_list_of_what_was_sent_goes_on_after_a_message(office: Office) -> None:
    store = PostgresResidents(office.database)
    every = await store.sent("p-maria", after=None, limit=50)
    pages = [await store.sent("p-maria", after=None, limit=1)]
    while pages[-1]:
        pages.append(await store.sent("p-maria", after=pages[-1][-1].id, limit=1))

    assert [one.id for one in every] == [one.id for page in pages for one in page]


async def test_store_knows_which_levels_of_the_case_somebody_holds(office: Office) -> None:
    mail, _ = mail_to_maria(office)
    await office.take_in(
        somebody("p-jefa", email("jefa@example.com")),
        member("p-jefa", "company", "staff", duty="coordinator", level=2),
    )
    store = PostgresResidents(office.database)
    found = await store.message(mail)

    assert found is not None
    [clock] = [clock for clock in found.clocks if clock.name == "first_reply"]
    assert {2} == set(await store.held_levels(clock, [2, 3]))
    assert None is await store.message(uuid4())


async def test_level_that_was_told_early_is_found_among_the_events_of_the_case(office: Office) -> None:
    mail, _ = mail_to_maria(office)
    store, publisher, now = PostgresResidents(office.database), MemoryPublisher(), office.clock()
    before = overdue(await store.message(mail), now)
    assert Climb.CLIMBED == await climb(before, store=store, publisher=publisher, now=now)
    await office.take_in(*publisher.events)

    after = overdue(await store.message(mail), now)
    assert Climb.TOLD == await climb(after, store=store, publisher=publisher, now=now)


def overdue(found: ResidentMessage | None, now: datetime) -> ResidentMessage:
    """Return the message as if its promises had just been missed."""
    assert found is not None
    late = [dataclasses.replace(clock, due_at=now - DAY) for clock in found.clocks]
    return dataclasses.replace(found, clocks=late)


async def verify(office: Office) -> None:
    """Let the directory say that Maria's contacts are hers."""
    await office.database.rows(
        """
        UPDATE person SET contact_points = (
            SELECT jsonb_agg(point || '{"verified": true}') FROM jsonb_array_elements(contact_points) AS point
        ) WHERE id = 'p-maria'
        """
    )


async def test_code_opens_the_own_page_of_the_recipient(office: Office) -> None:
    await verify(office)
    (mail, link), world = mail_to_maria(office), world_of(office)
    asked = await send(world, f"{link}/entrar", {}, contact="0")
    waiting = cookies_of(asked)
    code = await _code_of(world, office)
    page = await look(world, "/mi", waiting)
    entered = await send(world, "/mi", waiting, action="code", code=code, csrf=csrf(page.text))
    opened = cookies_of(entered, waiting)
    own = (await look(world, "/mi", opened)).text

    assert RADICADO in own
    assert "Es el mismo texto que le enviamos." in (await look(world, f"/mi/mensajes/{mail}", opened)).text


async def _code_of(world: World, office: Office) -> str:
    """Take the event in, and read the code in the mail or text that leaves."""
    # The office's clock stands in March.
    await office.take_in(replace(world.publisher.events[-1], time=office.clock()))
    await office.deliver()
    sent = [one for channel in office.channels.values() for one in channel.sent]
    [text] = [one.rendered.text for one in sent if one.message.event == "resident.code.requested"]
    [code] = re.findall(r"\b\d{6}\b", text)
    rows = await office.database.rows(
        "SELECT concat((SELECT string_agg(event::text, '') FROM event),"
        " (SELECT string_agg(attempt::text, '') FROM attempt),"
        " (SELECT string_agg(message::text, '') FROM message)) AS everything"
    )
    assert f"es {code}" not in rows[0]["everything"]
    assert f'"code": "{code}"' not in rows[0]["everything"]
    return str(code)


def code(number: int, world: World, *, person: str = "p-1") -> ResidentCode:
    now = world.now()
    return ResidentCode(
        hash=bytes([number]) * 32,
        person=person,
        digest="d",
        shown="al correo m***@e***.co",
        created_at=now,
        ends_at=now + timedelta(minutes=10),
    )


async def test_links_of_an_erased_person_show_and_send_nothing_of_hers(office: Office) -> None:
    await verify(office)
    (_, link), world = mail_to_maria(office), world_of(office)
    waiting = cookies_of(await send(world, f"{link}/entrar", {}, contact="0"))
    code = await _code_of(world, office)
    page = await look(world, "/mi", waiting)
    opened = cookies_of(
        await send(world, "/mi", waiting, action="code", code=code, csrf=csrf(page.text)), waiting
    )
    before = len(world.publisher.events)
    await erase_maria(office)

    shown, asked = await ask(world, link), await send(world, f"{link}/entrar", {}, contact="0")
    own = await look(world, "/mi", opened)
    for text in (shown.text, asked.text, own.text):
        assert not [
            hers for hers in ("María", "maria@", "Es el mismo texto que le enviamos.") if hers in text
        ]
        assert "Cerrar mi página" not in text
    assert before == len(world.publisher.events)


async def erase_maria(office: Office) -> None:
    """Erase her to the end, as operators and the timer do."""
    await office.database.rows("UPDATE membership SET removed = true WHERE person_id = 'p-maria'")
    await office.database.rows("UPDATE clock SET ended_at = now(), step_at = '{}' WHERE ended_at IS NULL")
    store, since = PostgresErasures(office.database), datetime(2100, 1, 1, tzinfo=UTC)
    await erase(actor(), store, "p-maria", reason="reclamo 14", legal_since=since)
    await store.sweep(EVENTS, since)
    erasure = await store.erasure("p-maria")
    assert erasure is not None
    assert await go_on(store, erasure, legal_since=since)


async def test_however_many_ask_at_once_a_person_gets_the_codes_of_a_day(opened: Database) -> None:
    store, world = PostgresResidentAccess(opened), World()
    since = world.now() - DAY
    added = await asyncio.gather(*(store.add_code(code(n, world), most=3, since=since) for n in range(8)))

    assert 3 == sum(added)
    assert await store.add_code(code(9, world, person="p-2"), most=3, since=since)


async def test_code_that_was_entered_is_not_one_of_the_day(opened: Database) -> None:
    store, world = PostgresResidentAccess(opened), World()
    since, now = world.now() - DAY, world.now()
    sent = code(1, world)
    await store.add_code(sent, most=1, since=since)
    assert not await store.add_code(code(2, world), most=1, since=since)

    session = ResidentSession(hash=b"s" * 32, person="p-1", created_at=now, ends_at=now + DAY)
    assert await store.open_session(sent, session)
    assert await store.add_code(code(2, world), most=1, since=since)


async def test_however_many_try_at_once_a_code_takes_five_tries_and_opens_once(opened: Database) -> None:
    store, world = PostgresResidentAccess(opened), World()
    sent = code(1, world)
    await store.add_code(sent, most=5, since=world.now() - DAY)
    tried = await asyncio.gather(*(store.try_code(sent.hash, most=5, now=world.now()) for _ in range(9)))
    sessions = [
        ResidentSession(
            hash=bytes([number]) * 32, person="p-1", created_at=world.now(), ends_at=world.now() + DAY
        )
        for number in range(4)
    ]
    opened_once = await asyncio.gather(*(store.open_session(sent, session) for session in sessions))

    assert 5 == len([found for found in tried if found is not None])
    assert 1 == sum(opened_once)
    assert 1 == len([session for session in sessions if await store.session(session.hash)])


async def test_session_that_ended_is_gone(opened: Database) -> None:
    store, world = PostgresResidentAccess(opened), World()
    sent = code(1, world)
    await store.add_code(sent, most=5, since=world.now() - DAY)
    session = ResidentSession(hash=b"s" * 32, person="p-1", created_at=world.now(), ends_at=world.now() + DAY)
    assert await store.open_session(sent, session)
    assert session == await store.session(session.hash)
    await store.end_session(session.hash)

    assert None is await store.session(session.hash)


async def test_text_with_its_link_is_made_again_after_the_policy_says_otherwise(
    opened: Database, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[residents]\nsms = "always"\nwhatsapp = ["all"]\n')
    office = Office(opened, {**ENVIRON, "HUB_POLICY": str(policy)})
    await office.take_in(*town(), somebody("p-luis", mobile("+573001112233")))
    petition = {"copropiedad_id": PLACE, "radicado": RADICADO, "petitioner": {"ref": "p-luis"}}
    await office.take_in(event("pqrs.received", petition))
    await office.deliver()
    [text] = [sent for sent in office.channels["sms"].sent if sent.message.person == "p-luis"]
    policy.write_text('[residents]\nsms = "never"\n')
    later = Office(opened, {**ENVIRON, "HUB_POLICY": str(policy)})
    found = await remade(later.database, text.message.id)
    [row] = await opened.rows(
        "SELECT facts->>'own_page' AS link, pg_column_size(facts->>'own_page') AS cost FROM attempt "
        "WHERE message_id = $1 AND facts IS NOT NULL",
        text.message.id,
    )

    assert Finding.SAME is found.finding
    assert found.content == office.left[text.message.id]
    assert text.rendered.text.endswith(f" Ver: {row['link']}")
    assert 80 > row["cost"]
