"""Documents of several hosts: one that hangs delays those of nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from hashlib import sha256

import pytest
from msgspec.structs import replace

from hub.channels.document_calls import HttpDocumentCalls
from hub.model.incidents import DOCUMENT
from hub.resilience.breaker import Circuit
from hub.storage import Database
from hub.storage.database import load
from hub.tasks import cancel
from hub.timers import documents
from tests.acceptance.harness import until
from tests.integration.test_documents import Office
from tests.providers.document_server import PDF, DocumentServer, sending
from tests.providers.http import hang
from tests.unit.factories import POLICY


@pytest.fixture
async def hosts() -> AsyncIterator[tuple[DocumentServer, DocumentServer]]:
    async with DocumentServer() as hung, DocumentServer() as well:
        hung.always = hang
        yield hung, well
        assert [] == [*hung.violations, *well.violations]


@pytest.fixture
async def office(opened: Database, hosts: tuple[DocumentServer, DocumentServer]) -> AsyncIterator[Office]:
    rules = replace(POLICY.documents, hosts=tuple(server.host for server in hosts), networks=("127.0.0.0/8",))
    async with aclosing(HttpDocumentCalls(rules)) as calls:
        yield Office(opened, hosts[1], calls, rules)


@asynccontextmanager
async def fetching(office: Office) -> AsyncIterator[None]:
    running = asyncio.create_task(documents.run(office.fetching))
    try:
        yield
    finally:
        await cancel(running)


async def test_host_that_hangs_delays_the_documents_of_no_other(
    office: Office, hosts: tuple[DocumentServer, DocumentServer]
) -> None:
    hung, well = hosts
    for number in range(40):
        await office.answer(document_ref=hung.url(), radicado=f"PQ-A-{number}")
    async with fetching(office):
        await until(lambda: len(hung.asked) >= 2, "the first calls of the host that hangs")
        for number in range(20):
            await office.answer(document_ref=well.url(), radicado=f"PQ-B-{number}")
        # The first call of the other host is still hanging.
        await until(lambda: stored(office, 20), "the documents of the other host", patience=15)
    await office.deliver()

    assert 20 == len([mail for mail in office.mails if list(mail.iter_attachments())])
    assert 2 == len(hung.asked)


async def test_host_that_fails_is_left_alone_and_its_circuit_is_named(
    office: Office, hosts: tuple[DocumentServer, DocumentServer]
) -> None:
    failing, well = hosts
    failing.always = sending(503)
    for number in range(10):
        await office.answer(document_ref=failing.url(), radicado=f"PQ-A-{number}")
    await office.answer(document_ref=well.url())
    async with fetching(office):
        await until(lambda: stored(office, 1), "the document of the other host")
        await until(lambda: len(failing.asked) >= 3, "as many calls as open the circuit")
        await office.answer(document_ref=well.url(), radicado="PQ-B")
        await until(lambda: stored(office, 2), "a look at all hosts after it")
    circuits = office.fetching.breakers.states()

    assert {
        (DOCUMENT, failing.host): Circuit.OPEN,
        (DOCUMENT, well.host): Circuit.CLOSED,
    } == circuits
    # A call that had begun comes to its end.
    assert len(failing.asked) <= 4


async def test_what_waits_too_long_for_a_host_that_is_left_alone_ends_without_a_call(
    office: Office, hosts: tuple[DocumentServer, DocumentServer]
) -> None:
    failing, _ = hosts
    failing.always = sending(503)
    for number in range(4):
        await office.answer(document_ref=failing.url(), radicado=f"PQ-A-{number}")
    async with fetching(office):
        await until(lambda: failed(office, 3), "as many calls as open the circuit")
        asked = len(failing.asked)
        await office.database.rows("UPDATE document_request SET wait_until = now(), next_at = now()")
        await until(lambda: given_up(office, 4), "the end of all")

    assert asked == len(failing.asked)
    assert {"circuit_open"} == {row["last_error"] for row in await office.requests()}


async def test_document_that_was_fetched_before_does_not_wait_for_a_host_that_is_left_alone(
    office: Office, hosts: tuple[DocumentServer, DocumentServer]
) -> None:
    failing, _ = hosts
    failing.always, digest = None, sha256(PDF).hexdigest()
    await office.answer(document_ref=failing.url(), document_sha256=digest)
    await office.fetch()
    failing.always = sending(503)
    for number in range(4):
        await office.answer(document_ref=failing.url("other.pdf"), radicado=f"PQ-A-{number}")
    async with fetching(office):
        await until(lambda: failed(office, 2), "as many calls as open the circuit")
        await office.answer(document_ref=failing.url(), document_sha256=digest, radicado="PQ-B")
        await until(lambda: stored(office, 2), "the bytes that are here", patience=5)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Portal.Example.com/a.pdf?b=http://c:80", "portal.example.com"),
        ("https://portal.example.com:443/a.pdf", "portal.example.com"),
        ("https://archivo.example.com:8443#x", "archivo.example.com:8443"),
        ("HTTP://127.0.0.1:80/a", "127.0.0.1"),
        ("http://127.0.0.1:443?a", "127.0.0.1:443"),
        ("http://[::1]:8080/a", "[::1]:8080"),
    ],
)
async def test_host_of_an_address_is_the_one_that_the_policy_names(
    opened: Database, address: str, host: str
) -> None:
    [row] = await opened.rows("SELECT document_host($1) AS host", address)

    assert host == row["host"]
    assert replace(POLICY.documents, hosts=(host,)).allows(address)


async def test_claim_goes_by_the_index_of_hosts_however_many_documents_wait(opened: Database) -> None:
    await opened.rows(
        """
        INSERT INTO document_request (event_key, url, name, attach, wait_until, state)
        SELECT gen_random_uuid(), 'https://portal' || number % 5 || '.example.com/a', 'a', true, now(),
               CASE WHEN number % 10 = 0 THEN 'asked' ELSE 'stored' END
        FROM generate_series(1, 20000) AS given (number)
        """
    )
    await opened.rows("ANALYZE document_request")
    rooms = "ARRAY['portal0.example.com'], ARRAY[1], ARRAY[true]"
    lines = await opened.rows(
        f"EXPLAIN (ANALYZE, COSTS off, TIMING off) {load('documents')['due']}".replace("$1", "2")
        .replace("$2", "'1 minute'")
        .replace("$3::text[], $4::int[], $5::bool[]", rooms)
    )
    plan = "\n".join(line["QUERY PLAN"] for line in lines)

    assert "document_request_host" in plan
    assert "Seq Scan on document_request" not in plan
    assert "Sort" not in plan


async def failed(office: Office, number: int) -> bool:
    return number <= len([row for row in await office.requests() if row["tries"]])


async def given_up(office: Office, number: int) -> bool:
    return number == [row["state"] for row in await office.requests()].count("failed")


async def stored(office: Office, number: int) -> bool:
    return number == [row["state"] for row in await office.requests()].count("stored")
