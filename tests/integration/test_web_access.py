"""Access control where it is no matter of the route. Each route has its row in `access_table.py`."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiohttp import hdrs

from hub.desk.channels import queries
from hub.model import Grant, Office
from hub.storage import Database
from hub.web.auth.csrf import FETCH_SITE, HEADER
from hub.web.documents.serve import file_path
from hub.web.responses import HEADERS
from tests.integration.web_doubles import World, ask, browsing, event
from tests.integration.web_visitor import Client, Visitor, give_account

KEY = "a key that nobody guesses, long enough"
GUARDED = {"HUB_API_KEY": KEY}
BEARER: dict[str, str] = {hdrs.AUTHORIZATION: f"Bearer {KEY}"}
OWN_PAGE = {FETCH_SITE: "same-origin"}
"""The headers a browser sends with our own form."""


@pytest.mark.parametrize(
    "path", [file_path("shell.js"), "/nothing", "/health/../api/messages", "/health/x", "//", "/?x"]
)
async def test_unlisted_path_is_guarded_too(path: str) -> None:
    assert (await ask(World(environ=GUARDED), path)).status == 401


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x", "Bearer ñ"]
)
async def test_a_wrong_key_says_how_to_send_the_right_one(given: str) -> None:
    reply = await ask(World(environ=GUARDED), "/api/messages", headers={hdrs.AUTHORIZATION: given})

    assert reply.status == 401
    assert reply.headers[hdrs.WWW_AUTHENTICATE] == "Bearer"
    assert "Authorization: Bearer" in reply.json["hint"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080", "[::2]", "", "[", "localhost.evil"]
)
async def test_without_a_key_a_host_that_is_not_loopback_is_refused(host: str) -> None:
    reply = await ask(World(), "/api/messages", headers={hdrs.HOST: host})

    assert reply.status == 403
    assert "HUB_API_KEY" in reply.json["hint"]


@pytest.mark.parametrize("host", ["localhost", "localhost:99", "127.0.0.1", "127.8.8.8:1", "[::1]:8080"])
async def test_without_a_key_this_machine_may_come_in_under_its_own_names(host: str) -> None:
    assert (await ask(World(), "/api/messages", headers={hdrs.HOST: host})).status == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_body_type_that_another_sites_form_can_send_is_refused(content_type: str) -> None:
    world = World()
    headers = {hdrs.CONTENT_TYPE: content_type}

    reply = await ask(world, "/api/events", method="POST", headers=headers, body=b"{}")

    assert reply.status == 415
    assert world.publisher.events == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://[", ""])
async def test_another_site_may_not_post_even_without_a_body(origin: str) -> None:
    world = World()
    reply = await ask(world, f"/api/dead/{uuid4()}/replay", method="POST", headers={hdrs.ORIGIN: origin})

    assert reply.status == 403
    assert world.publisher.replayed == []


async def test_the_hubs_own_page_may_post_also_behind_its_public_name() -> None:
    world = World(environ={**GUARDED, "HUB_PUBLIC_URL": "https://hub.example"})
    async with browsing(world) as client:
        own = str(client.make_url("/")).rstrip("/")
        for origin in (own, "https://hub.example"):
            headers = {**BEARER, hdrs.ORIGIN: origin}
            async with client.post("/api/events", json=[event()], headers=headers) as answer:
                assert answer.status == 202


@pytest.mark.parametrize("path", ["/", "/api/messages", "/nothing", "/static/old/shell.js", "/health/live"])
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    reply = await ask(World(), path)

    assert HEADERS.items() <= dict(reply.headers).items()
    assert "unsafe" not in reply.headers["Content-Security-Policy"]


async def test_no_page_of_the_hub_may_use_camera_microphone_or_place() -> None:
    policy = (await ask(World(), "/")).headers["Permissions-Policy"]

    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(policy.split(", "))


@pytest.mark.parametrize(("path", "status"), [("/api/messages", 200), ("/api/nothing", 404)])
async def test_data_that_a_browser_is_lured_to_is_a_file_and_no_page(path: str, status: int) -> None:
    data, page = await ask(World(), path), await ask(World(), "/")

    assert (status, 'attachment; filename="api.json"') == (data.status, data.headers["Content-Disposition"])
    assert "Content-Disposition" not in page.headers


async def test_the_form_allows_no_style_but_its_own() -> None:
    reply = await ask(World(environ=GUARDED), "/")
    policy = reply.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]

    assert f'<style nonce="{nonce}">' in reply.text
    assert "script-src 'self'" in policy


OFFICES = tuple(Grant(office=office) for office in Office)


@pytest.fixture
def world(opened: Database) -> World:
    return World(environ=GUARDED, database=opened)


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    await give_account(world, "ana", *OFFICES)
    async with browsing(world) as opened:
        yield opened


@pytest.fixture
async def ana(client: Client) -> Visitor:
    return await signed_in(client)


async def signed_in(client: Client) -> Visitor:
    visitor = Visitor(client)
    await visitor.sign_in("ana")
    return visitor


async def test_reading_needs_no_token(ana: Visitor) -> None:
    ana.browser_headers = {}

    assert (await ana.ask("/api/messages")).status == 200


async def test_signed_in_account_cannot_act_in_another_name(ana: Visitor, opened: Database) -> None:
    await ana.change("/api/pauses/sms", "PUT", {"by": "laura", "reason": "x"})

    assert ["account:ana"] == [row.by for row in await queries.pauses(opened)]


async def test_token_in_the_url_does_not_count(ana: Visitor) -> None:
    answer = await ana.ask(f"/api/pauses/sms?csrf={ana.csrf}", "PUT", body={})

    assert answer.status == 403


async def test_token_in_a_json_body_does_not_count(ana: Visitor) -> None:
    answer = await ana.ask("/api/pauses/sms", "PUT", body={"csrf": ana.csrf})

    assert answer.status == 403


async def test_token_of_another_session_does_not_count(client: Client, ana: Visitor) -> None:
    other = await signed_in(client)
    answer = await ana.ask("/api/pauses/sms", "PUT", body={"reason": "x"}, headers={HEADER: other.csrf})

    assert answer.status == 403


async def test_change_without_a_header_of_a_browser_is_refused(ana: Visitor) -> None:
    ana.browser_headers = {}
    answer = await ana.change("/api/pauses/sms", "PUT", {"reason": "x"})

    assert answer.status == 403
