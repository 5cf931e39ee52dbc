"""Guesses at the HTTP door: refused, counted, logged with the address, slowed, and in the audit."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import hdrs
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from hub.access.lockout import CROWD, FAILURES, AddressThrottle
from hub.access.refusals import GUESSES
from hub.access.webhook_signatures import meta_signature
from hub.errors import StorageUnavailable
from hub.logs import mask_person_data
from hub.model import Grant, Office
from hub.storage import Database
from hub.web.auth.csrf import FETCH_SITE
from hub.web.auth.refusals import METRIC
from hub.web.console.login_queue import Queue
from hub.web.hooks.whatsapp import SIGNATURE
from tests.integration.test_web_access import BEARER, GUARDED, OWN_PAGE
from tests.integration.web_doubles import Reply, World, ask, browsing, event
from tests.integration.web_visitor import PASSWORD, Client, Visitor, give_account

pytestmark = pytest.mark.usefixtures("refused_soon")
HTTPS = "https://hub.example"
SECRETS = {"HUB_SECRET": "a secret of this test alone, and long enough"}
META = {
    "HUB_WHATSAPP_URL": "whatsapp+https://t@graph.facebook.com?phone=1&secret=app-secret&verify=word",
    "HUB_MODE": "live",
}
BEHIND = {"HUB_TRUSTED_PROXIES": "127.0.0.1"}
ANA, MALLORY = "198.51.100.1", "203.0.113.66"
VIEWER = Grant(office=Office.VIEWER)


@dataclass(frozen=True, kw_only=True)
class Attack:
    """A request that is refused, and how it is counted."""

    name: str
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    status: int = 401
    door: str = "api"
    reason: str


def bearer(key: str) -> dict[str, str]:
    return {hdrs.AUTHORIZATION: f"Bearer {key}"}


ATTACKS = (
    Attack(name="no key", path="/api/messages", reason="no_credentials"),
    Attack(name="wrong key", path="/api/messages", headers=bearer("guess"), reason="key"),
    Attack(name="wrong system key", path="/api/keys", headers=bearer("hub_0123456789ab_x"), reason="key"),
    Attack(name="wrong key at the page", path="/", headers=bearer("guess"), door="page", reason="key"),
    Attack(name="wrong key at an unknown path", path="/x", headers=bearer("guess"), reason="key"),
    Attack(
        name="wrong cookie", path="/api/messages", headers={hdrs.COOKIE: "hub_session=x"}, reason="session"
    ),
    Attack(
        name="another site",
        path="/",
        method="POST",
        headers={hdrs.ORIGIN: "https://evil.example"},
        status=403,
        door="page",
        reason="other_site",
    ),
    Attack(
        name="wrong password",
        path="/",
        method="POST",
        headers=OWN_PAGE,
        body={"name": "ana", "password": "guess"},
        door="page",
        reason="password",
    ),
    Attack(
        name="wrong key in the form",
        path="/",
        method="POST",
        headers=OWN_PAGE,
        body={"key": "guess"},
        door="page",
        reason="hub_key",
    ),
    Attack(
        name="wrong signature",
        path="/hooks/whatsapp",
        method="POST",
        headers={SIGNATURE: "sha256=guess"},
        body=b"{}",
        status=403,
        door="hook",
        reason="signature",
    ),
    Attack(
        name="wrong word",
        path="/hooks/whatsapp?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1",
        status=403,
        door="hook",
        reason="word",
    ),
    Attack(
        name="forged link",
        path="/take-on/018f0000-0000-8000-8000-000000000000?level=1&sig=guess",
        status=403,
        door="link",
        reason="link",
    ),
    Attack(name="forged page of a message", path=f"/mi/{'A' * 43}", status=403, door="link", reason="link"),
    Attack(
        name="forged survey",
        path="/s/018f0000000080008000000000000000.6a1c9f80.guess",
        status=403,
        door="link",
        reason="link",
    ),
)
every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


def counted(door: str, reason: str) -> float:
    return REGISTRY.get_sample_value(METRIC, {"door": door, "reason": reason}) or 0.0


def behind_proxy(address: str) -> dict[str, str]:
    return {hdrs.X_FORWARDED_FOR: address}


async def launch(client: Client, attack: Attack, address: str = MALLORY) -> Reply:
    headers = {**attack.headers, **behind_proxy(address)}
    async with client.request(attack.method, attack.path, headers=headers, data=attack.body) as answer:
        return Reply(answer.status, answer.headers, await answer.text())


@pytest.fixture
def world(opened: Database) -> World:
    return World(environ={**GUARDED, **META, **BEHIND, **SECRETS}, database=opened)


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    await give_account(world, "ana", VIEWER)
    async with browsing(world) as opened:
        yield opened


@every_attack
async def test_refusal_is_counted_and_logged_with_the_address_and_nothing_secret(
    client: Client, attack: Attack
) -> None:
    before = counted(attack.door, attack.reason)
    with capture_logs() as logs:
        answers = [await launch(client, attack) for _ in range(2)]

    assert [answer.status for answer in answers] == [attack.status] * 2
    assert counted(attack.door, attack.reason) == before + 2
    [line] = [mask_person_data(None, "", line) for line in logs if line["event"] == "request.refused"]
    assert (line["client"], line["door"], line["reason"]) == (MALLORY, attack.door, attack.reason)
    assert not any(word in str(logs) for word in ("guess", "0123456789ab", "ana"))


async def test_form_that_is_only_looked_at_is_no_refusal(client: Client) -> None:
    with capture_logs() as logs:
        async with client.get("/") as answer:
            assert answer.status == 401

    assert logs == []


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if attack.reason in {"key", "signature", "word", "link"}],
    ids=lambda attack: attack.name,
)
async def test_address_that_guesses_is_slowed_and_nobody_else(client: Client, attack: Attack) -> None:
    guesses = [(await launch(client, attack)).status for _ in range(GUESSES)]
    late = await launch(client, attack)
    another = await launch(client, attack, "203.0.113.67")

    assert guesses == [attack.status] * GUESSES
    assert (late.status, 0 < int(late.headers[hdrs.RETRY_AFTER]) <= 60) == (429, True)
    assert another.status == attack.status


def cookie(value: object) -> dict[str, str]:
    return {hdrs.COOKIE: f"hub_session={value}"}


@pytest.mark.parametrize("path", ["/api/messages", "/"])
async def test_address_that_guesses_session_cookies_is_slowed_and_nobody_else(
    client: Client, path: str
) -> None:
    async def guess(value: object, address: str = MALLORY) -> Reply:
        return await launch(client, Attack(name="", path=path, headers=cookie(value), reason=""), address)

    before = counted("page" if path == "/" else "api", "session")
    guesses = [(await guess(number)).status for number in range(GUESSES)]
    late, another = await guess("one more"), await guess("one more", ANA)

    assert guesses == [401] * GUESSES
    assert (late.status, 0 < int(late.headers[hdrs.RETRY_AFTER]) <= 60) == (429, True)
    assert another.status == 401
    assert counted("page" if path == "/" else "api", "session") == before + GUESSES + 2


async def test_browser_whose_session_has_ended_is_not_slowed_however_often_it_asks(client: Client) -> None:
    old = Attack(name="", path="/api/messages", headers=cookie("old"), reason="")
    statuses = {(await launch(client, old)).status for _ in range(3 * GUESSES)}

    assert statuses == {401}


async def test_right_session_passes_from_where_somebody_guesses_cookies(client: Client) -> None:
    ana = Browser(client, MALLORY)
    assert await ana.sign_in("ana") == 303
    for number in range(GUESSES + 1):
        await launch(client, Attack(name="", path="/", headers=cookie(number), reason=""))
    session = cookie(ana.cookies["hub_session"])
    here = Attack(name="", path="/api/messages", headers=session, reason="")

    assert (await launch(client, here)).status == 200


async def test_browser_of_an_office_that_guesses_gets_a_page_and_then_the_form(client: Client) -> None:
    for number in range(GUESSES):
        await launch(client, Attack(name="", path="/", headers=cookie(number), reason=""))
    page: dict[str, str] = {hdrs.ACCEPT: "text/html"}
    slowed = await launch(client, Attack(name="", path="/", headers={**cookie("old"), **page}, reason=""))
    form = await launch(client, Attack(name="", path="/", headers=page, reason=""))

    assert (slowed.status, "Vuelva a cargar la página" in slowed.text) == (429, True)
    assert 'hub_session=""' in slowed.headers[hdrs.SET_COOKIE]
    assert (form.status, "Contraseña" in form.text) == (401, True)


async def test_right_key_and_signature_pass_also_from_where_somebody_guesses(client: Client) -> None:
    """An office, or a proxy that is not trusted, is one address for many."""
    wrong = next(attack for attack in ATTACKS if attack.name == "wrong key")
    statuses = [(await launch(client, wrong)).status for _ in range(GUESSES + 1)]
    here = behind_proxy(MALLORY)
    async with client.get("/api/messages", headers={**BEARER, **here}) as answer:
        right = answer.status
    signed = {**here, SIGNATURE: meta_signature("app-secret", b"{}")}
    async with client.post("/hooks/whatsapp", data=b"{}", headers=signed) as answer:
        hook = answer.status

    assert (statuses[-1], right, hook) == (429, 200, 200)


async def test_wrong_key_costs_the_database_nothing(client: Client, world: World) -> None:
    world.accounts.faults.script("find", StorageUnavailable())
    async with client.get(
        "/api/messages", headers={**bearer("guess"), hdrs.COOKIE: "hub_session=x"}
    ) as answer:
        assert answer.status == 401


async def test_an_address_is_not_believed_of_whoever_writes_it() -> None:
    world = World(environ=GUARDED)
    async with browsing(world) as client:
        with capture_logs() as logs:
            for number in range(GUESSES + 1):
                address = f"203.0.113.{number}"
                answer = await launch(client, ATTACKS[1], address)

    assert answer.status == 429
    assert {line["client"] for line in logs if line["event"] == "request.refused"} == {"127.0.0.1"}


@pytest.mark.parametrize(("url", "expected"), [(HTTPS, "max-age=31536000"), ("http://hub.example", None)])
async def test_browsers_come_by_https_alone_where_that_is_the_address(url: str, expected: str | None) -> None:
    for path in ("/", "/health/live", "/api/messages"):
        answer = await ask(World(environ={**GUARDED, "HUB_PUBLIC_URL": url}), path)
        assert answer.headers.get(hdrs.STRICT_TRANSPORT_SECURITY) == expected


@pytest.mark.parametrize(
    ("origin", "host", "proto", "status"),
    [
        (HTTPS, "hub.example", "", 202),
        (f"{HTTPS}:443", "hub.example", "", 202),
        ("http://hub.example", "hub.example", "", 403),
        ("http://hub.example", "hub.example", "http", 403),
        ("http://hub.example:443", "hub.example", "", 403),
        (f"{HTTPS}:8443", "hub.example", "", 403),
        ("https://alias.example", "alias.example", "https", 202),
        ("https://alias.example", "alias.example", "", 403),
        ("http://alias.example", "alias.example", "https", 403),
        ("http://127.0.0.1:80", "127.0.0.1", "", 202),
        ("ftp://hub.example", "hub.example", "", 403),
        ("https://hub.example:port", "hub.example", "", 403),
    ],
)
async def test_origin_is_compared_with_scheme_host_and_port(
    origin: str, host: str, proto: str, status: int
) -> None:
    world = World(environ={**GUARDED, **BEHIND, "HUB_PUBLIC_URL": HTTPS})
    headers = {**BEARER, hdrs.ORIGIN: origin, hdrs.HOST: host, hdrs.CONTENT_TYPE: "application/json"}
    if proto:
        headers[hdrs.X_FORWARDED_PROTO] = proto
    body = json.dumps([event()]).encode()

    answer = await ask(world, "/api/events", method="POST", headers=headers, body=body)

    assert answer.status == status


async def test_audit_keeps_the_address_of_sign_ins_refusals_locks_and_changes(
    client: Client, world: World
) -> None:
    mallory = Visitor(client, browser_headers={FETCH_SITE: "same-origin", **behind_proxy(MALLORY)})
    for _ in range(FAILURES):
        await mallory.sign_in("ana", "guess")
    async with client.put("/api/pauses/sms", json={}, headers={**BEARER, **behind_proxy(ANA)}) as answer:
        assert answer.status == 200
    await Visitor(client, browser_headers={FETCH_SITE: "same-origin", **behind_proxy(ANA)}).ask(
        "/", "POST", form={"key": GUARDED["HUB_API_KEY"]}
    )

    noted = {(note.action, note.address) for note in world.audit.rows}
    assert noted == {
        ("account.refused", MALLORY),
        ("account.lock", MALLORY),
        ("pause", ANA),
        ("console.sign_in", ANA),
    }


@dataclass
class Browser:
    """Keeps every cookie, as a browser does; behind the proxy, at an address."""

    client: Client
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def sign_in(self, name: str, password: str = PASSWORD) -> int:
        cookies = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        headers = {FETCH_SITE: "same-origin", **behind_proxy(self.address), hdrs.COOKIE: cookies}
        form = {"name": name, "password": password}
        async with self.client.post("/", data=form, headers=headers, allow_redirects=False) as answer:
            self.cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
            return answer.status


async def test_name_that_others_have_locked_opens_at_a_known_device(client: Client) -> None:
    ana, elsewhere = Browser(client, ANA), Browser(client, ANA)
    assert await ana.sign_in("ana") == 303
    for _ in range(FAILURES):
        await Browser(client, MALLORY).sign_in("ana", "guess")

    assert await elsewhere.sign_in("ana") == 401
    assert await ana.sign_in("ana") == 303


async def test_known_device_opens_no_other_account(client: Client, world: World) -> None:
    await give_account(world, "luis", VIEWER)
    ana = Browser(client, ANA)
    await ana.sign_in("ana")
    for _ in range(FAILURES):
        await Browser(client, MALLORY).sign_in("luis", "guess")

    assert await ana.sign_in("luis") == 401


@pytest.mark.usefixtures("refused_in_time")
@pytest.mark.parametrize("address", [MALLORY, ANA], ids=["of another address", "of the same address"])
async def test_crowd_of_wrong_names_keeps_no_known_device_out(client: Client, address: str) -> None:
    ana = Browser(client, ANA)
    assert await ana.sign_in("ana") == 303
    crowd = asyncio.gather(
        *(Browser(client, address).sign_in(f"name{number}", "guess") for number in range(48))
    )
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert await ana.sign_in("ana") == 303
    await crowd


@pytest.mark.usefixtures("refused_in_time")
async def test_crowd_of_another_address_keeps_no_new_device_out(client: Client) -> None:
    crowd = asyncio.gather(
        *(Browser(client, MALLORY).sign_in(f"name{number}", "guess") for number in range(48))
    )
    async with asyncio.timeout(5):
        assert await Browser(client, ANA).sign_in("ana") == 303
    await crowd


async def test_device_cookie_is_for_this_host_over_https_and_no_script() -> None:
    world = World(environ={**GUARDED, **SECRETS, "HUB_PUBLIC_URL": HTTPS})
    await give_account(world, "ana", VIEWER)
    async with browsing(world) as client:
        form = {"name": "ana", "password": PASSWORD}
        async with client.post("/", data=form, headers=OWN_PAGE, allow_redirects=False) as answer:
            [cookie] = [text for text in answer.headers.getall(hdrs.SET_COOKIE) if "hub_device" in text]

    assert cookie.startswith("__Host-hub_device_")
    assert all(flag in cookie for flag in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"))
    assert "ana" not in cookie


@pytest.mark.parametrize("name", ["ana", "nobody"])
async def test_two_processes_lock_any_name_together(world: World, name: str) -> None:
    await give_account(world, "ana", VIEWER)
    other = World(environ=world.environ)
    other.accounts = world.accounts
    async with browsing(world) as one, browsing(other) as two:
        for client in (one, two, one, two):
            await Browser(client, MALLORY).sign_in(name, "guess")
        texts = [
            (await Visitor(client, browser_headers=OWN_PAGE).sign_in(name, "guess")).text
            for client in (one, two)
        ]

    assert all("demasiados intentos fallidos con este usuario" in text for text in texts)


async def test_crowd_of_many_addresses_has_a_limit_that_is_not_for_known_devices() -> None:
    queue = Queue(AddressThrottle(lambda: 0.0))
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(queue.turn(f"address {number}")) for number in range(CROWD)]
        stranger = await stack.enter_async_context(queue.turn("another address"))
        known = await stack.enter_async_context(queue.turn("device", known=True))
    async with queue.turn("another address") as afterwards:
        assert afterwards

    assert (crowd, stranger, known) == ([True] * CROWD, False, True)
