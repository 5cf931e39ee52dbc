"""Documents of events, from intake to the mail and its evidence, with a real publisher's server."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email import policy as mail_policy
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final

import pytest
from asyncpg import Record
from msgspec.structs import replace

from hub.catalog import BY_NAME, BY_TYPE
from hub.channels.document_calls import HttpDocumentCalls
from hub.intake.decode import IntakeContext
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import DeliveryDeps, Documents
from hub.messages.delivery.pausing import Pauses
from hub.messages.planning.documents import naming, with_document
from hub.messages.planning.plan import Rules
from hub.model import Event
from hub.model.documents import FetchedDocument
from hub.model.ids import earliest, event_key
from hub.model.incidents import DOCUMENT
from hub.model.seals import MINUTE
from hub.operations.evidence.remake import Finding, Remaker
from hub.operations.evidence.schemas import row_of
from hub.operations.evidence.verify import ALWAYS, verify
from hub.parts.company import CompanyRules
from hub.parts.renderer import renderer
from hub.policy import Policy
from hub.policy.documents import DocumentPolicy, host_breaker
from hub.rendering.wording import packed
from hub.resilience.breaker import Breakers
from hub.settings import load
from hub.storage import (
    Database,
    PostgresDelivery,
    PostgresDocuments,
    PostgresEvidence,
    PostgresMonths,
    PostgresPauses,
    PostgresSeals,
)
from hub.storage.documents import give_kept, keep
from hub.testing import (
    MemoryChannel,
    MemoryInbox,
    MemorySms,
    MemoryThrottle,
)
from hub.timers.documents import LEASE, PAUSES, DocumentDeps, fetch
from tests.contract.values import now
from tests.integration.composing import Composing
from tests.integration.counting_hub import CountingDatabase
from tests.integration.working_hub import WorkingHub
from tests.providers.document_server import PDF, DocumentServer, cut_off, sending
from tests.providers.http import Behaviour, hang
from tests.unit.budget_events import BUDGETS, batch, town
from tests.unit.factories import CHANNELS, POLICY, SCHEMAS, email, event, home, member, somebody
from tests.unit.test_shown_evidence import words_in

ENVIRON: Final = {
    "HUB_MODE": "live",
    "HUB_EMAIL_URL": "smtp://127.0.0.1:2525",
    "HUB_PUBLIC_URL": "https://hub.example.co",
    "HUB_SECRET": "una frase bastante larga que nadie adivina 0123456789",
}
PLACE: Final = "ph-altos"
BIG: Final = PDF * 20


class Office(WorkingHub):
    """Fetches documents, and speaks with the company's own words."""

    def __init__(
        self, database: Database, server: DocumentServer, calls: HttpDocumentCalls, rules: DocumentPolicy
    ) -> None:
        self.server, self.calls, self.rules = server, calls, rules
        self.company = CompanyRules(load(dict(ENVIRON)))
        self.policy: Policy = replace(POLICY, documents=rules)
        self.email = Composing(self.company)
        self.others: list[MemoryChannel] = [MemorySms(), MemoryInbox()]
        self.documents = PostgresDocuments(database)
        channels = {channel.traits.name: channel for channel in (self.email, *self.others)}
        events = frozenset(BY_TYPE[kind].name for kind in with_document(BY_NAME, rules))
        deps = DeliveryDeps(
            channels=channels,
            render=renderer(self.company),
            policy=self.policy,
            throttle=MemoryThrottle(lambda: now().timestamp()),
            now=now,
            pauses=Pauses(PostgresPauses(database)),
            documents=Documents(
                store=self.documents, events=events, attached=events, attach_below=rules.attach_below
            ),
        )
        context = IntakeContext(
            schemas=SCHEMAS, catalog=BY_NAME, rules=Rules(channels=CHANNELS, policy=self.policy)
        )
        store = PostgresDelivery(database, self.company.templates.dated, packed(self.company.wording))
        super().__init__(database, deps, store=store, context=context)
        self.fetching = DocumentDeps(
            queue=self.documents,
            calls=calls,
            publisher=self.publisher,
            breakers=Breakers(self.policy.breaker, exceptions={DOCUMENT: host_breaker(self.policy.breaker)}),
            hosts=rules.hosts,
            now=now,
        )

    async def fetch(self) -> int:
        """Fetch the due documents once; return their number."""
        due = await self.documents.due(10, LEASE)
        for request in due:
            await fetch(request, self.fetching)
        return len(due)

    async def answer(self, name: str = "respuesta.pdf", **changes: Any) -> None:
        """Take in an answer to a petition, whose document is on the publisher's server."""
        data = {
            "pqrs_id": "pqrs-7",
            "radicado": "PQ-7",
            "responded_at": now().isoformat(),
            "document_ref": self.server.url(name),
            "petitioner": {"name": "Ida Torres", "email": "ida@example.co"},
            **changes,
        }
        await self.take_in(Event(**_about("pqrs.responded", data)))

    async def end_wait(self) -> None:
        """Let the next failure be the last."""
        await self.database.rows(
            "UPDATE document_request SET wait_until = now() - interval '1 second', next_at = now()"
        )

    async def states(self) -> list[tuple[str, str | None]]:
        rows = await self.database.rows("SELECT state, reason FROM message ORDER BY id")
        return [(row["state"], row["reason"]) for row in rows]

    async def requests(self) -> list[Any]:
        return await self.database.rows("SELECT * FROM document_request ORDER BY asked_at")

    @property
    def mails(self) -> list[Any]:
        left = self.email.bytes.values()
        return [message_from_bytes(content, policy=mail_policy.default) for content in left]

    def text(self, number: int = 0) -> str:
        part = self.mails[number].get_body(("plain",))
        return str(part.get_content())


