"""The link to a document: signed, for one message, until it ends; a download that no browser runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid4

import pytest
from aiohttp import hdrs
from yarl import URL

from hub.access import message_tokens
from hub.access.document_tokens import PATH, make_token
from hub.access.keyring import KeyRing, Purpose
from hub.access.link_rate import FREE
from hub.model import Recall, StoredEvent
from hub.model.documents import DocumentRequest, FetchedDocument
from hub.settings import Secret
from hub.storage import Database, PostgresDelivery, PostgresDocuments, PostgresIntake
from tests.contract.values import event, message, now, stored
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import NOON, World, browsing
from tests.providers.document_server import PDF

SECRET: Final = "a-secret-that-nobody-guesses-and-long-enough"
RING: Final = KeyRing([Secret(SECRET)])
ELSEWHERE: Final = "203.0.113.66"
ENDS: Final = now() + timedelta(days=1)


@pytest.fixture
def world(opened: Database) -> World:
    settings = {"HUB_SECRET": SECRET, "HUB_TRUSTED_PROXIES": "127.0.0.1"}
    return World(environ={**GUARDED, **settings}, database=opened)


async def linked(
    database: Database, *, channel: str = "email", attach: bool = True, of: StoredEvent | None = None
) -> UUID:
    """Store a message whose event has a document; return its id."""
    of = of or stored(event("pqrs.responded"))
    about = message(of, channel=channel)
    request = DocumentRequest(
        event_key=of.key, url="https://a.example/r.pdf", name="respuesta", attach=attach, wait_until=NOON
    )
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.add_events([of])
        await transaction.ask_documents([request])
    await PostgresDelivery(database).add_messages([about])
    found = FetchedDocument(sha256=sha256(PDF).digest(), kind="application/pdf", content=PDF)
    await PostgresDocuments(database).store(of.key, found)
    return about.id


def path(message_id: UUID, ends: datetime = ENDS, ring: KeyRing = RING) -> str:
    return PATH.format(token=make_token(ring, message_id, ends))


@dataclass(frozen=True)
class Opened:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


async def open_link(world: World, where: str, headers: Mapping[str, str] | None = None) -> Opened:
    """Open it as somebody out there does, or with a key."""
    given = {**(headers or {}), "X-Forwarded-For": ELSEWHERE}
    async with browsing(world) as client, client.get(URL(where, encoded=True), headers=given) as answer:
        return Opened(answer.status, answer.headers, await answer.read())


async def test_the_link_downloads_the_document_and_changes_nothing(world: World, opened: Database) -> None:
    where = path(await linked(opened))
    reply = await open_link(world, where)

    assert (200, PDF) == (reply.status, reply.body)
    assert "application/pdf" == reply.headers[hdrs.CONTENT_TYPE]
    assert 'attachment; filename="respuesta.pdf"' == reply.headers[hdrs.CONTENT_DISPOSITION]
    assert "nosniff" == reply.headers["X-Content-Type-Options"]
    assert "no-store" == reply.headers[hdrs.CACHE_CONTROL]
    assert "default-src 'none'; sandbox;" in reply.headers["Content-Security-Policy"]
    assert "no-referrer" == reply.headers["Referrer-Policy"]
    assert ([], []) == (world.publisher.events, world.audit.rows)


async def test_after_its_end_a_page_says_whom_to_ask(world: World, opened: Database) -> None:
    message_id = await linked(opened)
    reply = await open_link(world, path(message_id, NOON))
    gone = await open_link(world, path(uuid4()))

    for answer in (reply, gone):
        assert 410 == answer.status
        assert "Este enlace ya no funciona" in answer.text
        assert "tel:" in answer.text
        assert "mailto:" in answer.text
        assert "respuesta" not in answer.text


async def test_after_a_recall_a_page_says_that_the_document_was_withdrawn(
    world: World, opened: Database
) -> None:
    of = stored(event("pqrs.responded"))
    where, other = path(await linked(opened, of=of)), path(await linked(opened))
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.recall([Recall(source=of.event.source, event_id=of.event.id, by=uuid4())])
    reply, untouched = await open_link(world, where), await open_link(world, other)

    assert 410 == reply.status
    assert "Este documento fue retirado" in reply.text
    assert "tel:" in reply.text
    assert "mailto:" in reply.text
    assert "respuesta" not in reply.text
    assert (200, PDF) == (untouched.status, untouched.body)


async def test_no_other_signature_opens_it(world: World, opened: Database) -> None:
    message_id = await linked(opened)
    right = path(message_id).removeprefix("/d/")
    forged = [
        path(message_id, ring=KeyRing([Secret("the secret of somebody else, as long")])),
        f"/d/{message_tokens.make_token(RING, Purpose.OWN_MESSAGE, message_id, ENDS)}",
        f"/d/{right[::-1]}",
        f"/d/{right}0",
        f"/d/{right[:-1]}",
        "/d/.1.x",
        "/d/...",
    ]
    replies = [await open_link(world, where) for where in forged]

    assert {403} == {reply.status for reply in replies}
    assert all("Este enlace no está completo" in reply.text for reply in replies)


async def test_who_guesses_is_slowed_and_the_right_link_passes(world: World, opened: Database) -> None:
    where = path(await linked(opened))
    wrong = f"/d/{'A' * message_tokens.LENGTH}"
    elsewhere = {"X-Forwarded-For": ELSEWHERE}
    async with browsing(world) as client:
        statuses = {(await client.get(wrong, headers=elsewhere)).status for _ in range(60)}
        right = (await client.get(where, headers=elsewhere)).status

    assert {403, 429} == statuses
    assert 200 == right


async def test_one_link_is_not_opened_without_end(opened: Database) -> None:
    world = World(environ={**GUARDED, "HUB_SECRET": SECRET}, database=opened)
    first, other = path(await linked(opened)), path(await linked(opened))
    async with browsing(world) as client:
        statuses = [(await client.get(first)).status for _ in range(FREE + 1)]
        page = await (await client.get(first, headers={hdrs.ACCEPT: "text/html"})).text()
        free = (await client.get(other)).status

    assert [200] * FREE + [429] == statuses
    assert "Vuelva a cargar la página en 10 minutos." in page
    assert "su red" not in page
    assert 200 == free


async def test_enclosure_of_a_letter_is_for_those_who_print_it(world: World, opened: Database) -> None:
    letter = await linked(opened, channel="print")
    await opened.rows(
        "UPDATE message SET state = 'failed', reason = 'document_not_printed' WHERE id = $1", letter
    )
    mail, recalled = await linked(opened), await linked(opened, channel="print")
    await opened.rows("UPDATE message SET state = 'cancelled', reason = 'recalled' WHERE id = $1", recalled)
    confidential = await linked(opened, channel="print", attach=False)
    key: dict[str, str] = {hdrs.AUTHORIZATION: f"Bearer {GUARDED['HUB_API_KEY']}"}
    shown = await open_link(world, f"/letters/{letter}/document", key)
    others = [
        await open_link(world, f"/letters/{other}/document", key) for other in (mail, confidential, recalled)
    ]
    stranger = await open_link(world, f"/letters/{letter}/document")

    assert (200, PDF) == (shown.status, shown.body)
    assert [404, 404, 404] == [reply.status for reply in others]
    assert 401 == stranger.status
    assert "letter.document" in [note.action for note in world.audit.rows]
