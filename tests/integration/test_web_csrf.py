"""A change by cookie needs two proofs that our own page requested it; without either it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import hdrs

from hub.access import sessions
from hub.model import Grant, Office
from hub.web.auth.csrf import FETCH_SITE, FORMS, HEADER, SAFE_METHODS
from hub.web.route import Route
from hub.web.routes import ROUTES
from tests.integration.test_web_access import GUARDED, label, path_of
from tests.integration.web_doubles import World, browsing, dead_letter
from tests.integration.web_visitor import Client, Visitor, give_account

OFFICES = tuple(Grant(office=office) for office in Office)
CHANGING = [route for route in ROUTES if route.method not in SAFE_METHODS and route.needs is not None]
every_change = pytest.mark.parametrize("route", CHANGING, ids=label)

SPOILED: dict[str, tuple[dict[str, str], str | None]] = {
    "no token": ({FETCH_SITE: "same-origin"}, None),
    "an empty token": ({FETCH_SITE: "same-origin"}, ""),
    "a token of another session": ({FETCH_SITE: "same-origin"}, sessions.csrf_of("other")),
    "a token that is not ASCII": ({FETCH_SITE: "same-origin"}, "ñ"),
    "no word of the browser": ({}, "right"),
    "another site": ({hdrs.ORIGIN: "https://evil.example"}, "right"),
    "a sibling domain": ({FETCH_SITE: "same-site"}, "right"),
    "another site by link": ({FETCH_SITE: "cross-site"}, "right"),
    "an opaque origin": ({hdrs.ORIGIN: "null"}, "right"),
}


@pytest.fixture
def world() -> World:
    world = World(environ=GUARDED)
    world.log.letters.append(dead_letter())
    return world


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


async def change(visitor: Visitor, route: Route, token: str | None) -> tuple[int, str]:
    given = visitor.csrf if token == "right" else token
    if route.path in FORMS:
        form = {} if given is None else {"csrf": given}
        answer = await visitor.ask(path_of(route), route.method, form=form)
    else:
        headers = {} if given is None else {HEADER: given}
        answer = await visitor.ask(path_of(route), route.method, headers=headers)
    return answer.status, answer.text


@pytest.mark.parametrize("spoiled", SPOILED)
async def test_a_change_without_one_of_the_proofs_is_refused(
    ana: Visitor, world: World, spoiled: str, subtests: pytest.Subtests
) -> None:
    noted = len(world.audit.rows)
    ana.browser_headers, token = SPOILED[spoiled]
    for route in CHANGING:
        with subtests.test(label(route)):
            status, text = await change(ana, route, token)

            assert status == 403
            assert "scope" not in text
            assert len(world.audit.rows) == noted
            assert len(world.accounts.sessions) == 1
            assert world.publisher.replayed == []


@every_change
async def test_change_with_both_proofs_is_accepted(ana: Visitor, route: Route) -> None:
    status, text = await change(ana, route, "right")

    assert status not in {401, 500}
    assert status != 403 or "scope" in text  # no office publishes events


@every_change
async def test_own_origin_counts_like_sec_fetch_site(ana: Visitor, client: Client, route: Route) -> None:
    ana.browser_headers = {hdrs.ORIGIN: str(client.make_url("/")).rstrip("/")}
    status, text = await change(ana, route, "right")

    assert status != 403 or "scope" in text


async def test_reading_needs_no_token(ana: Visitor) -> None:
    ana.browser_headers = {}

    assert (await ana.ask("/api/messages")).status == 200


async def test_signed_in_account_cannot_act_in_another_name(ana: Visitor, world: World) -> None:
    await ana.change("/api/pauses/sms", "PUT", {"by": "laura", "reason": "x"})

    assert ["account:ana"] == [row["by"] for row in await world.pauses.pauses()]


async def test_token_in_the_url_does_not_count(ana: Visitor) -> None:
    answer = await ana.ask(f"/api/pauses/sms?csrf={ana.csrf}", "PUT", body={})

    assert answer.status == 403


async def test_token_in_a_json_body_does_not_count(ana: Visitor) -> None:
    answer = await ana.ask("/api/pauses/sms", "PUT", body={"csrf": ana.csrf})

    assert answer.status == 403