def _about(name: str, data: dict[str, Any]) -> dict[str, Any]:
    made = event(name, {})
    return {
        **{key: getattr(made, key) for key in ("source", "type", "datacontenttype")},
        "id": f"{name}-{sha256(repr(data).encode()).hexdigest()[:8]}",
        "time": datetime.now(UTC),
        "data": data,
    }


@pytest.fixture
async def server() -> AsyncIterator[DocumentServer]:
    async with DocumentServer() as running:
        running.files["grande.pdf"] = BIG
        yield running
        assert [] == running.violations


@pytest.fixture
async def office(opened: Database, server: DocumentServer) -> AsyncIterator[Office]:
    rules = replace(
        POLICY.documents,
        hosts=(server.host,),
        networks=("127.0.0.0/8",),
        attach_below=len(PDF),
        max_bytes=400_000,
    )
    async with aclosing(HttpDocumentCalls(rules, timeout=1.0)) as calls:
        yield Office(opened, server, calls, rules)


async def test_a_mail_waits_for_its_document_and_takes_it_along(office: Office) -> None:
    await office.answer()
    await office.deliver()
    waiting = await office.states()
    await office.fetch()
    await office.deliver()

    [mail] = office.mails
    [file] = list(mail.iter_attachments())
    assert [("held", "document")] == waiting
    assert [("sent", None)] == await office.states()
    assert PDF == file.get_content()
    assert ("application/pdf", "respuesta.pdf") == (file.get_content_type(), file.get_filename())
    assert "adjunta a este mensaje" in office.text()
    assert office.server.base not in office.email.bytes.popitem()[1].decode()


async def test_what_is_too_large_to_attach_is_a_link_of_the_hub_that_says_until_when(office: Office) -> None:
    await office.answer("grande.pdf")
    await office.fetch()
    await office.deliver()

    [mail] = office.mails
    assert [] == list(mail.iter_attachments())
    assert "https://hub.example.co/d/" in office.text()
    assert "Funciona hasta el" in office.text()
    assert office.server.base not in office.text()


async def test_a_confidential_report_is_linked_and_its_publisher_may_end_it_earlier(office: Office) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    data = {
        "engagement_id": "contab-1",
        "report_kind": "estados financieros",
        "period": "marzo de 2026",
        "document_ref": office.server.url(),
        "expires_at": ends.isoformat(),
        "accounting_client": {"name": "Ida Torres", "email": "ida@example.co"},
    }
    await office.take_in(Event(**_about("accounting.report.delivered", data)))
    await office.fetch()
    await office.deliver()
    [row] = await office.database.rows("SELECT facts FROM attempt WHERE facts ? 'document'")

    assert [] == list(office.mails[0].iter_attachments())
    assert "https://hub.example.co/d/" in office.text()
    assert ends == datetime.fromisoformat(row["facts"]["document"]["until"])


