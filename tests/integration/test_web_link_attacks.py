"""Every link that somebody outside opens: asked by programs, changed, of another kind or a removed key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from aiohttp import hdrs
from structlog.testing import capture_logs
from yarl import URL

from tests.integration import public_pages, residents
from tests.integration.test_web_unsubscribe import ONE_CLICK
from tests.integration.web_doubles import World, ask, browsing
from tests.integration.web_visitor import Client

Made = Callable[[], tuple[World, str]]
LINKS: Final[Mapping[str, Made]] = {
    "message": public_pages.message_link(),
    "code-to": public_pages.message_link("/entrar"),
    "survey": public_pages.survey(),
    "unsubscribe": public_pages.unsubscribe(),
    "take-on": public_pages.escalation(),
    "genuine": public_pages.code_of_message(),
}
SIGNED: Final = [name for name in LINKS if name != "genuine"]
"""Links with a signature; a code of a message has only its key."""
FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "message": {"action": "not-answered"},
    "code-to": {"contact": "0"},
    "survey": {"score": "3"},
    "unsubscribe": ONE_CLICK,
    "take-on": {},
    "genuine": {"comment": "x"},
}
"""The body that the button of each page sends."""
LOOKS: Final[Mapping[str, Mapping[str, str]]] = {
    "browser": {},
    "prefetch": {"Sec-Purpose": "prefetch", "Purpose": "prefetch", "X-Moz": "prefetch"},
    "prerender": {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"},
    "preview of a chat": {hdrs.USER_AGENT: "WhatsApp/2.24"},
    "scanner of mails": {
        hdrs.USER_AGENT: "Mozilla/5.0 (compatible; SafeLinks)",
        "Sec-Fetch-Site": "cross-site",
    },
}
HREF: Final = re.compile(r'href="(/[^"]*)"')
GET_FORM: Final = re.compile(r'<form method="get" action="([^"]+)".*?name="([^"]+)"', re.DOTALL)
ENOUGH: Final = 40
"""Pages that a scanner opens."""
SAME: Final = {"message", "code-to"}
"""One link: the second is where the first leads."""
PAIRS: Final = [(one, other) for one in SIGNED for other in SIGNED if one != other and {one, other} != SAME]
EVERY: Final = pytest.mark.parametrize("name", LINKS)


def changes(world: World) -> list[Any]:
    """Return everything that a link can change; empty before anybody has pressed anything."""
    done = (
        world.publisher.events,
        world.intake.tables.opt_outs,
        world.audit.rows,
        world.genuine.reported,
        world.resident_access.codes,
        world.resident_access.sessions,
    )
    return [one for one in done if one]


def secret_of(where: str) -> str:
    """Return the part of an address that nobody may learn: the signature, the token or the code."""
    query = URL(where).query.get("sig")
    return query or max(where.removesuffix("/entrar").split("/"), key=len)


async def press(world: World, name: str, where: str) -> int:
    headers = {hdrs.CONTENT_TYPE: "application/x-www-form-urlencoded", hdrs.ORIGIN: residents.HUB}
    body = "&".join(f"{field}={value}" for field, value in FORMS[name].items()).encode()
    return (await ask(world, where, method=hdrs.METH_POST, headers=headers, body=body)).status


@EVERY
@pytest.mark.parametrize("method", [hdrs.METH_GET, hdrs.METH_HEAD])
@pytest.mark.parametrize("look", LOOKS)
async def test_program_that_looks_changes_nothing(name: str, method: str, look: str) -> None:
    world, where = LINKS[name]()
    headers = {**LOOKS[look], hdrs.ACCEPT: "text/html"}
    for _ in range(2):
        reply = await ask(world, where, method=method, headers=headers)
        assert 200 == reply.status

    assert ([], False) == (changes(world), hdrs.SET_COOKIE in reply.headers)
    assert bool(reply.text) is (method == hdrs.METH_GET)


@EVERY
async def test_scanner_that_follows_all_links_and_forms_changes_nothing(name: str) -> None:
    world, where = LINKS[name]()
    async with browsing(world) as client:
        opened = await followed(client, where)

    assert where in opened
    assert [] == changes(world)


async def followed(client: Client, where: str) -> set[str]:
    """Open a page, its links, and its forms that change nothing; return the opened addresses."""
    waiting, opened = [where], set[str]()
    while waiting and len(opened) < ENOUGH:
        at = waiting.pop()
        opened.add(at)
        async with client.get(URL(at, encoded=True), headers={hdrs.ACCEPT: "text/html"}) as answer:
            text = await answer.text()
        found = [*HREF.findall(text), *(f"{to}?{field}=K7F2M9QDTX" for to, field in GET_FORM.findall(text))]
        waiting += [to for to in found if to not in opened]
    return opened


@pytest.mark.parametrize("name", SIGNED)
async def test_changed_link_opens_nothing(name: str) -> None:
    world, where = LINKS[name]()
    secret = secret_of(where)
    for place in range(0, len(secret), max(1, len(secret) // 8)):
        sign = "x" if secret[place] != "x" else "y"
        changed = where.replace(secret, f"{secret[:place]}{sign}{secret[place + 1 :]}")

        assert 403 == (await ask(world, changed)).status
        assert 403 == await press(world, name, changed)
    assert [] == changes(world)


@EVERY
async def test_link_of_a_removed_key_opens_nothing(name: str) -> None:
    world, where = LINKS[name]()
    world.environ["HUB_SECRET"] = "another-secret-that-nobody-guesses-and-long"

    assert (403, 403) == ((await ask(world, where)).status, await press(world, name, where))
    assert [] == changes(world)


@EVERY
async def test_link_outlives_a_newer_key(name: str) -> None:
    world, where = LINKS[name]()
    world.environ["HUB_SECRET"] = f"another-secret-that-nobody-guesses-and-long {residents.SECRET}"

    assert 200 == (await ask(world, where)).status


@pytest.mark.parametrize(("name", "other"), PAIRS)
async def test_signature_for_one_purpose_is_none_for_another(name: str, other: str) -> None:
    world, where = LINKS[name]()
    _, of_other = LINKS[other]()
    mixed = where.replace(secret_of(where), secret_of(of_other))

    assert 403 == (await ask(world, mixed)).status
    assert 403 == await press(world, name, mixed)
    assert [] == changes(world)


async def test_link_to_a_document_or_poster_takes_no_token_of_another_link() -> None:
    for name in SIGNED:
        world, where = LINKS[name]()
        for door in ("/d/", "/b/"):
            assert 403 == (await ask(world, door + secret_of(where))).status


@EVERY
async def test_page_of_a_link_is_kept_by_nobody(name: str) -> None:
    world, where = LINKS[name]()
    right, wrong = await ask(world, where), await ask(world, f"{where}0")

    for reply in (right, wrong):
        assert "noindex, nofollow" == reply.headers["X-Robots-Tag"]
        assert "no-store" == reply.headers[hdrs.CACHE_CONTROL]
        # "same-origin" tells no other site anything. "no-referrer" would make the origin of our forms "null".
        assert "same-origin" == reply.headers["Referrer-Policy"]


@EVERY
async def test_no_log_and_no_audit_has_a_link(name: str) -> None:
    world, where = LINKS[name]()
    with capture_logs() as lines:
        await ask(world, where)
        await ask(world, f"{where}0")
        assert await press(world, name, where) < 400
        await press(world, name, f"{where}0")
    told = f"{lines} {world.audit.rows} {[event.data for event in world.publisher.events]}"

    assert changes(world)
    assert secret_of(where) not in told


async def test_recalled_message_says_so_behind_its_link() -> None:
    world, mail = residents.world_with_mail()
    where = residents.path(mail.id, ends_at=world.now() + timedelta(days=1))
    assert "Lo retiramos" not in (await ask(world, where)).text

    known = world.residents.received[mail.id]
    world.residents.received[mail.id] = replace(known, recalled_at=world.now())
    text = (await ask(world, where)).text

    assert "Lo retiramos el" in text
    assert "No lo tenga en cuenta." in text
    assert "Recibimos su petición" in text
