"""A change by cookie needs two proofs that our own page requested it; without either it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.desk.channels import queries
from hub.model import Grant, Office
from hub.storage import Database
from hub.web.auth.csrf import HEADER
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import World, browsing
from tests.integration.web_visitor import Client, Visitor, give_account

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
