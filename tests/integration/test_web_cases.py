"""A case as one thread over HTTP, and its page."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import hdrs

from hub.desk.cases.queries import merge
from hub.inbound.replies import event_of, read
from hub.model import EVERYWHERE, About, Grant, Office, Purpose, Reply
from hub.model.casework import case_of_thread
from hub.model.given_files import GivenFile
from hub.storage import Database, PostgresIntake, PostgresReplies
from hub.storage.delivery import PostgresDelivery
from tests.contract.stores import stores_in
from tests.contract.values import (
    LEASE,
    clock,
    copropiedad,
    event,
    message,
    now,
    outcome,
    person,
    stored,
)
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import World, ask, browsing
from tests.integration.web_visitor import Visitor, give_account

CASE = "pqrs_id:PQ/1 ñ"
DATA = {
    "pqrs_id": "PQ/1 ñ",
    "radicado": "PQ-2026-000901",
    "kind": "peticion",
    "entry_channel": "web",
    "received_at": "2026-03-09T12:00:00-05:00",
    "service_area": "administracion",
    "subject": "Ruido del 301",
    "copropiedad_id": "ph-1",
}
FIRST = stored(event(id="evt-1", data=DATA), case=CASE, copropiedad_id="ph-1")
PATH = "/api/cases/PQ-2026-000901"
PAGE = "/cases/PQ-2026-000901"
KEY: dict[Any, str] = {hdrs.AUTHORIZATION: f"Bearer {GUARDED['HUB_API_KEY']}"}
HTML: dict[Any, str] = {hdrs.ACCEPT: "text/html"}
SAID = "María Peña", "maria@example.com", "Ruido del 301", "¿Para cuándo?", "gotera del baño.pdf"
"""Words that only a caller with the scope may read."""
NAMED = "María Peña", "Ruido del 301", "¿Para cuándo?", "gotera del baño.pdf"
"""Those of them that whoever must answer reads."""
EMPTY = "Llegó sin palabras ni archivos."
FOR_OTHERS = "Lo que escribió lo lee quien responde en esta copropiedad."


@pytest.fixture
async def world(opened: Database) -> World:
    await fill(opened)
    return World(database=opened, environ=GUARDED)


async def fill(opened: Database) -> None:
    """Fill the database with a case: its event, its promise, a mail, and the reply to it."""
    sent, token = message(FIRST), uuid4()
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.apply_directory([copropiedad("ph-1"), person("p-1", names="María Peña")])
        await transaction.add_events([FIRST])
        await transaction.save_clocks(
            [clock(CASE, context={"radicado": DATA["radicado"], "copropiedad_id": "ph-1"})]
        )
        await transaction.add_messages([sent])
    delivery, replies = PostgresDelivery(opened), PostgresReplies(opened)
    await delivery.claim([sent.id], token=token, lease=LEASE)
    await delivery.record(token, [outcome(sent.id)])
    reply = Reply(
        channel="email",
        provider="mail",
        reference="r-1",
        address="maria@example.com",
        text="¿Para cuándo?",
        at=now() + timedelta(seconds=1),
        message_id=sent.id,
        files=(GivenFile(name="gotera del baño.pdf", kind="application/pdf", content=b"%PDF-1.7"),),
    )
    await replies.add(read(reply, await replies.about(reply), now=now() + timedelta(seconds=1)))


async def test_thread_is_told_in_time_order_to_who_answers_and_audited(world: World) -> None:
    reply = await ask(world, PATH, headers=KEY)
    thread = reply.json
    [noted] = world.audit.rows

    assert 200 == reply.status
    assert (CASE, "PQ-2026-000901", "PQRS recibida", "Conjunto ph-1", "open", True, True) == tuple(
        thread[name] for name in ("case", "number", "title", "copropiedad", "state", "masked", "may_unmask")
    )
    assert ["event", "clock_started", "message", "reply"] == [entry["kind"] for entry in thread["entries"]]
    assert "A María Peña, «PQRS recibida», por correo a m***@e***.com:" in thread["entries"][2]["sentence"]
    assert "María Peña escribe por correo." == thread["entries"][3]["sentence"]
    assert [*NAMED] == [words for words in SAID if words in reply.text]
    assert ("case.show", f"case:{CASE}", "p-1", {"whole": False, "named": True}) == (
        noted.action,
        noted.subject,
        noted.person,
        noted.detail,
    )


async def test_whole_case_has_names_and_texts_and_is_audited_for_the_person(world: World) -> None:
    reply = await ask(world, f"{PATH}?whole=true", headers=KEY)
    said = reply.json["entries"][2]["message"]
    [noted] = world.audit.rows

    assert [] == [words for words in SAID if words not in reply.text]
    assert ("today", True) == (said["text_origin"], "PQ-2026-000901" in said["text"])
    assert ("p-1", {"whole": True}) == (noted.person, noted.detail)


@pytest.mark.parametrize(
    ("office", "place", "plain", "whole"),
    [
        (Office.OPERATOR, "ph-1", 200, 403),
        (Office.MANAGER, "ph-1", 200, 200),
        (Office.MANAGER, EVERYWHERE, 200, 200),
        (Office.MANAGER, "ph-2", 404, 404),
        (Office.VIEWER, EVERYWHERE, 200, 403),
    ],
)
async def test_office_decides_whether_a_case_is_seen_and_whether_whole(
    world: World, office: Office, place: str, plain: int, whole: int
) -> None:
    await give_account(world, "ana", Grant(office=office, copropiedad_id=place))
    async with browsing(world) as client:
        visitor = Visitor(client)
        assert (await visitor.sign_in("ana")).status == 303
        answers = [await visitor.ask(PATH), await visitor.ask(f"{PATH}?whole=true")]
        pages = [await visitor.ask(PAGE), await visitor.ask(f"{PAGE}?whole=true")]
        unknown = await visitor.ask("/api/cases/PQ-2026-000902")

    assert [plain, whole] == [answer.status for answer in answers] == [page.status for page in pages]
    assert ("Ver datos completos" in pages[0].text) == (whole == 200)
    assert 404 != plain or _without_instance(answers[0]) == _without_instance(unknown)
    assert 404 == unknown.status
    assert "radicado" in unknown.json["hint"]
    # Who must answer there sees name and words; a full address shows only with `privacy`.
    sees = NAMED if office is Office.OPERATOR and plain == 200 else SAID if whole == 200 else ()
    assert [*sees] == [words for words in SAID if words in str([*answers, *pages])]


async def test_who_answers_in_one_building_sees_no_names_of_another(world: World) -> None:
    await give_account(
        world,
        "ana",
        Grant(office=Office.OPERATOR, copropiedad_id="ph-2"),
        Grant(office=Office.VIEWER, copropiedad_id="ph-1"),
    )
    async with browsing(world) as client:
        visitor = Visitor(client)
        assert (await visitor.sign_in("ana")).status == 303
        seen = [await visitor.ask(PATH), await visitor.ask(PAGE)]

    assert [200, 200] == [answer.status for answer in seen]
    assert "M*** P***" in seen[0].text
    assert [] == [words for words in SAID if words in str(seen)]


async def test_file_of_a_reply_is_a_download_that_no_browser_runs(world: World) -> None:
    [file] = (await ask(world, PATH, headers=KEY)).json["entries"][3]["files"]
    link = f"/files/{file['id']}/{file['place']}"
    page = await ask(world, PAGE, headers={**KEY, **HTML})
    came = await ask(world, f"/api{link}", headers=KEY)
    noted = world.audit.rows[-1]

    assert f'<a href="{link}" download>gotera del baño.pdf</a> <small>8 Bytes</small>' in page.text
    opened = await ask(world, link, headers={**KEY, **HTML})
    types = [answer.headers[hdrs.CONTENT_TYPE] for answer in (came, opened)]
    assert (200, "%PDF-1.7") == (came.status, came.text)
    assert ["application/octet-stream", "application/pdf"] == types
    assert 'attachment; filename="gotera-del-ba-o.pdf"' == came.headers[hdrs.CONTENT_DISPOSITION]
    assert "nosniff" == came.headers["X-Content-Type-Options"]
    assert "sandbox" in came.headers["Content-Security-Policy"]
    assert ("file.show", f"reply:{file['id']}", "p-1") == (noted.action, noted.subject, noted.person)
    assert [404] * 3 == [
        (await ask(world, f"/api/files/{path}", headers=KEY)).status
        for path in (f"{file['id']}/2", f"{file['id']}/-1", f"{uuid4()}/1")
    ]


async def test_file_of_a_stranger_in_a_joined_case_is_opened_by_whoever_reads_the_words(
    world: World, opened: Database
) -> None:
    """What names no place is of its case: who reaches all of that sees the words, and so the file."""
    reply = Reply(
        channel="email",
        provider="mail",
        reference="r-2",
        address="otra@example.com",
        text="Va la foto",
        at=now(),
        files=(GivenFile(name="foto.pdf", kind="application/pdf", content=b"%PDF-2.0"),),
    )
    came = await PostgresReplies(opened).add(read(reply, About(), now=now()))
    await stores_in(opened).add_events(stored(event_of(came), case=case_of_thread(came.thread)))
    await give_account(world, "ana", Grant(office=Office.OPERATOR, copropiedad_id="ph-1"))
    async with browsing(world) as client:
        visitor = Visitor(client)
        await visitor.sign_in("ana")
        apart = await visitor.ask(f"/api/files/{came.id}/1")
        await merge(opened, case_of_thread(came.thread), CASE, by="account:ana", was_open=True)
        thread, joined = await visitor.ask(PATH), await visitor.ask(f"/api/files/{came.id}/1")

    assert "foto.pdf" in thread.text
    assert (404, 200) == (apart.status, joined.status)


async def test_empty_mail_is_not_said_to_be_for_others(world: World, opened: Database) -> None:
    heard = Reply(
        channel="email",
        provider="mail",
        reference="r-3",
        address="maria@example.com",
        text=" ",
        at=now(),
        message_id=message(FIRST).id,
    )
    replies = PostgresReplies(opened)
    await replies.add(read(heard, await replies.about(heard), now=now()))
    await give_account(world, "ana", Grant(office=Office.OPERATOR, copropiedad_id="ph-1"))
    await give_account(world, "luz", Grant(office=Office.VIEWER, copropiedad_id="ph-1"))
    said = {}
    for name in ("ana", "luz"):
        async with browsing(world) as client:
            visitor = Visitor(client)
            await visitor.sign_in(name)
            said[name] = (await visitor.ask(PAGE, headers=HTML)).text

    assert (1, 0) == tuple(said["ana"].count(words) for words in (EMPTY, FOR_OTHERS))
    assert (0, 2) == tuple(said["luz"].count(words) for words in (EMPTY, FOR_OTHERS))


async def test_notice_to_staff_names_the_writer_without_the_address(world: World, opened: Database) -> None:
    heard = Reply(
        channel="email",
        provider="mail",
        reference="r-2",
        address="maria@example.com",
        text="Mi otro número es 300 000 0009.",
        at=now(),
        message_id=message(FIRST).id,
    )
    replies = PostgresReplies(opened)
    came = await replies.add(read(heard, await replies.about(heard), now=now()))
    told = stored(event_of(came), case=CASE, copropiedad_id="ph-1")
    of_staff = {"person": "p-luz", "name": "Luz", "purpose": Purpose.INTERNAL, "variant": "staff"}
    notice = message(told, channel="inbox", address="p-luz", **of_staff)
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.add_events([told])
        await transaction.add_messages([notice])
    await give_account(world, "ana", Grant(office=Office.OPERATOR, copropiedad_id="ph-1"))
    async with browsing(world) as client:
        visitor = Visitor(client)
        await visitor.sign_in("ana")
        pages = [
            (await visitor.ask(path, headers=HTML)).text for path in (PAGE, f"/messages/{notice.id}/html")
        ]
        thread = await visitor.ask(PATH)
    whole = await ask(world, f"{PATH}?whole=true", headers=KEY)

    assert "Mi otro número es" in _notice(whole.json)["text"]
    assert "maria@example.com" in _notice(whole.json)["text"]
    assert "m***@e***.com" in _notice(thread.json)["text"]
    assert [] == [text for text in (thread.text, *pages) if "maria@example.com" in text]


def _notice(thread: Mapping[str, Any]) -> Mapping[str, Any]:
    told = (entry["message"] for entry in thread["entries"] if entry["message"])
    return next(one for one in told if one["event"] == "inbound.message.received")


async def test_case_is_found_by_its_key_and_by_what_is_in_it(world: World) -> None:
    keys = [
        "pqrs_id%3APQ%2F1%20%C3%B1",
        "PQ%2F1%20%C3%B1",
        "pq-2026-000901",
        "evt-1",
        str(FIRST.key),
        str(message(FIRST).id),
    ]
    answers = [await ask(world, f"/api/cases/{key}", headers=KEY) for key in keys]

    assert [(200, CASE)] * len(keys) == [(answer.status, answer.json.get("case")) for answer in answers]


async def test_number_of_several_cases_asks_which_one(world: World, opened: Database) -> None:
    other = stored(event("building.outage.reported", id="evt-2"), case="outage_id:PQ/1 ñ")
    await stores_in(opened).add_events(other)
    several = await ask(world, "/api/cases/PQ%2F1%20%C3%B1", headers=KEY)
    page = await ask(world, "/cases/PQ%2F1%20%C3%B1", headers={**KEY, **HTML})

    assert 300 == several.status == page.status
    assert ["outage_id:PQ/1 ñ", CASE] == [choice["case"] for choice in several.json["choices"]]
    assert 'href="/cases/pqrs_id%3APQ%2F1%20%C3%B1"' in page.text


async def test_pages_of_a_thread_follow_each_other(world: World) -> None:
    path, kinds = f"{PATH}?limit=3", []
    while path:
        page = (await ask(world, path, headers=KEY)).json
        kinds += [entry["kind"] for entry in page["entries"]]
        path = f"{PATH}?limit=3&after={page['next']}" if page["next"] else ""
    foreign = await ask(world, f"{PATH}?after=nonsense", headers=KEY)

    assert ["event", "clock_started", "message", "reply"] == kinds
    assert 400 == foreign.status


async def test_page_tells_the_case_and_escapes_what_people_wrote(world: World, opened: Database) -> None:
    written = event(id="evt-3", data={**DATA, "subject": "<script>alert(1)</script>"})
    marked = stored(written, case=CASE, copropiedad_id="ph-1")
    await stores_in(opened).add_events(marked)
    page = await ask(world, f"{PAGE}?whole=true&limit=2", headers={**KEY, **HTML})

    assert 200 == page.status
    assert "<h1>&lt;script&gt;alert(1)" in page.text
    assert "vencida hace" in page.text
    assert "<script>" not in page.text
    assert 'rel="next">Ver lo que sigue</a>' in page.text


async def test_search_leads_to_the_page_of_the_case(world: World) -> None:
    found = await ask(world, "/cases?key=PQ%2F1%20%C3%B1", headers={**KEY, **HTML})
    empty = await ask(world, "/cases", headers={**KEY, **HTML})
    unknown = await ask(world, "/cases/PQ-9", headers={**KEY, **HTML})

    assert (303, "/cases/PQ%2F1%20%C3%B1") == (found.status, found.headers[hdrs.LOCATION])
    assert (200, 404) == (empty.status, unknown.status)
    assert "No hay un caso con esa clave." in unknown.text
    assert 'name="key"' in unknown.text


async def test_link_of_a_mail_leads_over_the_sign_in_to_the_case_and_nowhere_else(world: World) -> None:
    await give_account(world, "ana", Grant(office=Office.VIEWER))
    link, form = "/cases/PQ%2F1", "/?next=%2Fcases%2FPQ%252F1"
    async with browsing(world) as client:
        visitor = Visitor(client)
        stranger = await visitor.ask(link, headers=HTML)
        asked = await visitor.ask(form, headers=HTML)
        wrong = await visitor.sign_in("ana", "not her password", path=form)
        right = await visitor.sign_in("ana", path=form)
        back = await visitor.ask(form, headers=HTML)
        elsewhere = [
            (await visitor.ask(f"/?next={path}", headers=HTML)).status
            for path in ("//evil.example", "https:%2F%2Fevil.example", "/cases/%2F%2Fevil", "/account")
        ]

    assert (303, form) == (stranger.status, stranger.headers[hdrs.LOCATION])
    # The form is sent to its own address, which says where to go on.
    assert [True, True] == ['<form method="post">' in answer.text for answer in (asked, wrong)]
    assert (303, form) == (right.status, right.headers[hdrs.LOCATION])
    assert (303, link) == (back.status, back.headers[hdrs.LOCATION])
    assert [200] * 4 == elsewhere


def _without_instance(answer: Any) -> tuple[int, Mapping[str, Any]]:
    """Return its words; the name of a failure is another one each time."""
    return answer.status, {name: value for name, value in answer.json.items() if name != "instance"}
