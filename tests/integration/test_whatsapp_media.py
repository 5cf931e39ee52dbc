"""Photos and documents that people send over WhatsApp: fetched as documents are, and kept with the reply."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.channels.urls import parse_whatsapp
from hub.channels.whatsapp.media import MediaCalls
from hub.channels.whatsapp.reports import read_notice
from hub.inbound.files import with_judged
from hub.inbound.replies import read
from hub.model import About
from hub.model.erasures import Erasure
from hub.model.incidents import DOCUMENT
from hub.policy.documents import host_breaker
from hub.resilience.breaker import Breakers
from hub.storage import Database, PostgresContacts, PostgresDocuments, PostgresErasures, PostgresReplies
from hub.storage.given_files import found
from hub.testing import MemoryPublisher
from hub.timers.documents import LEASE, DocumentDeps, fetch
from tests.contract.values import now
from tests.providers.document_server import JPEG, PDF, endless, sending
from tests.providers.whatsapp import WhatsappServer, notice, text_item
from tests.unit.factories import POLICY

RULES: Final = replace(POLICY.documents, max_bytes=50_000)
SHORT: Final = 0.7
"""Seconds for a call in these tests."""


@dataclass(kw_only=True)
class Desk:
    """A hub to which somebody writes over WhatsApp, with the fetcher of its timers."""

    database: Database
    meta: WhatsappServer
    fetching: DocumentDeps

    async def written(self, kind: str = "image", **media: Any) -> Any:
        """Take what somebody sends; return its id."""
        item = text_item("573001234567", "") | {"type": kind, kind: {"id": "77", **media}}
        [reply] = read_notice(notice(messages=[item])).replies
        inbound = read(with_judged(reply, RULES), About(), now=now())
        return (await PostgresReplies(self.database).add(inbound)).id

    async def fetched(self) -> list[str]:
        """Fetch what is due; return the hosts that were asked."""
        due = await PostgresDocuments(self.database).due(2, LEASE)
        for request in due:
            await fetch(request, self.fetching)
        return [request.host for request in due]

    async def kept(self, reply_id: Any) -> list[tuple[str, str | None, str]]:
        whole = await PostgresContacts(self.database).reply(reply_id)
        return [(file.name, file.kind, file.refused) for file in whole.files] if whole else []

    async def later(self, *, last: bool = False) -> None:
        ends = ", wait_until = now()" if last else ""
        await self.database.rows(f"UPDATE document_request SET next_at = now(){ends}")


@pytest.fixture
async def desk(opened: Database) -> AsyncIterator[Desk]:
    async with WhatsappServer() as meta:
        meta.media["77"] = JPEG
        account = parse_whatsapp(meta.url, setting="HUB_WHATSAPP_URL")
        async with aclosing(MediaCalls(RULES, [account], timeout=SHORT)) as calls:
            deps = DocumentDeps(
                queue=PostgresDocuments(opened),
                calls=calls,
                publisher=MemoryPublisher(),
                breakers=Breakers(POLICY.breaker, exceptions={DOCUMENT: host_breaker(POLICY.breaker)}),
                hosts=(),
                now=now,
            )
            yield Desk(database=opened, meta=meta, fetching=deps)
        assert [] == meta.violations


async def test_photo_and_document_are_fetched_and_kept_with_their_words(desk: Desk) -> None:
    photo = await desk.written(caption="La fuga")
    waiting = await desk.kept(photo)
    asked = await desk.fetched()
    again = await desk.fetched()
    file = await found(desk.database, photo, 1, None)

    assert [("imagen", None, "waiting")] == waiting
    assert (["graph.facebook.com"], []) == (asked, again)
    assert [("imagen", "image/jpeg", "")] == await desk.kept(photo)
    assert file is not None
    assert JPEG == file.content
    assert [] == await desk.database.rows("SELECT FROM document_request")


@pytest.mark.parametrize(
    ("behaviour", "content"),
    [
        (sending(503), JPEG),
        (sending(401), JPEG),
        (sending(body=b"{"), JPEG),
        (endless, JPEG),
        (None, JPEG[:-1]),
    ],
    ids=["away", "token", "no JSON", "endless", "cut"],
)
async def test_file_that_does_not_come_is_asked_for_again_until_the_day_ends(
    desk: Desk, behaviour: Any, content: bytes
) -> None:
    desk.meta.always, desk.meta.media["77"] = behaviour, content
    photo = await desk.written("document", filename="acta.pdf")
    await desk.fetched()
    later = await desk.kept(photo)
    await desk.later(last=True)
    await desk.fetched()

    assert behaviour is endless or [("acta.pdf", None, "waiting")] == later
    assert [("acta.pdf", None, "not_fetched")] == await desk.kept(photo)
    assert [] == await desk.database.rows("SELECT FROM document_request")


@pytest.mark.parametrize(
    ("content", "elsewhere"),
    [
        (b"<html>", ""),
        (PDF * 6, ""),
        (JPEG, "https://files.example.com/77"),
        (JPEG, "http://lookaside.fbsbx.com/77"),
        (JPEG, "https://fbsbx.com.example.com/77"),
        (JPEG, "https://[/77"),
    ],
    ids=["page", "large", "foreign", "plain", "looks like it", "malformed"],
)
async def test_other_bytes_and_foreign_addresses_end_at_once_and_the_token_stays_here(
    desk: Desk, content: bytes, elsewhere: str
) -> None:
    desk.meta.media["77"], desk.meta.elsewhere = content, elsewhere
    photo = await desk.written()
    await desk.fetched()

    assert elsewhere == "https://[/77" or [("imagen", None, "not_fetched")] == await desk.kept(photo)


async def test_file_on_its_way_is_erased_with_its_writer(desk: Desk) -> None:
    photo = await desk.written()
    await desk.database.rows("UPDATE reply SET person = 'p-1', published_at = now()")
    erasure = Erasure(person="p-1", words=(), marks=(), cursor=None, finished_at=None)
    await PostgresErasures(desk.database).erase_rest(erasure)

    assert [] == await desk.kept(photo)
    assert [] == await desk.database.rows("SELECT FROM document_request")