async def test_many_recipients_are_one_fetch_and_one_copy(office: Office) -> None:
    owners = [f"p-{number}" for number in range(120)]
    await office.take_in(
        event("directory.copropiedad.upserted", {"copropiedad_id": PLACE}),
        *(home(owner, copropiedad=PLACE) for owner in owners),
        *(somebody(owner, email(f"{owner}@example.co")) for owner in owners),
        *(member(owner, f"unit:{owner}", "owner") for owner in owners),
    )
    office.publisher.published.clear()
    for number in (48, 49):
        data = {
            "copropiedad_id": PLACE,
            "assembly_id": f"asamblea-{number}",
            "act_no": str(number),
            "document_ref": office.server.url("acta.pdf"),
        }
        office.server.files["acta.pdf"] = PDF
        await office.take_in(Event(**_about("admin.minutes.published", data)))
    await office.fetch()
    await office.deliver()
    [stored] = await office.database.rows("SELECT count(*) AS n, sum(size) AS size FROM document")

    assert 2 == len(office.server.asked)
    assert (1, len(PDF)) == (stored["n"], stored["size"])
    with_file = [mail for mail in office.mails if list(mail.iter_attachments())]
    assert 2 * len(owners) == len(with_file)


async def test_what_was_fetched_before_under_the_same_digest_is_not_fetched_again(office: Office) -> None:
    digest = sha256(PDF).hexdigest()
    await office.answer(document_sha256=digest)
    await office.fetch()
    await office.answer(document_sha256=digest, radicado="PQ-8")
    await office.fetch()
    await office.answer("otra.pdf", document_sha256=digest, radicado="PQ-9")
    await office.fetch()

    assert ["respuesta.pdf", "otra.pdf"] == office.server.asked
    assert ["stored", "stored", "asked"] == [row["state"] for row in await office.requests()]


@pytest.mark.parametrize(
    ("behaviour", "changes", "reason"),
    [
        (None, {"document_sha256": "0" * 64}, "wrong_digest"),
        (cut_off(PDF[:-1000]), {}, "cut_short"),
    ],
)
async def test_other_bytes_are_fetched_again_then_refused_and_the_mail_links(
    office: Office, behaviour: Behaviour | None, changes: dict[str, str], reason: str
) -> None:
    office.server.always = behaviour
    await office.answer(**changes)
    await office.deliver()
    await office.fetch()
    await office.deliver()
    [again] = await office.requests()
    unsaid = list(office.publisher.notices)
    await office.end_wait()
    await office.fetch()
    await office.deliver()
    [request] = await office.requests()
    [notice] = office.publisher.notices

    assert ("asked", reason, []) == (again["state"], again["last_error"], unsaid)
    assert ("failed", reason) == (request["state"], request["last_error"])
    assert ("hub.event.unreached", ["no_document"], reason) == (
        notice.name,
        notice.data["reasons"],
        notice.data["document"],
    )
    assert [["no_document"]] == [
        row["reasons"] for row in await office.database.rows("SELECT reasons FROM unreached")
    ]
    assert office.server.url() in office.text()
    assert [] == await office.database.rows("SELECT FROM document")


async def test_a_server_that_is_away_is_asked_again_with_longer_pauses(office: Office) -> None:
    office.server.script.extend([sending(503), hang])
    await office.answer()
    await office.deliver()
    await office.fetch()
    [failed] = await office.requests()
    at_once = await office.fetch()
    for _ in range(2):
        await office.database.rows("UPDATE document_request SET next_at = now()")
        await office.fetch()
    [stored] = await office.requests()
    await office.deliver()

    assert ("asked", "http_503", 1) == (failed["state"], failed["last_error"], failed["tries"])
    assert 0 == at_once
    assert sorted(PAUSES) == list(PAUSES)
    assert ("stored", None, 2) == (stored["state"], stored["last_error"], stored["tries"])
    assert 1 == len(list(office.mails[0].iter_attachments()))


