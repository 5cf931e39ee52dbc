"""Batches of letters over HTTP and by the command line: made, printed, posted, handed over, undone."""

import asyncio
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import hdrs

from hub.desk.letters import queries
from hub.desk.letters.printer import batch_on_paper
from hub.model import Message, Recall, Rendered, State
from hub.model.documents import DocumentRequest, FetchedDocument
from hub.storage import Database, PostgresDelivery, PostgresDocuments, PostgresIntake, PostgresLetters
from tests.command_line import hub
from tests.contract.stores import stores_in
from tests.contract.values import event, message, now, stored
from tests.integration.web_doubles import Reply, World, ask, browsing
from tests.operators import operator
from tests.providers.samples import outgoing
from tests.unit.paper_documents import pdf_of
from tests.unit.pdf_reader import pages_of

HERE = "ph-1"
BATCHES = "/api/letters/batches"
GUIDE = "RA123456789CO"
"""The number of the post's guide."""


async def letters(database: Database, number: int, place: str | None = HERE) -> Sequence[Message]:
    of = stored(event(), copropiedad_id=place)
    await stores_in(database).add_events(of)
    made = [
        message(of, person=f"p-{at}", name=f"Persona {at}", channel="print", state=State.SENT)
        for at in range(number)
    ]
    await PostgresDelivery(database).add_messages(made)
    await PostgresLetters(database).add(
        [
            outgoing(
                "print",
                id=one.id,
                person=one.person,
                name=one.name,
                rendered=Rendered(
                    subject="Circular", text="Circular", html=f"<body><p>Para {one.name}.</p></body>"
                ),
            )
            for one in made
        ]
    )
    return made


async def post(world: World, path: str, body: object = None) -> Reply:
    headers = {hdrs.CONTENT_TYPE: "application/json"}
    return await ask(world, path, method="POST", headers=headers, body=json.dumps(body or {}).encode())


async def test_batch_is_printed_again_byte_for_byte_and_each_look_is_audited(opened: Database) -> None:
    world = World(database=opened)
    await letters(opened, 3)
    made, again = [(await post(world, BATCHES, {"copropiedad": HERE})).json for _ in range(2)]
    path = f"{BATCHES}/{made['id']}"
    pdfs = [await raw(world, f"{path}/pdf") for _ in range(2)]
    shown = (await ask(world, path)).json
    noted = [(row.action, row.person) for row in world.audit.rows]

    assert (True, False, made["id"]) == (made["made"], again["made"], again["id"])
    assert pdfs[0] == pdfs[1]
    assert ("application/pdf", f'attachment; filename="cartas-{made["id"]}.pdf"') == pdfs[0][:2]
    cover = pages_of(pdfs[0][2])[0]
    assert all(f"Persona {number}" in cover for number in range(3))
    assert ["p-0", "p-1", "p-2"] == sorted(row["person"] for row in shown["items"])
    assert [("batch.make", None)] * 4 == noted[:4]
    looks = [("batch.print", f"p-{number}") for number in range(3)]
    assert [looks, looks] == [sorted(noted[4:7]), sorted(noted[7:])]


async def raw(world: World, path: str) -> tuple[str, str, bytes]:
    async with browsing(world) as client, client.get(path) as answer:
        head = answer.headers
        return head[hdrs.CONTENT_TYPE], head[hdrs.CONTENT_DISPOSITION], await answer.read()


async def test_letters_go_to_the_post_and_to_their_people(opened: Database) -> None:
    world = World(database=opened)
    one, *_ = await letters(opened, 2)
    path = f"{BATCHES}/{(await post(world, BATCHES, {'copropiedad': HERE})).json['id']}"
    early = await post(world, f"{path}/delivered")
    printed = [(await post(world, f"{path}/printed")).json["changed"] for _ in range(2)]
    undone = await post(world, f"{path}/cancel")
    bad = await post(world, f"/api/letters/{one.id}/posted", {"guide": "?"})
    posted = await post(world, f"/api/letters/{one.id}/posted", {"guide": GUIDE})
    listed = (await ask(world, f"/api/letters?state=posted&copropiedad={HERE}")).json["items"]
    delivered = [(await post(world, f"{path}/delivered")).json["changed"] for _ in range(2)]
    [waiting] = (await ask(world, "/api/letters/buildings")).json["items"]
    await post(world, f"/api/letters/{one.id}/done")
    late = await post(world, f"/api/letters/{one.id}/posted", {"guide": GUIDE})

    assert (409, 409, 400, 200, 409) == tuple(reply.status for reply in (early, undone, bad, posted, late))
    assert "printed" in early.json["error"]
    assert ([True, False], [1, 0]) == (printed, delivered)
    assert [(str(one.id), GUIDE)] == [(row["id"], row["guide"]) for row in listed]
    assert (0, 0, 0, 1) == tuple(waiting[state] for state in ("open", "batched", "printed", "posted"))


