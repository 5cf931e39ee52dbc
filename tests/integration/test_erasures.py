"""A person is erased: every table and column is looked through for each word of theirs."""

import dataclasses
import json
import zlib
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from hub.desk.rights.erasing import EVENTS, ErasureReport, erase, go_on, kept_since, look
from hub.errors import KeptByDuty, UnknownName
from hub.inbound.replies import read
from hub.model import Event, Reply
from hub.model.erasures import Duty, Erasure
from hub.model.given_files import GivenFile
from hub.operations.evidence.verify import verify
from hub.storage import Database, PostgresErasures, PostgresEvidence, PostgresReplies, given_files
from hub.timers.row_work import keep_erased
from tests.actors import actor
from tests.integration.canary_rows import (
    she_does_not_recognise,
    she_is_in_a_reason,
    she_is_in_communications,
    she_is_in_notes,
    she_is_on_the_wall,
    she_opens_her_page,
    she_wishes,
)
from tests.integration.constancias import seal_all
from tests.integration.test_evidence import Office
from tests.integration.test_seals import quiet
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, email, event, home, member, mobile, somebody
from tests.unit.timer_harness import hub_with, timers_of

REF: Final = "p-77"
NAME: Final = "Zenaida Quimbayaxyz"
MAIL: Final = "zenaida.quimbaya@example.com"
PHONE: Final = "+573019998877"
WORDS: Final = {
    "name": NAME,
    "mail": MAIL,
    "phone": "3019998877",
    "petition": "gotera-del-canario",
    "reply": "respuesta-del-canario",
    "file": "foto-del-canario",
    "comment": "comentario-del-canario",
    "dead": "difunto-del-canario",
    "note": "nota-del-canario",
    "report": "reporte-del-canario",
    "inside": "interna-del-canario",
}
"""Words by this person alone, or about nobody else."""
KEPT: Final = frozenset(
    {
        *(("message", "name"), ("message", "address"), ("attempt", "content")),
        *(("letter", name) for name in ("name", "subject", "text", "html")),
    }
)
"""Columns in which the law keeps words of legal messages for their term. Nothing else is found anywhere."""
MINUTE: Final = timedelta(minutes=1)
EVER: Final = kept_since(datetime.now(UTC), 0)
NOW: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""The instant since which legal messages are kept: none of today's are."""


class Rights:
    """An office in which a person has left traces everywhere."""

    def __init__(self, office: Office) -> None:
        self.office, self.database = office, office.database
        self.store = PostgresErasures(office.database)

    async def erase(self, *, legal_since: datetime = NOW) -> ErasureReport:
        return await erase(actor(), self.store, REF, reason="reclamo 14", legal_since=legal_since)

    async def go_on(self, *, legal_since: datetime = NOW) -> bool:
        await self.store.sweep(EVENTS, legal_since)
        erasure = await self.store.erasure(REF)
        assert erasure is not None
        return await go_on(self.store, erasure, legal_since=legal_since)

    async def seen(self) -> set[tuple[str, str]]:
        """Return the columns with any word of the person."""
        return {place async for place in places_with(self.database, WORDS.values())}


async def places_with(database: Database, words: Collection[str]) -> Any:
    """Yield the table and column of each value with one of these words."""
    tables = await database.rows(
        "SELECT table_name AS of, array_agg(column_name || ' ' || udt_name) AS columns "
        "FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) "
        "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' GROUP BY table_name"
    )
    for table in tables:
        kinds = [column.split() for column in table["columns"]]
        values = ", ".join(f'"{name}"' + ("" if kind == "bytea" else "::text") for name, kind in kinds)
        for row in await database.rows(f'SELECT {values} FROM "{table["of"]}"'):
            for name, value in row.items():
                if value is not None and any(_has(value, word) for word in words):
                    yield table_of(table["of"]), name


def table_of(partition: str) -> str:
    return next((of for of in ("event", "message", "attempt") if partition.startswith(f"{of}_")), partition)


def _has(value: str | bytes, word: str) -> bool:
    return any(word.lower() in text.lower() for text in _texts(value))


def _texts(value: str | bytes) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    yield value.decode("utf-8", "replace")
    for skipped in range(min(8, len(value))):
        try:
            yield zlib.decompress(value[skipped:]).decode("utf-8", "replace")
        except zlib.error:
            continue


