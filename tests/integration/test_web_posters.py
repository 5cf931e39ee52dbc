"""Posters over HTTP: print them, record where they are, and the page behind the code on the wall."""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from aiohttp import hdrs
from yarl import URL

from hub.access.keyring import KeyRing, Purpose
from hub.access.link_rate import OF_A_WALL
from hub.access.poster_links import PosterLinks
from hub.catalog import BY_NAME
from hub.messages.planning.posters import boards_of, posters_of
from hub.model import Recall, StoredEvent
from hub.model.ids import poster_id
from hub.settings import Secret
from hub.storage import Database, PostgresIntake
from tests.contract.stores import stores_in
from tests.contract.values import event, now, stored
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import World, browsing

SECRET: Final = "a-secret-that-nobody-guesses-and-long-enough"
RING: Final = KeyRing([Secret(SECRET)])
HUB: Final = "https://hub.example.co"
LINKS: Final = PosterLinks(public_url=HUB, ring=RING)
KEY: Final[dict[str, str]] = {hdrs.AUTHORIZATION: f"Bearer {GUARDED['HUB_API_KEY']}"}
ELSEWHERE: Final = {"X-Forwarded-For": "203.0.113.66"}
SETTINGS: Final = {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_TRUSTED_PROXIES": "127.0.0.1"}
CASE: Final = "work_id:obra-1"


@pytest.fixture
def world(opened: Database) -> World:
    return World(environ={**GUARDED, **SETTINGS}, database=opened)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Any = None

    @property
    def text(self) -> str:
        return self.body.decode()


async def ask(world: World, path: str, method: str = "GET", headers: Mapping[str, str] = KEY) -> Answer:
    async with (
        browsing(world) as client,
        client.request(method, URL(path, encoded=True), headers=headers) as reply,
    ):
        body = await reply.read()
        plain = await reply.json() if reply.content_type.endswith("json") else None
        return Answer(reply.status, reply.headers, body, plain)


def works() -> StoredEvent:
    starts = now() + timedelta(days=2)
    data = {
        "copropiedad_id": "ph-1",
        "work_id": "obra-1",
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=5)).isoformat(),
        "affected_services": ["agua <b>fría</b>"],
        "contact": "Portería, 601 555 0100",
    }
    at = now() - timedelta(minutes=1)
    one = event("maintenance.scheduled.announced", time=at, data=data, source="urn:crm")
    return stored(one, case=CASE, copropiedad_id="ph-1")


async def announced(database: Database, one: StoredEvent) -> UUID:
    """Announce works, as intake does; return the id of the poster."""
    [asked] = posters_of(one, BY_NAME[one.event.name], boards_of(BY_NAME)[one.event.type], now=now())
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.add_events([one])
        await transaction.ask_posters([asked])
    return poster_id(one.key, asked.audience, "ph-1")


async def cancelled(database: Database) -> None:
    later = event("maintenance.scheduled.cancelled", time=now(), data={"work_id": "obra-1"})
    await stores_in(database).add_events(stored(later, case=CASE, copropiedad_id="ph-1"))


async def recalled(database: Database, of: StoredEvent) -> None:
    by = stored(event("notification.recall", time=now()), case=None)
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.add_events([by])
        await transaction.recall([Recall(source=of.event.source, event_id=of.event.id, by=by.key)])


def path_of(poster: UUID, links: PosterLinks = LINKS) -> str:
    return URL(str(links.of(poster))).path


async def open_link(world: World, path: str) -> Answer:
    """Open it as a passer-by of the board."""
    return await ask(world, path, headers=ELSEWHERE)


async def hung(world: World, opened: Database) -> tuple[StoredEvent, UUID]:
    one = works()
    poster = await announced(opened, one)
    await ask(world, f"/api/posters/{poster}")
    return one, poster


