"""Signing in and out at the page, and how sessions end, over a real socket."""

import asyncio
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import FormData, hdrs

from hub.access import sessions
from hub.access.lockout import FAILURES, FREE, WAITING
from hub.errors import StorageUnavailable
from hub.model import Grant, Office, Session
from hub.storage import Database
from hub.web.auth.csrf import FETCH_SITE
from hub.web.bodies import FORM
from hub.web.console.sign_in import REFUSED_AFTER
from hub.web.services import SERVICES
from tests.contract.values import copropiedad
from tests.integration.test_web_access import BEARER, GUARDED, KEY
from tests.integration.web_doubles import World, browsing
from tests.integration.web_visitor import HTML, PASSWORD, Client, Visitor, give_account

pytestmark = pytest.mark.usefixtures("refused_soon")
VIEWER = Grant(office=Office.VIEWER)
TICK = timedelta(seconds=2)
"""More than a request takes."""


@pytest.fixture
def world(opened: Database) -> World:
    return World(environ=GUARDED, database=opened)


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    await give_account(world, "ana", VIEWER)
    async with browsing(world) as opened:
        yield opened


@pytest.fixture
async def ana(client: Client) -> Visitor:
    visitor = Visitor(client)
    assert (await visitor.sign_in("ana")).status == 303
    return visitor


async def status(visitor: Visitor) -> int:
    return (await visitor.ask("/api/messages")).status


def only(world: World) -> Session:
    [session] = world.accounts.sessions.values()
    return session


def alter(world: World, **times: Any) -> None:
    session = only(world)
    world.accounts.sessions[session.hash] = replace(session, **times)


async def test_a_password_opens_the_page_and_the_api_by_a_cookie_that_scripts_cannot_read(
    client: Client, world: World
) -> None:
    visitor = Visitor(client)
    answer = await visitor.sign_in(" ANA ")
    cookie = answer.headers[hdrs.SET_COOKIE]
    page = await visitor.ask("/channels")

    assert (answer.status, answer.headers[hdrs.LOCATION]) == (303, "/")
    for flag in ("hub_session=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"):
        assert flag in cookie
    assert "Secure" not in cookie  # this public URL is plain http
    assert "Ana" in page.text
    assert "Consulta: todas las copropiedades" in page.text
    assert await status(visitor) == 200
    assert [(note.who, note.action) for note in world.audit.rows] == [("account:ana", "account.sign_in")]