def about(name: str, minutes: int, **data: Any) -> Event:
    made = event(name, data, at=MONDAY + minutes * MINUTE, id=f"{name}-77")
    allowed = event(name).data.keys() | data.keys()
    number = str(data.get("pqrs_id", "77"))
    return replace(
        made, id=f"{name}-{number}", data={key: value for key, value in made.data.items() if key in allowed}
    )


@pytest.fixture
async def rights(opened: Database) -> Rights:
    office = Office(opened)
    her = somebody(REF, email(MAIL), mobile(PHONE))
    await office.take_in(*town(), home("102", copropiedad=PLACE))
    await office.take_in(
        replace(her, data={**her.data, "names": NAME}),
        member(REF, "unit:102", "owner"),
        member(REF, "unit:102", "resident"),
        event("privacy.consent.granted", {"subject_id": REF, "purposes": ["commercial"]}, id="yes-77"),
    )
    case: dict[str, Any] = {
        "pqrs_id": "pqrs-77",
        "radicado": "PQ-77",
        "copropiedad_id": PLACE,
        "unit_id": "102",
    }
    await office.take_in(
        about("pqrs.received", 0, **case, petitioner={"ref": REF}, subject=f"Una {WORDS['petition']}")
    )
    await office.deliver()
    office.clock.advance(5 * MINUTE)
    await office.take_in(about("admin.assembly.convened", 5, copropiedad_id=PLACE))
    await office.deliver()
    await _she_replies(opened)
    inline = {"name": NAME, "email": MAIL, "phone": "301 999 8877"}
    await office.take_in(
        about(
            "pqrs.received",
            6,
            **{**case, "pqrs_id": "pqrs-78", "radicado": "PQ-78"},
            petitioner=inline,
            subject="Otra gotera",
        ),
        about("survey.answered", 7, comment=WORDS["comment"], person_id=REF),
    )
    await office.deliver()
    await opened.rows(
        "INSERT INTO dead_letter (id, received_at, reason, routing_key, headers, body) "
        "VALUES ($1, now(), 'not valid', 'x', '{}', $2)",
        uuid4(),
        f'{{"data": {{"ref": "{REF}", "subject": "{WORDS["dead"]}"}}}}'.encode(),
    )
    await opened.rows(
        "INSERT INTO suppression (address, channel, since, reason, provider, code) "
        "VALUES ($1, 'email', now(), 'gone', 'smtp', '550')",
        MAIL,
    )
    await opened.rows(
        "INSERT INTO opt_out (address, purpose, since, person, reason) "
        "VALUES ($1, 'commercial', now(), $2, 'x')",
        MAIL,
        REF,
    )
    await _she_is_elsewhere(opened)
    await she_wishes(opened, REF, NAME, WORDS["note"])
    await she_is_in_a_reason(opened, NAME)
    await she_is_in_notes(opened, NAME, WORDS["inside"])
    await _a_neighbour_brings_her_photo(opened)
    await she_is_in_communications(opened, NAME)
    await she_opens_her_page(opened, REF, f"al correo {MAIL}")
    await she_is_on_the_wall(opened, f"Radicó {NAME}")
    await she_does_not_recognise(office, REF, WORDS["report"], name=NAME)
    await office.deliver()
    return Rights(office)


async def _a_neighbour_brings_her_photo(database: Database) -> None:
    """Let each note of a colleague have a file that nobody of the directory has brought."""
    photo = GivenFile(name=f"{WORDS['file']}.pdf", content=WORDS["file"].encode(), kind="application/pdf")
    for note in await database.rows("SELECT id FROM case_note"):
        await given_files.keep(database, note["id"], [photo], person=None)
    await database.rows("UPDATE document SET fetched_at = now() - interval '2 minutes'")