async def test_a_poster_is_printed_hung_and_taken_down(world: World, opened: Database) -> None:
    poster = await announced(opened, works())
    listed = await ask(world, "/api/posters?state=to_print")
    shown = await ask(world, f"/api/posters/{poster}")
    pdf = await ask(world, f"/api/posters/{poster}/pdf")
    moved = [
        await ask(world, f"/api/posters/{poster}/{step}", "POST") for step in ("printed", "hung", "hung")
    ]
    await cancelled(opened)
    [to_take_down] = (await ask(world, "/api/posters?state=to_take_down")).json["items"]
    down = await ask(world, f"/api/posters/{poster}/taken-down", "POST")

    assert [str(poster)] == [row["id"] for row in listed.json["items"]]
    assert shown.json["sha256"] == sha256(shown.json["html"].encode()).hexdigest()
    assert ("Sin agua", "replaced") == (to_take_down["title"][:8], to_take_down["ended_by"])
    assert pdf.body.startswith(b"%PDF-")
    assert "application/pdf" == pdf.headers[hdrs.CONTENT_TYPE]
    assert [("printed", True), ("hung", True), ("hung", False)] == [
        (answer.json["state"], answer.json["changed"]) for answer in moved
    ]
    assert ("taken_down", True) == (down.json["state"], down.json["changed"])
    assert ["poster.printed", "poster.hung", "poster.hung", "poster.taken_down"] == [
        note.action for note in world.audit.rows
    ]


@pytest.mark.parametrize("step", ["printed", "hung"])
async def test_what_staff_says_is_on_paper_has_its_page(world: World, opened: Database, step: str) -> None:
    poster = await announced(opened, works())
    before = await open_link(world, path_of(poster))
    await ask(world, f"/api/posters/{poster}/{step}", "POST")
    after = await open_link(world, path_of(poster))

    assert (410, 200) == (before.status, after.status)
    assert "Sin agua" in after.text


async def test_what_was_hung_never_changes(world: World, opened: Database) -> None:
    poster = await announced(opened, works())
    first = await ask(world, f"/api/posters/{poster}")
    other = World(
        environ={**GUARDED, **SETTINGS, "HUB_PUBLIC_URL": "https://another.example.co"}, database=opened
    )
    again = await ask(other, f"/api/posters/{poster}")

    assert first.json["html"] == again.json["html"]


async def test_the_list_is_of_one_copropiedad_by_the_name_that_letters_have(
    world: World, opened: Database
) -> None:
    poster = await announced(opened, works())
    here, elsewhere = [
        (await ask(world, f"/api/posters?copropiedad={place}")).json["items"] for place in ("ph-1", "ph-2")
    ]

    assert ([str(poster)], []) == ([row["id"] for row in here], elsewhere)


async def test_the_code_on_the_poster_is_its_own_link(world: World, opened: Database) -> None:
    poster = await announced(opened, works())
    page = (await ask(world, f"/api/posters/{poster}")).json["html"]
    found = re.search(r'<div class="qr">\s*<img src="data:image/png;base64,([^"]+)"', page)

    assert found is not None
    assert b64decode(found[1]) == code_png(f"{HUB}{path_of(poster)}")


def code_png(link: str) -> bytes:
    from hub.rendering.board import code_of  # noqa: PLC0415 - the same picture for the same link

    return b64decode(code_of(link))


async def test_the_page_says_that_the_notice_holds_and_shows_what_hangs(
    world: World, opened: Database
) -> None:
    _, poster = await hung(world, opened)
    page = await open_link(world, path_of(poster))

    assert 200 == page.status
    assert "Este aviso está vigente" in page.text
    assert "Sin agua &lt;b&gt;fría&lt;/b&gt;" in page.text
    assert "<script" not in page.text
    assert (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
        in page.headers["Content-Security-Policy"]
    )
    assert "no-referrer" == page.headers["Referrer-Policy"]
    assert "noindex, nofollow" == page.headers["X-Robots-Tag"]
    assert ([], []) == (world.publisher.events, world.audit.rows)