async def test_batch_that_nobody_has_printed_is_undone(opened: Database) -> None:
    world = World(database=opened)
    await letters(opened, 1)
    first = (await post(world, BATCHES, {"copropiedad": HERE, "size": "a4"})).json
    cancelled = await post(world, f"{BATCHES}/{first['id']}/cancel")
    pdf = await ask(world, f"{BATCHES}/{first['id']}/pdf")
    second = (await post(world, BATCHES, {"copropiedad": HERE})).json

    assert (True, 409) == (cancelled.json["changed"], pdf.status)
    assert ("a4", "letter", True) == (first["size"], second["size"], second["made"])


async def test_recalled_letter_is_not_in_the_pdf_and_the_cover_counts_it_without_a_name(
    opened: Database,
) -> None:
    world = World(database=opened)
    await letters(opened, 1)
    gone, _ = await letters(opened, 2)
    made = (await post(world, BATCHES, {"copropiedad": HERE})).json
    await _take_back(opened, gone)
    again = (await raw(world, f"{BATCHES}/{made['id']}/pdf"))[2]
    shown = (await ask(world, f"{BATCHES}/{made['id']}")).json
    cover, *rest = pages_of(again)

    assert (3, 2, 1) == (shown["letters"], shown["withdrawn"], len(shown["items"]))
    assert "2 cartas se retiraron después de hacer el lote" in cover
    assert "Persona 1" not in cover + "".join(rest)


async def _take_back(database: Database, one: Message) -> None:
    by = stored(event("notification.recall"))
    [row] = await database.rows("SELECT source, id FROM event WHERE key = $1", one.event_key)
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.recall([Recall(source=row["source"], event_id=row["id"], by=by.key)])


async def test_batch_of_withdrawn_letters_has_nothing_to_print(opened: Database) -> None:
    world = World(database=opened)
    [gone] = await letters(opened, 1)
    made = (await post(world, BATCHES, {"copropiedad": HERE})).json
    await _take_back(opened, gone)

    assert 404 == (await ask(world, f"{BATCHES}/{made['id']}/pdf")).status


async def enclose(database: Database, one: Message, words: str) -> None:
    """Let the event of a letter have a document of these words."""
    content = pdf_of(words)
    request = DocumentRequest(
        event_key=one.event_key,
        url="https://a.example/r.pdf",
        name="respuesta",
        attach=True,
        wait_until=now(),
    )
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.ask_documents([request])
    found = FetchedDocument(sha256=sha256(content).digest(), kind="application/pdf", content=content)
    await PostgresDocuments(database).store(one.event_key, found)


async def test_documents_for_which_there_is_no_room_are_printed_apart(opened: Database) -> None:
    """Each letter has a document of its own: all of them at once would fill the memory."""
    world = World(database=opened)
    for number in range(3):
        [one] = await letters(opened, 1)
        await enclose(opened, one, f"Documento {number}.")
    made = (await post(world, BATCHES, {"copropiedad": HERE})).json
    stores, batch = operator(opened).stores, await queries.batch(opened, UUID(made["id"]))
    assert batch is not None
    whole = await batch_on_paper(stores, batch)
    room = len(pdf_of("Documento 0.")) * 5 // 2
    tight = [await batch_on_paper(stores, batch, most_bytes=room) for _ in range(2)]
    cover, *pages = [page for page in pages_of(tight[0].content) if page]

    assert tight[0].content == tight[1].content
    assert (0, 1) == (whole.apart, tight[0].apart)
    assert (2, 1) == (cover.count("Con documento"), cover.count("Imprima el documento"))
    assert [1, 1, 0] == [sum(f"Documento {number}." in page for page in pages) for number in range(3)]
    assert 1 == sum("imprímalo aparte" in page for page in pages)


async def test_other_requests_go_on_while_letters_are_set(opened: Database) -> None:
    world = World(database=opened)
    await letters(opened, 200)
    made = (await post(world, BATCHES, {"copropiedad": HERE})).json
    async with browsing(world) as client:
        setting = asyncio.ensure_future(_read(client, f"{BATCHES}/{made['id']}/pdf"))
        answered = 0
        while not setting.done():
            assert 200 == (await _read(client, "/health/live"))[0]
            answered += 1
        status, pdf = await setting

    assert (200, b"%PDF") == (status, pdf[:4])
    assert answered > 5