async def _she_is_elsewhere(database: Database) -> None:
    """Put her words into what staff reads, on paper, into a document and a webhook's queue."""
    said = f"Radicó {NAME}: una {WORDS['petition']}"
    await database.rows(
        "INSERT INTO inbox_item (id, person, event, subject, text, html) "
        "SELECT id, person, event, $1, $1, $1 FROM message "
        "WHERE channel = 'inbox' AND event = 'pqrs.received'",
        said,
    )
    await database.rows(
        "INSERT INTO letter (id, person, event, name, subject, text, html, handed_over_at) "
        "SELECT id, person, event, name, $2, $2, $2, now() FROM message "
        "WHERE person = $1 AND event IN ('pqrs.received', 'admin.assembly.convened') AND channel = 'email'",
        REF,
        said,
    )
    content = WORDS["petition"].encode()
    await database.rows(
        "WITH kept AS (INSERT INTO document (sha256, kind, size, content, fetched_at) "
        "VALUES (sha256($1), 'application/pdf', 9, $1, now() - interval '1 hour') RETURNING sha256) "
        "INSERT INTO document_request (event_key, url, name, attach, wait_until, state, sha256) "
        "SELECT key, 'https://x.example/' || $2, $2, false, now(), 'fetched', kept.sha256 FROM kept, event "
        "WHERE event.id = 'pqrs.received-pqrs-77'",
        content,
        f"{NAME}.pdf",
    )
    await database.rows(
        "WITH made AS (INSERT INTO result_subscription (id, source, created_by, url) "
        "VALUES (gen_random_uuid(), 'urn:x', 'ana', 'https://x.example') RETURNING id) "
        "INSERT INTO webhook_event (subscription_id, event_id, event) SELECT id, 'e', $1 FROM made",
        json.dumps({"person": REF, "name": NAME}).encode(),
    )


async def _she_replies(database: Database) -> None:
    [first] = await database.rows(
        "SELECT id FROM message WHERE person = $1 AND event = 'pqrs.received' AND channel = 'email'", REF
    )
    replies = PostgresReplies(database)
    reply = Reply(
        channel="email",
        provider="mail",
        reference="r-77",
        address=MAIL,
        text=WORDS["reply"],
        message_id=first["id"],
        at=MONDAY + 4 * MINUTE,
    )
    photo = GivenFile(name=f"{WORDS['file']}.pdf", content=WORDS["file"].encode(), kind="application/pdf")
    reply = dataclasses.replace(reply, files=(photo,))
    await replies.add(read(reply, await replies.about(reply), now=MONDAY + 4 * MINUTE))
    [opened] = await database.rows("SELECT key FROM event WHERE id = 'pqrs.received-pqrs-77'")
    await given_files.keep(database, opened["key"], [photo], person=REF)
    await database.rows("UPDATE document SET fetched_at = now() - interval '2 minutes'")


async def leave(rights: Rights) -> None:
    """End the reasons that keep the data: the roles, the promises; and publish the waiting events."""
    await rights.database.rows("UPDATE membership SET removed = true WHERE person_id = $1", REF)
    await rights.database.rows("UPDATE clock SET ended_at = now(), step_at = '{}' WHERE ended_at IS NULL")
    await rights.database.rows("UPDATE reply SET published_at = now()")


async def test_words_of_the_person_are_everywhere_before(rights: Rights) -> None:
    places = await rights.seen()

    assert {
        *(("event", "data"), ("message", "name"), ("message", "address"), ("message", "fallback")),
        *(("attempt", "content"), ("person", "name"), ("person", "contact_points"), ("reply", "text")),
        *(("directory_version", "data"), ("party", "recipients"), ("suppression", "address")),
        *(("opt_out", "address"), ("dead_letter", "body"), ("clock", "context")),
        *(("inbox_item", "text"), ("letter", "text"), ("document", "content"), ("webhook_event", "event")),
        *(
            ("document_request", "name"),
            ("document_request", "url"),
            ("preference", "by"),
            ("poster", "html"),
        ),
        *(("do_not_contact", "note"), ("resident_code", "shown"), ("given_file", "name")),
        *(("bulk_run", "reason"), ("pause", "reason"), ("case_note", "words"), ("saved_view", "query")),
        *(("communication", "draft"), ("communication_plan", "shown"), ("communication_part", "event")),
        *(("approval", "shown"), ("held_event", "body"), ("communication_model", "draft")),
        *(("communication_file", "name"), ("saved_audience", "name")),
    } <= places


async def test_nothing_is_found_after_the_erasure(rights: Rights, capsys: pytest.CaptureFixture[str]) -> None:
    await leave(rights)
    report = await rights.erase()
    logged = "".join(capsys.readouterr())

    assert set() == await rights.seen()
    assert not any(word in logged for word in WORDS.values())
    assert not report.left


