"""A code from the text that left to the person who checks it, and to the staff that hears of it."""

import asyncio
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from hub.access.genuine_codes import GenuineCodes, code_of
from hub.model import RECALL, Event, Message
from hub.operations.cases import lookup
from hub.operations.cases.thread import ThreadPage, Threads
from hub.operations.evidence.remake import Finding
from hub.operations.explain.explain import explain
from hub.operations.genuine import GenuineAnswer, GenuineDeps, check_code, report_code
from hub.sms_text import segments
from hub.storage import Database, PostgresCases, PostgresExplain, PostgresGenuine
from hub.storage.database import load
from hub.testing import MemoryPublisher
from tests.actors import actor
from tests.integration.test_evidence import ENVIRON, Office, remade
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import HOUR, MONDAY, POLICY, email, event, home, member, mobile, somebody

NUMBER: Final = "+573001112233"
EVENT: Final = "pqrs.responded"


@pytest.fixture
async def office(opened: Database, tmp_path: Path) -> Office:
    policy = tmp_path / "policy.toml"
    policy.write_text('[codes]\nchannels = ["letter", "sms"]\n')
    made = Office(opened, {**ENVIRON, "HUB_POLICY": str(policy)})
    await made.take_in(
        *town(),
        home("102", copropiedad=PLACE),
        somebody("p-luis", email("luis@example.com"), mobile(NUMBER)),
        member("p-luis", "unit:102", "owner"),
    )
    return made


def answered(number: int = 1) -> Event:
    data = {
        "pqrs_id": f"pq-{number}",
        "radicado": f"PQ-2026-00000{number}",
        "petitioner": {"ref": "p-luis"},
        "copropiedad_id": PLACE,
        "responded_at": MONDAY.isoformat(),
        "document_ref": "https://portal.example.com/r/1",
    }
    return event(EVENT, data, id=f"answer-{number}")


async def text_of(office: Office, one: Event) -> tuple[Message, str]:
    """Take an event in and deliver it; return its text message with the words."""
    await office.take_in(one)
    await office.deliver()
    [sent] = [sent for sent in office.channels["sms"].sent if sent.message.event_id == one.id]
    return sent.message, sent.rendered.text


def deps_of(office: Office, publisher: MemoryPublisher | None = None) -> GenuineDeps:
    return GenuineDeps(
        codes=office.rules.genuine_codes,
        store=PostgresGenuine(office.database),
        publisher=publisher or MemoryPublisher(),
    )


async def checked(office: Office, code: str) -> list[GenuineAnswer]:
    return list(await check_code(code, deps=deps_of(office), now=MONDAY + HOUR))


async def test_code_in_a_text_says_when_and_for_which_building_it_left(office: Office) -> None:
    left, text = await text_of(office, answered())
    code = text.rpartition(" ")[2]
    [found] = await checked(office, code.lower())

    assert text.endswith(f"Verifique: hub.example.co/v {code_of(code)}")
    assert 1 == segments(text).parts
    assert ("sms", "atencion", None) == (found.channel, found.area, found.recalled_at)
    assert found.building
    assert Finding.SAME == (await remade(office.database, left.id)).finding


async def test_what_has_not_left_has_no_code_yet(office: Office) -> None:
    await office.take_in(answered())
    codes: GenuineCodes = office.rules.genuine_codes
    rows = await office.database.rows("SELECT id FROM message WHERE channel = 'sms'")
    queued = [codes.code(row["id"]) for row in rows]

    assert queued
    assert [[]] * len(queued) == [await checked(office, code) for code in queued]


async def test_recalled_event_is_told(office: Office) -> None:
    one = answered()
    _, text = await text_of(office, one)
    withdrawal = event(RECALL, {"source": one.source, "id": one.id, "reason": "error"}, id="recall")
    await office.take_in(withdrawal)
    [found] = await checked(office, text.rpartition(" ")[2])

    assert withdrawal.time == found.recalled_at


async def test_two_at_once_report_one_message_once(office: Office) -> None:
    left, text = await text_of(office, answered())
    publisher = MemoryPublisher()
    await asyncio.gather(
        *(
            report_code(
                text.rpartition(" ")[2], "", deps=deps_of(office, publisher), now=MONDAY + number * HOUR
            )
            for number in range(1, 6)
        )
    )

    assert 1 == len({(one.id, one.time) for one in publisher.events})
    assert [left.id] == await reported(office)


async def reported(office: Office) -> list[UUID]:
    return [row["message_id"] for row in await office.database.rows("SELECT message_id FROM reported")]


async def test_case_and_explanation_say_that_somebody_does_not_recognise_it(office: Office) -> None:
    one = answered()
    _, text = await text_of(office, one)
    publisher = MemoryPublisher()
    await report_code(
        text.rpartition(" ")[2], "Me pidieron una clave", deps=deps_of(office, publisher), now=MONDAY
    )
    await office.take_in(*publisher.events)
    verdict = await explain(PostgresExplain(office.database), one.id, "p-luis")
    store = PostgresCases(office.database)
    [known] = await lookup.find(store, "pqrs_id:pq-1")
    thread = await Threads(store=store, calendar=POLICY.calendar).look(
        actor(now=MONDAY + HOUR), known, ThreadPage()
    )

    assert any("que no lo reconoce" in sentence for sentence in verdict.sentences)
    assert any("Alguien no reconoce el mensaje de texto" in entry.sentence for entry in thread.entries)
    assert "Me pidieron una clave" not in str(thread)


async def test_code_is_forgotten_with_its_message(office: Office) -> None:
    left, text = await text_of(office, answered())
    await office.database.rows("DELETE FROM message WHERE id = $1", left.id)

    assert [] == await checked(office, text.rpartition(" ")[2])


async def test_look_up_reads_a_short_range_of_the_primary_key(office: Office) -> None:
    statement = load("genuine")["find"]
    sought, *_ = office.rules.genuine_codes.read("K7F2M9QDTX", MONDAY)
    async with office.database.transaction() as run:
        # With the few rows of a test a plan without indexes would be right.
        await run.rows("SET LOCAL enable_seqscan = off")
        plan = await run.rows(
            f"EXPLAIN {statement}", [sought.key_id], [sought.since], [sought.until], [sought.tail]
        )
    text = "\n".join(row[0] for row in plan)

    assert "Index Cond: ((id >= " in text or "Index Cond: ((message.id >= " in text, text
    assert "Seq Scan on message" not in text
