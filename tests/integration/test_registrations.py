"""What staff registers: its number, its event, and who may."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest

from hub.desk.cases.acts import file_conversation
from hub.desk.cases.colleagues import withdraw_note
from hub.desk.cases.files import open_file
from hub.desk.cases.heard import add_to_case
from hub.desk.cases.rows import FiledBody, HeardBody
from hub.desk.registrations import acts
from hub.desk.registrations.kinds import KINDS
from hub.desk.registrations.rows import AlikeQuery, RegisterBody, RegistrationsQuery
from hub.doors.operator import Operator
from hub.errors import BrokerUnavailable, InvalidDocument, InvalidEvent, NoSuch, ScopeNeeded
from hub.model import Event, Scope
from hub.model.registrations import KindWord
from hub.operations.cases import lookup
from hub.storage import PostgresRadicados
from hub.storage.database import Database
from hub.testing import MemoryPublisher
from hub.timers.row_work import publish_registrations
from tests.contract.values import copropiedad, membership, person, unit
from tests.integration.working_hub import WorkingHub
from tests.operators import operator
from tests.unit.factories import MONDAY, event
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

INES: Final = "p-ines"
PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SAID: Final[dict[KindWord, dict[str, Any]]] = {
    KindWord.PQRS: {"kind": "queja", "subject": "El ascensor se queda entre pisos"},
    KindWord.REPAIR: {"category": "gotera", "priority": "alta", "description": "Gotea la cocina"},
    KindWord.VISIT: {"visitor": "Luis", "purpose": "obras", "starts_at": "2030-03-18T10:00:00-05:00"},
    KindWord.PACKAGE: {"carrier": "Servientrega"},
    KindWord.INCIDENT: {"kind": "daño", "occurred_at": "2026-03-09T06:50:00-05:00"},
    KindWord.COUNTER: {"kind": "carta", "subject": "Pide el paz y salvo"},
    KindWord.PROMISE: {"amount_cop": 385000, "promised_for": "2026-12-20"},
    KindWord.CONSENT: {"purposes": ["survey"], "text_version": "2026-02"},
}


@pytest.fixture
async def settled(opened: Database) -> Database:
    """Two buildings, and Inés in the first."""
    history = operator(opened).stores.directory
    for entry in (
        *(copropiedad(place) for place in ("ph-1", "ph-2")),
        unit("u-302", tower="1", label="302"),
        person(INES),
        membership(INES, "unit:u-302", "owner"),
    ):
        await history.write(entry)
    return opened


def body(kind: KindWord = KindWord.PQRS, **more: Any) -> RegisterBody:
    named = {} if kind in {KindWord.VISIT, KindWord.PACKAGE} else {"ref": INES}
    where = {"copropiedad": "ph-1"} if kind is KindWord.VISIT else {"unit": "u-302"}
    return RegisterBody(**{"kind": kind, "data": SAID[kind], **named, **where, **more})


def told(by: Operator) -> list[Event]:
    assert isinstance(by.stores.publisher, MemoryPublisher)
    return by.stores.publisher.events


def hub_of(database: Database) -> WorkingHub:
    return WorkingHub(database, cast(Any, SimpleNamespace(now=lambda: MONDAY)))


async def last(database: Database) -> int:
    [row] = await database.rows("SELECT coalesce(sum(last), 0) AS last FROM radicado_series")
    return int(row["last"])


@pytest.mark.parametrize("kind", KindWord)
async def test_each_kind_becomes_its_event_with_its_number(settled: Database, kind: KindWord) -> None:
    by, declared = operator(settled), KINDS[kind]
    row = await acts.register(by, body(kind, file=PDF if kind is KindWord.CONSENT else b""))
    [made] = told(by)

    year = datetime.now(UTC).year
    assert (f"{declared.series}-{year}-000001", "ph-1", False) == (
        row.radicado,
        row.copropiedad_id,
        row.waits,
    )
    assert declared.event == made.name
    assert {f"{row.radicado}@ph-1"} >= {made.data[name] for name in declared.numbered}
    assert {row.radicado} >= {made.data[name] for name in declared.plain}
    [stored] = await settled.rows("SELECT event FROM registration")
    assert stored["event"] is None


async def test_the_same_form_twice_is_one_number(settled: Database) -> None:
    by = operator(settled)
    both = await asyncio.gather(*(acts.register(by, body(form="f-1")) for _ in range(2)))
    other = await acts.register(operator(settled, who="cli:luz"), body(form="f-1"))

    assert both[0].radicado == both[1].radicado
    assert 1 == len({(one.source, one.id) for one in told(by)})
    # A form is its sender's: nobody learns by its name what somebody else has registered.
    assert other.radicado != both[0].radicado


async def test_a_refused_form_takes_no_number(settled: Database) -> None:
    by = operator(settled)
    with pytest.raises(InvalidEvent):
        await acts.register(by, body(data={"kind": "queja"}))
    with pytest.raises(InvalidEvent, match="petitioner"):
        await acts.register(by, body(data={**SAID[KindWord.PQRS], "petitioner": {"ref": "p-otra"}}))
    with pytest.raises(InvalidDocument):
        await acts.register(by, body(file=b"#!/bin/sh"))
    with pytest.raises(InvalidDocument):
        await acts.register(by, body(KindWord.CONSENT))

    assert ([], 0) == (told(by), await last(settled))
    assert not await settled.rows("SELECT FROM audit")


@pytest.mark.parametrize(("at", "year"), [("2027-01-01T04:59:59", 2026), ("2027-01-01T05:00:00", 2027)])
async def test_the_year_is_that_of_bogota(settled: Database, at: str, year: int) -> None:
    by = operator(settled, now=lambda: datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert f"PQ-{year}-000001" == (await acts.register(by, body())).radicado


async def test_numbers_of_many_at_once_have_no_gap_where_some_fail(settled: Database) -> None:
    """The sibling of `tests/chaos/test_radicados.py`, in one process."""
    done = await asyncio.gather(*(acts.register(operator(settled), body()) for _ in range(30)))
    with pytest.raises(InvalidEvent):
        await acts.register(operator(settled), body(data={}))
    more = await acts.register(operator(settled), body())

    assert list(range(1, 31)) == sorted(int(row.radicado[-6:]) for row in done)
    assert more.radicado.endswith("000031")


async def test_without_a_broker_it_has_its_number_and_the_timers_tell_it(settled: Database) -> None:
    by = operator(settled)
    publisher = by.stores.publisher
    assert isinstance(publisher, MemoryPublisher)
    publisher.faults.script("event", BrokerUnavailable("away"))
    row = await acts.register(by, body())
    timers = timers_of(memory_hub(MONDAY), radicados=PostgresRadicados(settled), publisher=publisher)

    assert row.waits
    await publish_registrations(timers)
    # Whoever registers it may still be about to publish it.
    assert [] == publisher.events
    await settled.rows("UPDATE registration SET at = at - interval '5 s'")
    await publish_registrations(timers)
    await publish_registrations(timers)
    assert [row.radicado] == [one.data["radicado"] for one in publisher.events]
    assert not (await acts.show_registration(by, row.id)).waits


async def test_two_buildings_may_have_one_number_and_a_search_shows_both(settled: Database) -> None:
    by = operator(settled, now=lambda: MONDAY)
    world = hub_of(settled)
    rows = [await acts.register(by, body()), await acts.register(by, body(unit=None, copropiedad="ph-2"))]
    await world.take_in(*told(by))

    assert 1 == len({row.radicado for row in rows})
    found = await lookup.find(by.stores.cases, rows[0].radicado)
    assert {f"pqrs_id:{rows[0].radicado}@{place}" for place in ("ph-1", "ph-2")} == {
        one.case for one in found
    }
    alike = await acts.find_alike(by, AlikeQuery(copropiedad="ph-1", words="Otra vez el ASCENSOR"))
    assert [f"pqrs_id:{rows[0].radicado}@ph-1"] == [one.case for one in alike.items]


async def test_what_is_the_same_joins_the_open_case_with_its_documents_and_takes_no_number(
    settled: Database,
) -> None:
    hub, by = hub_of(settled), operator(settled, now=lambda: MONDAY)
    row = await acts.register(by, body())
    await hub.take_in(*told(by))
    said = HeardBody(words="Sigue entre pisos", ref=INES, file=PDF, file_name="foto.pdf", form="f-1")
    joined = [await add_to_case(by, row.radicado, said) for _ in range(2)]
    [note] = await settled.rows("SELECT * FROM case_note")
    file = await open_file(by, note["id"], 1)

    assert [note["id"]] * 2 == [one.id for one in joined]
    assert f"Name of {INES}\nSigue entre pisos" == note["words"]
    assert (f"pqrs_id:{row.radicado}@ph-1", f"note:{note['id']}") == (note["case_key"], file.subject)
    assert (PDF, "foto.pdf", INES) == (file.content, file.name, file.person)
    assert (1, 1) == (await last(settled), len(told(by)))
    await withdraw_note(by, row.radicado, note["id"])
    with pytest.raises(NoSuch):
        await open_file(by, note["id"], 1)


async def test_who_or_what_is_of_another_building_joins_no_case(settled: Database) -> None:
    hub, by = hub_of(settled), operator(settled, now=lambda: MONDAY)
    row = await acts.register(by, body())
    await hub.take_in(*told(by))
    other = operator(settled, reach={scope: frozenset({"ph-2"}) for scope in Scope}, now=lambda: MONDAY)
    with pytest.raises(NoSuch):
        await add_to_case(other, row.radicado, HeardBody(words="Sigue"))
    with pytest.raises(NoSuch):
        await add_to_case(by, row.radicado, HeardBody(words="Sigue", ref="p-nobody"))
    with pytest.raises(InvalidDocument):
        await add_to_case(by, row.radicado, HeardBody(words="Sigue", file=b"#!/bin/sh"))

    assert not await settled.rows("SELECT FROM case_note")


async def test_a_conversation_without_a_radicado_gets_one(settled: Database) -> None:
    by = operator(settled, now=lambda: MONDAY)
    mail = {"thread_id": "de-1", "subject": "Ruido", "sender": {"ref": INES}, "copropiedad_id": "ph-1"}
    wrote = event("support.email.received", {**mail, "message_id": "m-1", "service_area": "administracion"})
    await hub_of(settled).take_in(wrote)
    filed = FiledBody(kind="queja", service_area="administracion", subject="Ruido", form="f-1")
    for _ in range(2):
        await file_conversation(by, "thread_id:de-1", filed)

    [petition] = {one.id: one for one in told(by)}.values()
    assert ("PQ-2026-000001", "PQ-2026-000001@ph-1") == (petition.data["radicado"], petition.data["pqrs_id"])
    assert 1 == await last(settled)


async def test_somebody_of_another_building_may_not(settled: Database) -> None:
    await acts.register(operator(settled), body())
    other = operator(settled, reach={scope: frozenset({"ph-2"}) for scope in Scope})
    [row] = (await acts.list_registrations(operator(settled), RegistrationsQuery())).items

    for refused, error in (
        (body(), NoSuch),
        (body(unit=None), NoSuch),
        (body(unit="u-302", ref=None), NoSuch),
        (body(unit=None, ref=None, copropiedad="ph-1"), NoSuch),
        (body(unit=None, ref=None), ScopeNeeded),
    ):
        with pytest.raises(error):
            await acts.register(other, refused)
    with pytest.raises(NoSuch):
        await acts.show_registration(other, row.id)
    assert [] == (await acts.list_registrations(other, RegistrationsQuery())).items
    assert [] == (await acts.find_alike(other, AlikeQuery(copropiedad="ph-1", words="ascensor"))).items
    assert 1 == await last(settled)


async def test_a_stranger_who_authorises_has_a_consent_of_their_own(settled: Database) -> None:
    by = operator(settled)
    new = body(ref=None, unit=None, copropiedad="ph-1", name="Rosa", phone="300 123 4567", authorises=True)
    await acts.register(by, new)
    consent, petition = told(by)

    assert ("privacy.consent.granted", ["data_treatment"]) == (consent.name, consent.data["purposes"])
    assert consent.data["data_subject"] == petition.data["petitioner"]
    for one in (consent, petition):
        by.stores.schemas.check(one, now=by.now)


async def test_the_receipt_is_a_pdf_with_the_number(settled: Database) -> None:
    by = operator(settled)
    row = await acts.register(by, body())
    made = await acts.print_receipt(by, row.id)

    assert made.content.startswith(b"%PDF-")
    assert f"comprobante-{row.radicado}.pdf" == made.name


async def test_the_audit_names_the_registration_and_no_words(settled: Database) -> None:
    row = await acts.register(operator(settled), body())
    [noted] = await settled.rows("SELECT who, action, subject, person, detail FROM audit")

    assert ("cli:ana", "registration.add", f"registration:{row.id}", INES) == tuple(noted)[:4]
    assert {"kind": "pqrs", "copropiedad": "ph-1"} == noted["detail"]