async def test_over_https_the_cookie_is_secure_and_of_this_host_alone() -> None:
    world = World(environ={**GUARDED, "HUB_PUBLIC_URL": "https://hub.example"})
    await give_account(world, "ana", VIEWER)
    async with browsing(world) as client:
        visitor = Visitor(client)
        cookie = (await visitor.sign_in("ana")).headers[hdrs.SET_COOKIE]
        inside = await status(visitor)
        visitor.cookie = "hub_session"
        under_the_plain_name = await status(visitor)

    assert cookie.startswith("__Host-hub_session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert (inside, under_the_plain_name) == (200, 401)


@pytest.mark.usefixtures("refused_in_time")
async def test_unknown_name_wrong_password_and_disabled_account_get_one_answer(
    client: Client, world: World
) -> None:
    gone = await give_account(world, "gone", VIEWER)
    await world.accounts.disable(gone.id, now=datetime.now(UTC))
    texts = set()
    for name, password in (("ana", "guess"), ("nobody", PASSWORD), ("gone", PASSWORD)):
        began = time.monotonic()
        answer = await Visitor(client).sign_in(name, password)
        assert time.monotonic() - began >= REFUSED_AFTER
        assert answer.status == 401
        assert hdrs.SET_COOKIE not in answer.headers
        nonce = answer.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        texts.add(answer.text.replace(name, "NAME").replace(nonce, "NONCE"))

    [text] = texts
    assert "El usuario o la contraseña no son correctos." in text


@pytest.mark.parametrize("name", ["ana", "nobody"])
async def test_after_five_failures_the_right_password_is_refused_too(
    client: Client, world: World, name: str
) -> None:
    for _ in range(FAILURES):
        last = await Visitor(client).sign_in(name, "guess")
    right = await Visitor(client).sign_in(name)

    for answer in (last, right):
        assert answer.status == 401
        assert "demasiados intentos fallidos con este usuario" in answer.text
        assert "hora de Bogotá" in answer.text
    assert world.accounts.sessions == {}


async def test_what_was_typed_is_shown_again_as_text_and_the_password_never(client: Client) -> None:
    answer = await Visitor(client).sign_in('"><script>alert(1)</script>', "mi secreto largo")

    assert "<script>" not in answer.text
    assert "secreto" not in answer.text


async def test_the_key_of_the_hub_opens_a_session_that_ends_with_the_key(
    client: Client, world: World
) -> None:
    visitor = Visitor(client)
    wrong = await visitor.ask("/", "POST", form={"key": "guess"})
    right = await visitor.ask("/", "POST", form={"key": f" {KEY} "})
    page = await visitor.ask("/channels")
    other = World(environ={"HUB_API_KEY": f"another {KEY}"}, log=world.log)
    other.accounts = world.accounts
    async with browsing(other) as elsewhere:
        after = await status(Visitor(elsewhere, visitor.cookie, visitor.value))

    assert (wrong.status, right.status) == (401, 303)
    assert "La llave no es correcta" in wrong.text
    assert KEY not in right.headers[hdrs.SET_COOKIE]
    assert "Llave del centro" in page.text
    assert only(world).account_id is None
    assert (await status(visitor), after) == (200, 401)


async def test_a_cookie_that_leaked_opens_nothing_after_signing_out(client: Client, ana: Visitor) -> None:
    leaked = Visitor(client, ana.cookie, ana.value)
    before = await status(leaked)
    answer = await ana.ask("/sign-out", "POST", form={"csrf": ana.csrf})

    assert (before, answer.status, ana.value) == (200, 303, "")
    assert await status(leaked) == 401


async def test_a_session_that_somebody_else_put_there_is_not_the_one_after_signing_in(
    client: Client, world: World
) -> None:
    planted = Visitor(client, "hub_session", "x" * 43)
    await planted.sign_in("ana")

    assert planted.value != "x" * 43
    assert await status(Visitor(client, "hub_session", "x" * 43)) == 401
    assert len(world.accounts.sessions) == 1


async def test_signing_in_again_ends_the_session_before(client: Client, ana: Visitor) -> None:
    before = Visitor(client, ana.cookie, ana.value)
    await ana.sign_in("ana")

    assert (await status(before), await status(ana)) == (401, 200)


async def test_a_hash_stolen_from_the_database_opens_nothing(
    client: Client, world: World, ana: Visitor
) -> None:
    stolen = only(world).hash

    for value in (stolen.hex(), urlsafe_b64encode(stolen).decode().rstrip("=")):
        assert await status(Visitor(client, ana.cookie, value)) == 401
    assert await status(Visitor(client, ana.cookie, sessions.csrf_of(ana.value))) == 401


@pytest.mark.parametrize("value", ["", "x", '"', "ñ", "x" * 4000, "1764020000." + "0" * 64])
async def test_forged_cookie_opens_no_session(client: Client, value: str) -> None:
    assert await status(Visitor(client, "hub_session", value)) == 401


async def test_disabling_an_account_ends_its_session_at_once(world: World, ana: Visitor) -> None:
    session, account = only(world), await world.accounts.named("ana")
    assert account is not None
    await world.accounts.disable(account.id, now=datetime.now(UTC))
    # Even while the session still exists: another process may be about to store it.
    await world.accounts.open(session)

    assert await status(ana) == 401


async def test_revoked_and_granted_offices_apply_at_once(world: World, ana: Visitor) -> None:
    account = await world.accounts.named("ana")
    assert account is not None
    before = (await ana.ask("/api/audit")).status
    await world.accounts.grant(account.id, [Grant(office=Office.PRIVACY_OFFICER)])
    given = (await ana.ask("/api/audit")).status
    await world.accounts.take(account.id, [Grant(office=Office.PRIVACY_OFFICER)])

    assert (before, given, await status(ana)) == (403, 200, 401)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"seen_at": -sessions.IDLE + TICK}, 200),
        ({"seen_at": -sessions.IDLE}, 401),
        ({"ends_at": TICK}, 200),
        ({"ends_at": timedelta(0)}, 401),
    ],
    ids=str,
)
async def test_session_ends_when_idle_and_at_its_maximum_age(
    world: World, ana: Visitor, times: dict[str, timedelta], expected: int
) -> None:
    now = datetime.now(UTC)
    alter(world, **{name: now + by for name, by in times.items()})

    assert await status(ana) == expected