async def test_texts_that_tell_of_nobody_stay_in_events_and_clocks(rights: Rights) -> None:
    await leave(rights)
    given = about("pqrs.received", 0).data
    await rights.erase()
    [stored] = await rights.database.rows("SELECT data FROM event WHERE id = 'pqrs.received-pqrs-77'")
    clocks = await rights.database.rows("SELECT context FROM clock WHERE case_key = 'pqrs_id:pqrs-77'")

    left = {"pqrs_id": "pqrs-77", "radicado": "PQ-77", "kind": given["kind"], "subject": ""}
    assert left == {name: stored["data"][name] for name in left}
    assert left in [{name: clock["context"].get(name) for name in left} for clock in clocks]


async def test_what_legal_messages_said_is_kept_for_its_term(rights: Rights) -> None:
    await leave(rights)
    await rights.erase(legal_since=EVER)
    kept = await rights.seen()
    await rights.go_on(legal_since=NOW)

    assert kept == KEPT
    assert set() == await rights.seen()


async def test_seals_and_states_still_fit(rights: Rights) -> None:
    await leave(rights)
    await seal_all(rights.database)
    await rights.erase()
    whole = await verify(PostgresEvidence(rights.database), remake=True, progress=quiet)

    assert [] == whole.mismatches
    assert whole.erased > 0


async def test_duties_refuse_it_with_their_reasons(rights: Rights) -> None:
    found = await look(actor(), rights.store, REF, legal_since=NOW)
    before = await rights.seen()
    with pytest.raises(KeptByDuty, match="es propietario"):
        await rights.erase()

    assert {Duty.MEMBERSHIP, Duty.CASE} <= set(found.duties)
    assert before == await rights.seen()


async def test_nobody_is_not_erased(rights: Rights) -> None:
    with pytest.raises(UnknownName):
        await erase(actor(), rights.store, "p-nadie", reason="x", legal_since=NOW)


async def test_message_in_flight_leaves_nothing(rights: Rights) -> None:
    await rights.office.take_in(about("admin.payment.received", 8, unit_id="102", copropiedad_id=PLACE))
    await leave(rights)
    [sending, *_] = [ticket.ids for ticket in rights.office.publisher.published]
    claimed = await rights.office.store.claim(sending, token=uuid4(), lease=timedelta(minutes=1))
    begun = await rights.erase()
    for row in claimed:
        await _record(rights, row.message.id)

    assert begun.left
    assert await rights.go_on()
    assert set() == await rights.seen()


async def _record(rights: Rights, message_id: UUID) -> None:
    """Record an acceptance with the words, as a worker does."""
    await rights.database.rows(
        "INSERT INTO attempt (message_id, at, outcome, provider, code, took, digest, facts) "
        "VALUES ($1, now(), 'accepted', 'smtp', '250', '1 ms', '\\x00', $2)",
        message_id,
        f'{{"party": "{NAME}"}}'.encode(),
    )
    await rights.database.rows(
        "UPDATE message SET state = 'sent', next_at = NULL WHERE id = $1 AND state = 'sending'", message_id
    )


async def test_worker_that_records_after_the_erasure_leaves_nothing(rights: Rights) -> None:
    await leave(rights)
    await rights.erase()
    [message, *_] = await rights.store.messages(REF, UUID(int=0), 10)
    await _record(rights, message)
    between = await rights.seen()
    timers = timers_of(await hub_with(), erasures=rights.store, now=lambda: NOW + timedelta(days=9000))
    await keep_erased(timers)

    assert {("attempt", "facts")} == between
    assert set() == await rights.seen()


async def test_ticket_in_a_queue_sends_nothing_after_the_erasure(rights: Rights) -> None:
    await rights.office.take_in(about("admin.payment.received", 8, unit_id="102", copropiedad_id=PLACE))
    await leave(rights)
    sent = len(rights.office.email.sent)
    await rights.erase()
    tickets = await rights.office.deliver()
    [stopped] = await rights.database.rows(
        "SELECT DISTINCT state, reason FROM message WHERE person = $1 AND event = 'admin.payment.received'",
        REF,
    )

    assert tickets > 0
    assert [] == rights.office.email.sent[sent:]
    assert ("cancelled", "erased") == (stopped["state"], stopped["reason"])
    assert set() == await rights.seen()