async def test_after_the_wait_the_mail_leaves_with_the_publishers_link(office: Office) -> None:
    office.server.always = sending(503)
    await office.answer()
    await office.deliver()
    await office.end_wait()
    await office.fetch()
    await office.deliver()
    [request] = await office.requests()

    assert ("failed", "http_503") == (request["state"], request["last_error"])
    assert [("sent", None)] == await office.states()
    assert office.server.url() in office.text()


async def test_a_message_whose_release_was_lost_looks_for_itself(office: Office) -> None:
    await office.answer()
    await office.deliver()
    [held] = await office.database.rows("SELECT id, channel, lane, next_at FROM message")
    await office.fetch()
    office.publisher.published.clear()
    await office.database.rows(
        "UPDATE message SET state = 'held', reason = 'document', next_at = now() WHERE id = $1", held["id"]
    )
    await deliver(
        [held["id"]],
        deps=office.deps,
        store=PostgresDelivery(office.database),
        publisher=office.publisher,
        appointments=office.appointments,
    )

    assert held["next_at"] - now() < timedelta(seconds=31)
    assert 1 == len(list(office.mails[0].iter_attachments()))


async def test_without_a_host_nothing_is_asked_for(
    opened: Database, server: DocumentServer, office: Office
) -> None:
    rules = replace(office.rules, hosts=())
    without = Office(opened, server, office.calls, rules)
    await without.answer()
    await without.deliver()

    assert [] == await without.requests()
    assert server.url() in without.text()
    assert [] == server.asked


async def test_a_circular_leads_to_what_the_hub_was_given_where_nothing_is_fetched(
    opened: Database, server: DocumentServer, office: Office
) -> None:
    without = Office(opened, server, office.calls, replace(office.rules, hosts=()))
    await without.take_in(
        event("directory.copropiedad.upserted", {"copropiedad_id": PLACE}),
        home("u-1", copropiedad=PLACE),
        somebody("p-1", email("ida@example.co")),
        member("p-1", "unit:u-1", "owner"),
    )
    programme = FetchedDocument(sha256=sha256(PDF).digest(), kind="application/pdf", content=PDF)
    said = {"copropiedad_id": PLACE, "circular_id": "c-1", "title": "Lavado", "body_markdown": "El jueves."}
    named = naming(programme, "Programa de lavado.pdf")
    circular = Event(**_about("admin.circular.issued", {**said, "audience": "both", **named}))
    await keep(opened, programme)
    await give_kept(opened, [event_key(circular)], str(named["document_ref"]), programme.sha256)
    without.publisher.published.clear()
    await without.take_in(circular)
    await without.deliver()

    [mail] = without.mails
    assert ([], []) == (list(mail.iter_attachments()), server.asked)
    assert "Ver el documento (https://hub.example.co/d/" in without.text()
    assert "Funciona hasta el" in without.text()


async def test_a_file_of_a_communication_is_kept_until_it_is_sent(opened: Database) -> None:
    document = FetchedDocument(sha256=sha256(PDF).digest(), kind="application/pdf", content=PDF)
    await keep(opened, document)
    await opened.rows("UPDATE document SET fetched_at = now() - interval '2 days'")
    await opened.rows(
        """
        WITH draft AS (
            INSERT INTO communication (id, kind, origin, title, draft, by, made_at, changed_at)
            VALUES (gen_random_uuid(), 'admin.circular.issued', 'desk', '', '{}', 'account:ana', now(), now())
            RETURNING id
        )
        INSERT INTO communication_file (communication, place, name, sha256)
        SELECT id, 0, 'a.pdf', $1 FROM draft
        """,
        document.sha256,
    )
    await PostgresMonths(opened).forget(
        (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)), 9
    )

    assert PDF == await PostgresDocuments(opened).content(document.sha256)