async def test_the_page_says_since_when_and_why_the_notice_does_not_hold(
    world: World, opened: Database
) -> None:
    one, poster = await hung(world, opened)
    await cancelled(opened)
    replaced = await open_link(world, path_of(poster))
    await opened.rows("DELETE FROM event WHERE type LIKE '%.cancelled.v1'")
    await recalled(opened, one)
    taken_back = await open_link(world, path_of(poster))
    await opened.rows("DELETE FROM recall")
    await opened.rows("UPDATE poster SET hangs_until = '2026-03-09T17:00:00Z'")
    over = await open_link(world, path_of(poster))

    for page in (replaced, taken_back, over):
        assert 200 == page.status
        assert "Este aviso ya no está vigente" in page.text
        assert "Este aviso está vigente" not in page.text
        assert "tel:" in page.text
    assert "hay información más reciente" in replaced.text
    assert "Lo retiramos el" in taken_back.text
    assert "Estuvo vigente hasta el lunes 9 de marzo de 2026" in over.text


async def test_a_poster_that_the_hub_has_forgotten_or_never_made_holds_no_longer(
    world: World, opened: Database
) -> None:
    unmade = await announced(opened, works())
    pages = [await open_link(world, path_of(poster)) for poster in (unmade, uuid4())]

    assert [410, 410] == [page.status for page in pages]
    assert all("Este aviso ya no está vigente" in page.text for page in pages)


async def test_no_other_signature_opens_a_notice(world: World, opened: Database) -> None:
    _, poster = await hung(world, opened)
    right = path_of(poster).removeprefix("/b/")
    named, _, signature = right.partition(".")
    stranger = PosterLinks(public_url=HUB, ring=KeyRing([Secret("the secret of somebody else, as long")]))
    forged = [
        path_of(poster, stranger),
        f"/b/{named}.{RING.sign(Purpose.DOCUMENT_LINK, named)}",
        f"/b/{named}.{RING.sign(Purpose.ACKNOWLEDGE, str(poster))}",
        f"/b/{named}.{'0' * len(signature)}",
        f"/b/{'A' * len(named)}.{signature}",
        f"/b/{right[::-1]}",
        f"/b/{right}0",
        "/b/...",
        "/b/x",
    ]
    pages = [await open_link(world, path) for path in forged]

    assert {403} == {page.status for page in pages}
    assert all("Este código no está completo" in page.text for page in pages)
    assert not any("agua" in page.text for page in pages)


async def test_who_guesses_codes_is_slowed_and_the_right_one_opens(world: World, opened: Database) -> None:
    _, poster = await hung(world, opened)
    async with browsing(world) as client:
        statuses = {
            (await client.get(f"/b/{'A' * 22}.{'0' * 32}", headers=ELSEWHERE)).status for _ in range(60)
        }
        right = (await client.get(path_of(poster), headers=ELSEWHERE)).status

    assert {403, 429} == statuses
    assert 200 == right


async def test_a_whole_building_may_open_a_code_and_nobody_without_end(
    world: World, opened: Database
) -> None:
    _, poster = await hung(world, opened)
    async with browsing(world) as client:
        statuses = [
            (await client.get(path_of(poster), headers=ELSEWHERE)).status for _ in range(OF_A_WALL + 1)
        ]

    assert [200] * OF_A_WALL + [429] == statuses


@pytest.mark.parametrize("settings", [{"HUB_PUBLIC_URL": "http://hub.example.co"}, {"HUB_SECRET": ""}])
async def test_without_a_secret_or_https_a_poster_has_a_telephone_and_no_code(
    opened: Database, settings: dict[str, str]
) -> None:
    poor = World(environ={**GUARDED, **SETTINGS, **settings}, database=opened)
    poster = await announced(opened, works())
    page = (await ask(poor, f"/api/posters/{poster}")).json["html"]

    assert 'class="qr"' not in page
    assert "Preguntas: " in page