async def test_late_report_of_a_kept_letter_leaves_nothing(rights: Rights) -> None:
    await leave(rights)
    await rights.erase(legal_since=EVER)
    await she_does_not_recognise(rights.office, REF, "lo vi en la puerta, dice el difunto-del-canario")
    await rights.go_on(legal_since=EVER)

    assert KEPT == await rights.seen()


async def test_page_is_closed_and_wishes_end_as_it_begins(rights: Rights) -> None:
    await leave(rights)
    await rights.store.begin(REF, by="ana", reason="x")
    left = [
        table
        for table in ("resident_code", "resident_session", "preference")
        if await rights.database.rows(f"SELECT FROM {table} WHERE person = $1", REF)
    ]
    [mark] = await rights.database.rows("SELECT reason, note FROM do_not_contact WHERE person = $1", REF)

    assert [] == left
    assert ("contested_account", "") == (mark["reason"], mark["note"])


async def test_page_that_was_just_being_opened_is_closed_by_the_timers(rights: Rights) -> None:
    await leave(rights)
    await rights.erase()
    await she_opens_her_page(rights.database, REF, "al correo")
    timers = timers_of(await hub_with(), erasures=rights.store, now=lambda: NOW)
    await keep_erased(timers)

    assert [] == await rights.database.rows("SELECT FROM resident_session")


async def test_poster_is_made_again_from_what_is_left(rights: Rights) -> None:
    await leave(rights)
    await rights.erase()
    [poster] = await rights.database.rows(
        "SELECT title, html, made_at FROM poster WHERE event LIKE '%pqrs.received%'"
    )

    assert (None, None, None) == tuple(poster)


async def test_late_event_leaves_nothing_and_reaches_nobody(rights: Rights) -> None:
    await leave(rights)
    await rights.erase()
    her = somebody(REF, email(MAIL), mobile(PHONE), version=9)
    inline = {"name": NAME, "email": MAIL}
    await rights.office.take_in(
        replace(her, data={**her.data, "names": NAME}),
        about(
            "pqrs.received",
            9,
            pqrs_id="pqrs-79",
            radicado="PQ-79",
            copropiedad_id=PLACE,
            petitioner=inline,
            subject=WORDS["petition"],
        ),
    )
    sent = len(rights.office.email.sent)
    await rights.office.deliver()
    told = [outgoing.message.address for outgoing in rights.office.email.sent[sent:]]
    await rights.go_on()

    assert MAIL not in told
    assert set() == await rights.seen()


async def test_erasing_twice_changes_nothing(rights: Rights) -> None:
    await leave(rights)
    await rights.erase()
    versions = "SELECT xmin::text, id FROM message ORDER BY id"
    before = await rights.database.rows(versions)
    again = await rights.erase()

    assert before == await rights.database.rows(versions)
    assert not again.left


async def test_erasure_that_was_broken_off_is_finished(rights: Rights) -> None:
    await leave(rights)
    await rights.store.begin(REF, by="ana", reason="x")
    [due] = await rights.store.due()

    assert isinstance(due, Erasure)
    assert await rights.go_on()
    assert set() == await rights.seen()
    [left] = await rights.database.rows("SELECT words FROM erasure")
    assert [] == left["words"]


async def test_timers_finish_what_was_begun(rights: Rights) -> None:
    await leave(rights)
    await rights.store.begin(REF, by="ana", reason="x")
    timers = timers_of(await hub_with(), erasures=rights.store, now=lambda: datetime.now(UTC))
    await keep_erased(timers)
    [row] = await rights.database.rows("SELECT finished_at FROM erasure")

    assert row["finished_at"] is not None
    assert KEPT == await rights.seen()


async def test_others_keep_what_is_theirs(rights: Rights) -> None:
    everyone = (
        "SELECT id, name, address FROM message WHERE person <> $1 AND person NOT LIKE 'inline:%' ORDER BY id"
    )
    before = await rights.database.rows(everyone, REF)
    await leave(rights)
    await rights.erase()

    assert before == await rights.database.rows(everyone, REF)
    assert await rights.database.rows("SELECT FROM person WHERE id = 'p-maria' AND name <> ''")