async def test_a_mail_with_a_document_is_made_again_and_kept_without_it(office: Office) -> None:
    await office.answer()
    await office.fetch()
    await office.deliver()
    [(message_id, left)] = office.email.bytes.items()
    [row] = await office.database.rows("SELECT content, digest FROM attempt WHERE content IS NOT NULL")
    store = PostgresEvidence(office.database)
    said = await store.said(message_id)
    assert said is not None
    [same] = await Remaker(store).remake(said)
    await office.database.rows("DELETE FROM template_version")
    [kept] = await Remaker(store).remake(said)
    sealed = await PostgresSeals(office.database).seal_next(now() + 2 * MINUTE)
    verified = await verify(store, progress=lambda _done, _total: None, until=ALWAYS)
    await office.database.rows("UPDATE document_request SET sha256 = NULL")
    await office.database.rows("DELETE FROM document")
    [gone] = await Remaker(store).remake(said)
    changed = await verify(store, progress=lambda _done, _total: None, until=ALWAYS)

    assert (Finding.SAME, left) == (same.finding, same.content)
    assert (Finding.KEPT, left) == (kept.finding, kept.content)
    assert row["digest"] == sha256(left).digest()
    assert len(row["content"]) < len(PDF) / 2
    assert sealed is not None
    assert "changed_bytes" not in {str(found.flaw) for found in verified.mismatches}
    assert Finding.DIFFERENT == gone.finding
    assert "changed_bytes" in {str(found.flaw) for found in changed.mismatches}


async def test_a_mail_with_a_link_is_made_again_and_nobody_else_sees_the_link(office: Office) -> None:
    await office.answer("grande.pdf")
    await office.fetch()
    await office.deliver()
    [(message_id, left)] = office.email.bytes.items()
    store = PostgresEvidence(office.database)
    said = await store.said(message_id)
    assert said is not None
    [found] = await Remaker(store).remake(said)
    row = row_of(found)

    assert (Finding.SAME, left) == (found.finding, found.content)
    assert "(enlace personal)" in str(row.text)
    assert "/d/" not in str(row.text)
    assert "/d/" not in words_in(str(row.content))
    assert "(enlace personal)" in words_in(str(row.content))


async def test_a_changed_document_is_found(office: Office) -> None:
    await office.answer()
    await office.fetch()
    await office.deliver()
    [message_id] = office.email.bytes
    await office.database.rows("UPDATE document SET content = content || '\\x00'::bytea")
    store = PostgresEvidence(office.database)
    said = await store.said(message_id)
    assert said is not None
    [found] = await Remaker(store).remake(said)

    assert Finding.DIFFERENT == found.finding


async def test_a_document_goes_with_the_last_event_that_names_it(office: Office) -> None:
    years = [datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2021, 2022)]
    for year in years[:2]:
        await office.database.rows(
            """
            WITH kept AS (
                INSERT INTO document (sha256, kind, size, content, fetched_at)
                VALUES ('a', 'application/pdf', 5, '%PDF-', now() - interval '2 days')
                ON CONFLICT DO NOTHING
            )
            INSERT INTO document_request (event_key, url, name, attach, wait_until, state, sha256)
            VALUES ($1, 'https://portal.example/r.pdf', 'r', true, now(), 'stored', 'a')
            """,
            earliest(year),
        )
    months = PostgresMonths(office.database)
    stored = []
    for gap in pairwise(years):
        await months.forget(gap, 100)
        stored.append(len(await office.database.rows("SELECT FROM document")))

    assert [1, 0] == stored
    assert [] == await office.requests()


class Watching(CountingDatabase):
    """Counts the statements about documents."""

    about_documents = 0

    async def rows(self, statement: str, *arguments: object) -> list[Record]:
        self.about_documents += "document" in statement
        return await super().rows(statement, *arguments)


async def test_other_events_cost_nothing_and_a_document_two_statements_for_a_ticket(
    database: str, server: DocumentServer, office: Office
) -> None:
    async with Watching(database) as watching:
        watched = Office(watching, server, office.calls, office.rules)
        await watched.take_in(*town())
        watched.publisher.published.clear()
        await watched.take_in(*batch("admin.payment.received", 0))
        before = watching.statements
        await watched.take_in(*batch("admin.payment.received", 1))
        taken_in = watching.statements - before
        await watched.deliver()
        others = watching.about_documents
        await watched.answer()
        await watched.fetch()
        before = watching.about_documents
        await watched.deliver()

    assert (BUDGETS["statements"]["admin.payment.received"], 0) == (taken_in, others)
    # The request, and the bytes.
    assert 2 == watching.about_documents - before