async def test_session_use_is_recorded_once_a_minute(world: World, ana: Visitor) -> None:
    begun = only(world).seen_at
    await status(ana)
    again = only(world).seen_at
    alter(world, seen_at=begun - sessions.SEEN_EVERY)
    await status(ana)

    assert again == begun
    assert only(world).seen_at >= begun


@pytest.mark.parametrize(
    ("path", "headers", "is_use"),
    [
        ("/channels", {}, True),
        ("/channels", {"Hub-Live": "1"}, False),
        ("/live?topics=nosuch", {}, False),
        ("/live?topics=nosuch&used=true", {}, True),
    ],
)
async def test_page_that_is_left_open_does_not_keep_anybody_signed_in(
    world: World, ana: Visitor, path: str, headers: dict[str, str], is_use: bool
) -> None:
    begun = only(world).seen_at - sessions.SEEN_EVERY
    alter(world, seen_at=begun)
    await ana.ask(path, headers={**HTML, **headers})

    assert is_use == (only(world).seen_at > begun)


async def test_account_with_a_one_time_password_can_only_change_it(client: Client, world: World) -> None:
    await give_account(world, "luis", VIEWER, must_change=True)
    luis = Visitor(client)
    await luis.sign_in("luis")
    refused, page, own = await status(luis), await luis.ask("/"), await luis.ask("/account")
    before = luis.value
    form = {"csrf": luis.csrf, "old": PASSWORD, "new": "viento entre pinos", "again": "viento entre pinos"}
    changed = await luis.ask("/account", "POST", form=form)

    assert (refused, page.status, page.headers[hdrs.LOCATION]) == (403, 303, "/account")
    assert "de un solo uso" in own.text
    assert (changed.status, await status(luis)) == (303, 200)
    assert luis.value != before
    assert await status(Visitor(client, luis.cookie, before)) == 401
    assert (await Visitor(client).sign_in("luis")).status == 401
    assert (await Visitor(client).sign_in("luis", "viento entre pinos")).status == 303


async def test_ended_one_time_password_says_so_to_who_has_it_and_to_nobody_else(
    client: Client, world: World
) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    await give_account(world, "luis", VIEWER, must_change=True, until=past)
    await give_account(world, "eva", VIEWER, must_change=True, until=past + timedelta(minutes=5))
    guesses = [await Visitor(client).sign_in(name, "guess") for name in ("luis", "eva", "nobody")]
    right, in_time = await Visitor(client).sign_in("luis"), await Visitor(client).sign_in("eva")

    for answer in guesses:
        assert answer.status == 401
        assert "El usuario o la contraseña no son correctos." in answer.text
        assert "venció" not in answer.text
    assert (right.status, in_time.status) == (401, 303)
    assert "ya venció. Pida una nueva a quien administra las cuentas" in right.text
    assert hdrs.SET_COOKIE not in right.headers
    assert len(world.accounts.sessions) == 1