async def _read(client: Any, path: str) -> tuple[int, bytes]:
    async with client.get(path) as answer:
        return answer.status, await answer.read()


async def test_one_letter_is_a_pdf_without_a_batch(opened: Database) -> None:
    world = World(database=opened)
    [one] = await letters(opened, 1)
    kind, _, pdf = await raw(world, f"/letters/{one.id}/pdf")
    shown = (await ask(world, f"/api/letters/{one.id}")).json

    assert "application/pdf" == kind
    assert "Para Persona 0." in pages_of(pdf)[0]
    assert ("open", None) == (shown["state"], shown["batch"])
    assert ["letter.print", "letter.show"] == [row.action for row in world.audit.rows]


@pytest.mark.parametrize("body", [{}, {"copropiedad": HERE, "size": "a3"}, {"copropiedad": 1}, {"other": 1}])
async def test_what_is_no_batch_is_refused(opened: Database, body: object) -> None:
    assert 400 == (await post(World(database=opened), BATCHES, body)).status


async def test_nothing_to_print_says_where_there_is_something(opened: Database) -> None:
    reply = await post(World(database=opened), BATCHES, {"copropiedad": "ph-none"})

    assert 404 == reply.status
    assert "/api/letters/buildings" in reply.json["hint"]


async def test_commands_go_from_the_list_to_the_hand_over(
    environ: dict[str, str], opened: Database, tmp_path: Path
) -> None:
    file = tmp_path / "cartas.pdf"
    one, other = await letters(opened, 2)
    _, waiting, _ = await hub(environ, "letters", "buildings")
    _, made, _ = await hub(environ, "letters", "print", "--copropiedad", HERE, "--out", str(file))
    _, again, _ = await hub(environ, "letters", "print", "--copropiedad", HERE, "--out", str(file))
    early, _, complaint = await hub(environ, "letters", "done", "--batch", made["batch"])
    _, printed, _ = await hub(environ, "letters", "printed", made["batch"])
    late, _, undone = await hub(environ, "letters", "cancel", made["batch"])
    _, posted, _ = await hub(environ, "letters", "posted", str(one.id), "--guide", GUIDE)
    _, listed, _ = await hub(environ, "letters", "list", "--state", "posted", "--copropiedad", HERE)
    _, done, _ = await hub(environ, "letters", "done", "--batch", made["batch"])
    _, batches, _ = await hub(environ, "letters", "batches", "--copropiedad", HERE)

    assert [(HERE, 2)] == [(row["copropiedad_id"], row["open"]) for row in waiting["items"]]
    assert (True, 2, False) == (made["made"], made["letters"], again["made"])
    assert b"%PDF" == file.read_bytes()[:4]
    assert (1, 1) == (early, late)
    assert "hub letters printed" in complaint
    assert "Post them or hand them over" in undone
    assert (True, True) == (printed["changed"], posted["changed"])
    assert [(str(one.id), GUIDE)] == [(row["id"], row["guide"]) for row in listed["items"]]
    assert [str(other.id)] == [item["id"] for item in done["items"]]
    assert [1] == [row["delivered"] for row in batches["items"]]


async def test_one_letter_is_written_as_pdf_and_a_document_without_one_says_what_to_do(
    environ: dict[str, str], opened: Database, tmp_path: Path
) -> None:
    file = tmp_path / "carta.pdf"
    [one] = await letters(opened, 1)
    of = stored(event(id="linked"), copropiedad_id=HERE)
    await stores_in(opened).add_events(of)
    failed = message(of, channel="print", state=State.FAILED, reason="document_not_printed")
    await PostgresDelivery(opened).add_messages([failed])
    await hub(environ, "letters", "show", str(one.id), "--pdf", str(file))
    code, _, complaint = await hub(environ, "letters", "show", str(failed.id), "--pdf", str(file))

    assert "Para Persona 0." in pages_of(file.read_bytes())[0]
    assert 1 == code
    assert "hub letters done" in complaint


@pytest.mark.parametrize(
    "words",
    [
        ("print",),
        ("print", "--copropiedad", HERE, "--no-copropiedad"),
        ("print", "--copropiedad", "ph-none"),
        ("done",),
    ],
    ids=" ".join,
)
async def test_what_a_command_lacks_is_said(environ: dict[str, str], words: tuple[str, ...]) -> None:
    code, _, complaint = await hub(environ, "letters", *words)

    assert 1 == code
    assert "hub letters b" in complaint
