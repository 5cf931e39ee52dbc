"""The PDF that somebody gives a letter whose document the hub could not fetch."""

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import pytest
from aiohttp import FormData, hdrs
from multidict import istr

from hub.channels.document_ends import pdf_is_whole
from hub.desk.letters import acts
from hub.desk.letters.rows import DocumentBody
from hub.errors import BeyondOwnRights, InvalidDocument, TooLate
from hub.model import Message, Scope, State
from hub.model.documents import FetchedDocument
from hub.storage import Database, PostgresDelivery, PostgresDocuments
from tests.contract.stores import stores_in
from tests.contract.values import message, stored
from tests.integration.web_doubles import World, ask, browsing
from tests.operators import operator
from tests.unit.factories import POLICY, event
from tests.unit.paper_documents import pdf_of

PDF: Final = pdf_of("Acta 12")
HERE: Final = "ph-1"
JSON: Final = {hdrs.CONTENT_TYPE: "application/json"}
LINK: Final = "https://portal.example.com/acta-12.pdf"


async def unprinted(
    database: Database, number: int = 1, *, place: str | None = HERE, **data: Any
) -> list[Message]:
    """Store letters of one event that would only link to its document."""
    named = {"document_ref": LINK, "document_sha256": None, **data}
    minutes = event("admin.minutes.published", named, id=f"minutes-{place}")
    of = stored(minutes, copropiedad_id=place)
    await stores_in(database).add_events(of)
    found = [
        message(
            of,
            person=f"p-{at}",
            channel="print",
            contact_id="print",
            address="print",
            state=State.FAILED,
            reason="document_not_printed",
        )
        for at in range(number)
    ]
    await PostgresDelivery(database).add_messages(found)
    return found


async def states(database: Database) -> set[tuple[str, str | None]]:
    return {(row["state"], row["reason"]) for row in await database.rows("SELECT state, reason FROM message")}


async def test_the_page_of_a_letter_takes_its_pdf_for_all_letters_of_the_event(opened: Database) -> None:
    first, _ = await unprinted(opened, 2)
    world = World(database=opened)
    async with browsing(world) as client:
        own = {hdrs.ORIGIN: str(client.make_url("/")).rstrip("/")}

        async def give(content: bytes, headers: Mapping[istr, str] = own) -> tuple[int, str, str]:
            form = FormData()
            form.add_field("pdf", content, filename="acta.pdf", content_type="application/pdf")
            path = f"/letters/{first.id}/document"
            async with client.post(path, data=form, headers=headers, allow_redirects=False) as answer:
                return answer.status, answer.headers.get(hdrs.LOCATION, ""), await answer.text()

        page = await (await client.get(f"/letters/{first.id}/life")).text()
        elsewhere = await give(PDF, {hdrs.ORIGIN: "https://evil.example"})
        wrong = await give(b"GIF89a")
        empty = await give(b"")
        before = await states(opened)
        given = await give(PDF)

    assert 'type="file"' in page
    assert 403 == elsewhere[0]
    assert [(400, True), (400, True)] == [
        (one[0], "debe ser un PDF completo" in one[2]) for one in (wrong, empty)
    ]
    assert {("failed", "document_not_printed")} == before
    assert (303, "/letters?done=attach_document") == given[:2]
    assert {("queued", None)} == await states(opened)
    [kept] = await opened.rows("SELECT name, attach, state, sha256 FROM document_request")
    assert ("acta-12", True, "stored", sha256(PDF).digest()) == tuple(kept.values())
    [note] = [note for note in world.audit.rows if note.action == "letter.attach"]
    assert {"sha256": sha256(PDF).hexdigest(), "size": len(PDF)} == note.detail
    assert (f"letter:{first.id}", "p-0") == (note.subject, note.person)


async def test_a_program_gives_it_in_base64_and_hears_what_is_wrong(opened: Database) -> None:
    [letter] = await unprinted(opened, document_sha256=sha256(PDF).hexdigest())
    world = World(database=opened)

    async def post(content: bytes) -> tuple[int, Any]:
        body = json.dumps({"pdf": base64.b64encode(content).decode()}).encode()
        path = f"/api/letters/{letter.id}/document"
        reply = await ask(world, path, method="POST", headers=JSON, body=body)
        return reply.status, reply.json

    refused = [await post(content) for content in (b"plain", PDF[:-20], pdf_of("Acta 13"))]
    given, again = await post(PDF), await post(PDF)

    assert [400, 400, 400] == [status for status, _ in refused]
    assert "SHA-256" in refused[2][1]["error"]
    assert (200, {"id": str(letter.id), "sha256": sha256(PDF).hexdigest(), "letters": 1}) == given
    assert 409 == again[0] or 404 == again[0], "it is a letter by now, or is being made"


async def test_what_is_too_large_or_has_a_page_or_is_of_other_places_is_refused(opened: Database) -> None:
    [letter] = await unprinted(opened)
    [everywhere] = await unprinted(opened, place=None)
    here = operator(opened, reach={Scope.OPERATE: frozenset({HERE})})
    large = PDF + b" " * POLICY.documents.max_bytes + b"\n%%EOF\n"
    assert pdf_is_whole(large)

    with pytest.raises(InvalidDocument, match="max_bytes"):
        await acts.attach_document(here, letter.id, DocumentBody(pdf=large))
    await opened.rows("UPDATE message SET copropiedad_id = $2 WHERE id = $1", everywhere.id, HERE)
    with pytest.raises(BeyondOwnRights):
        await acts.attach_document(here, everywhere.id, DocumentBody(pdf=PDF))
    await opened.rows("UPDATE message SET state = 'delivered', reason = NULL WHERE id = $1", letter.id)
    with pytest.raises(TooLate):
        await acts.attach_document(here, letter.id, DocumentBody(pdf=PDF))
    assert [] == await opened.rows("SELECT FROM document_request")


async def test_document_to_which_messages_lead_is_replaced_by_no_other(opened: Database) -> None:
    [letter] = await unprinted(opened)
    by, led_to = operator(opened), pdf_of("Acta 12, to which the mails lead")
    await opened.rows(
        """WITH kept AS (
            INSERT INTO document (sha256, kind, size, content)
            VALUES ($3, 'application/pdf', length($4::bytea), $4)
        )
        INSERT INTO document_request (event_key, url, name, attach, wait_until, state, sha256)
        VALUES ($1, $2, 'acta-12.pdf', false, now(), 'stored', $3)""",
        letter.event_key,
        LINK,
        sha256(led_to).digest(),
        led_to,
    )

    with pytest.raises(TooLate):
        await acts.attach_document(by, letter.id, DocumentBody(pdf=PDF))
    given = await acts.attach_document(by, letter.id, DocumentBody(pdf=led_to))

    assert (sha256(led_to).hexdigest(), 1) == (given.sha256, given.letters)


async def test_bytes_that_nobody_names_are_touched_when_somebody_gives_them(opened: Database) -> None:
    """Else they could be forgotten between their finding and their naming."""
    given = FetchedDocument(sha256=b"1" * 32, kind="application/pdf", content=b"%PDF-1.7")
    store = PostgresDocuments(opened)
    await store.give(uuid4(), "acta", "acta", given)
    await opened.rows("UPDATE document SET fetched_at = now() - interval '1 hour'")
    await store.give(uuid4(), "acta", "acta", given)

    [row] = await opened.rows("SELECT fetched_at > now() - interval '1 minute' AS touched FROM document")
    assert row["touched"]