async def test_password_that_is_guessed_first_is_refused_with_advice(client: Client, world: World) -> None:
    await give_account(world, "luis", VIEWER, must_change=True)
    luis = Visitor(client)
    await luis.sign_in("luis")
    for guessed in ("123456789012", "losmillonarios1", "Bogota2026!!!"):
        form = {"csrf": luis.csrf, "old": PASSWORD, "new": guessed, "again": guessed}
        answer = await luis.ask("/account", "POST", form=form)

        assert answer.status == 400
        assert "Use tres o cuatro palabras que no suelan ir juntas." in answer.text
        assert guessed not in answer.text
    assert (await Visitor(client).sign_in("luis")).status == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("guess", "viento entre pinos", "viento entre pinos", "actual no es correcta"),
        (PASSWORD, "viento entre pinos", "viento entre pinas", "no son iguales"),
        (PASSWORD, "corta", "corta", "al menos 12"),
        (PASSWORD, "ana va por el río", "ana va por el río", "su nombre"),
        (PASSWORD, PASSWORD, PASSWORD, "distinta"),
    ],
)
async def test_refused_password_change_shows_the_reason_and_changes_nothing(
    ana: Visitor, old: str, new: str, again: str, words: str
) -> None:
    form = {"csrf": ana.csrf, "old": old, "new": new, "again": again}
    answer = await ana.ask("/account", "POST", form=form)

    assert answer.status == 400
    assert words in answer.text
    assert not any(f'"{typed}"' in answer.text for typed in (old, new, again))
    assert await status(ana) == 200


async def test_changing_the_password_ends_the_other_sessions(client: Client, ana: Visitor) -> None:
    other = Visitor(client)
    await other.sign_in("ana")
    form = {"csrf": ana.csrf, "old": PASSWORD, "new": "viento entre pinos", "again": "viento entre pinos"}
    await ana.ask("/account", "POST", form=form)

    assert (await status(ana), await status(other)) == (200, 401)


async def test_an_account_without_an_office_sees_itself_and_nothing_else(
    client: Client, world: World
) -> None:
    await give_account(world, "nadie")
    visitor = Visitor(client)
    await visitor.sign_in("nadie")
    page = await visitor.ask("/")

    assert (page.status, page.headers[hdrs.LOCATION]) == (303, "/account")
    assert "Pídalos a quien administra" in (await visitor.ask("/account")).text
    assert await status(visitor) == 403


async def test_a_copropiedad_is_named_as_people_name_it(client: Client, world: World) -> None:
    async with world.directory.transaction() as transaction:
        await transaction.apply_directory([copropiedad("ph-1", name="Altos del Rosal")])
    await give_account(world, "eva", replace(VIEWER, copropiedad_id="ph-1"))
    eva = Visitor(client)
    await eva.sign_in("eva")

    for path in ("/channels", "/account"):
        assert "Consulta: Altos del Rosal" in (await eva.ask(path)).text


async def test_without_the_database_the_page_says_so_and_lets_nobody_in(world: World, ana: Visitor) -> None:
    world.accounts.faults.script("find", *[StorageUnavailable()] * 3)
    world.accounts.faults.script("named", StorageUnavailable())
    page = await ana.ask("/", headers=HTML)
    own = await ana.ask("/account", headers=HTML)
    api = await ana.ask("/api/messages")
    entering = await Visitor(ana.client).ask(
        "/", "POST", form={"name": "ana", "password": PASSWORD}, headers=HTML
    )

    for answer in (page, own, entering):
        assert answer.status == 503
        assert "La base de datos no responde" in answer.text
        assert hdrs.SET_COOKIE not in answer.headers
    assert (api.status, api.headers[hdrs.CONTENT_TYPE]) == (503, "application/problem+json")
    assert await status(ana) == 200


async def test_browser_without_session_sees_the_form_and_program_is_asked_for_a_key(client: Client) -> None:
    browser = await Visitor(client).ask("/account", headers=HTML)
    program = await Visitor(client).ask("/account")

    assert (browser.status, browser.headers[hdrs.LOCATION]) == (303, "/")
    assert program.status == 401


@pytest.mark.usefixtures("refused_in_time")
async def test_failing_address_waits_and_its_excess_attempts_are_refused(
    client: Client, world: World
) -> None:
    queue = client.app[SERVICES].login_queue
    for _ in range(FREE):
        queue.brake.begin("127.0.0.1")
    answers = await asyncio.gather(
        *(Visitor(client).sign_in(f"name{number}", "guess") for number in range(WAITING + 3))
    )

    assert sorted(answer.status for answer in answers) == [401] * WAITING + [429] * 3
    assert all("Demasiados intentos" in answer.text for answer in answers if answer.status == 429)
    assert world.accounts.sessions == {}


async def test_half_a_form_does_not_block_others_of_the_network(client: Client) -> None:
    lines = ("POST / HTTP/1.1", f"Host: 127.0.0.1:{client.port}", f"{FETCH_SITE}: same-origin")
    half = "\r\n".join((*lines, f"{hdrs.CONTENT_TYPE}: {FORM}", "Content-Length: 99", "", "name=a"))
    opened = [await asyncio.open_connection("127.0.0.1", client.port) for _ in range(WAITING)]
    for _, writer in opened:
        writer.write(half.encode())
        await writer.drain()
    entered = await Visitor(client).sign_in("ana")
    for _, writer in opened:
        writer.close()

    assert entered.status == 303


@pytest.mark.parametrize(
    "kind", [FORM, f"{FORM}; charset=unheard-of", "multipart/form-data", "application/json"]
)
@pytest.mark.parametrize("body", [b"name=\xff", b"name=%ff", b"--x"])
async def test_malformed_form_is_refused_without_a_failure(client: Client, kind: str, body: bytes) -> None:
    headers = {**OWN, hdrs.CONTENT_TYPE: kind}
    async with client.post("/", data=body, headers=headers) as answer:
        assert answer.status in {400, 401, 415}


async def test_without_a_key_this_machine_is_asked_for_nothing(opened: Database) -> None:
    async with browsing(World(database=opened)) as client:
        visitor = Visitor(client)
        page = await visitor.ask("/channels")
        entered = await visitor.ask("/", "POST", form={"key": ""})

    assert "<h1>Canales</h1>" in page.text
    assert "Salir" not in page.text
    assert (entered.status, visitor.value) == (303, "")


async def test_without_a_key_who_signs_in_acts_as_that_account_and_needs_no_second_factor(
    opened: Database,
) -> None:
    world = World(environ={"HUB_SECRET": "s" * 40}, database=opened)
    await give_account(world, "marta", Grant(office=Office.MANAGER))
    async with browsing(world) as client:
        visitor = Visitor(client)
        form = await visitor.ask("/sign-in")
        entered = await visitor.sign_in("marta")
        page, accounts = await visitor.ask("/channels"), await visitor.ask("/api/accounts")
        await visitor.ask("/sign-out", "POST", form={"csrf": sessions.csrf_of(visitor.value)})
        again = await visitor.ask("/api/accounts")

    assert "Llave del centro" not in form.text
    assert (entered.status, "Gestión: todas las copropiedades" in page.text) == (303, True)
    assert "Segundo factor" not in page.text
    assert (accounts.status, again.status) == (403, 200)


OWN: dict[str, str] = {FETCH_SITE: "same-origin"}
EVIL: dict[str, str] = {hdrs.ORIGIN: "https://evil.example"}
SIBLING: dict[str, str] = {hdrs.ORIGIN: "https://other.hub.example", FETCH_SITE: "same-site"}


@pytest.mark.parametrize(
    "browser_headers",
    [
        {},
        EVIL,
        SIBLING,
        {FETCH_SITE: "cross-site"},
        {FETCH_SITE: "none"},
        {**EVIL, **OWN},
        {hdrs.ORIGIN: "null"},
    ],
    ids=str,
)
async def test_another_site_cannot_sign_a_visitor_in(
    client: Client, world: World, browser_headers: dict[str, str]
) -> None:
    visitor = Visitor(client, browser_headers=browser_headers)

    for form in ({"name": "ana", "password": PASSWORD}, {"key": KEY}):
        answer = await visitor.ask("/", "POST", form=form)
        assert (answer.status, visitor.value) == (403, "")
    assert world.accounts.sessions == {}


async def test_a_file_in_the_form_is_refused(client: Client) -> None:
    body = FormData()
    body.add_field("name", b"x", filename="x.txt")
    async with client.post("/", data=body, headers=OWN) as answer:
        assert answer.status == 415


async def test_bearer_key_works_without_session_and_token(client: Client) -> None:
    program = Visitor(client, browser_headers={})
    answer = await program.ask("/api/pauses/sms", "PUT", body={}, headers=dict(BEARER))

    assert answer.status == 200
