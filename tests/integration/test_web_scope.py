"""Rows shown to a caller who reaches one copropiedad. `access_table.py` has the requests that it may make."""

import json
from collections.abc import AsyncIterator, Mapping

import pytest
from aiohttp import hdrs, web
from aiohttp.test_utils import TestClient

from hub.desk.channels import queries
from hub.desk.letters import queries as letters
from hub.desk.suppressions.acts import suppression
from hub.model import Json, Reach, Scope
from tests.integration.town import A, B, Town, everything_in, open_town

Client = TestClient[web.Request, web.Application]
GET, POST, PUT, DELETE = hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_DELETE


@pytest.fixture
async def town(database: str) -> AsyncIterator[Town]:
    async with open_town(database) as town:
        yield town


async def ask(
    client: Client, method: str, path: str, body: Mapping[str, Json] | None = None
) -> tuple[int, str]:
    data = None if body is None else json.dumps(body)
    async with client.request(method, path, data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def belongings(town: Town) -> list[object]:
    """Everything of B that a caller could have changed."""
    stores = town.stores
    one = await stores.log.message(town.b.message)
    letter = await letters.letter(stores.database, town.b.message)
    gone = await suppression(stores.database, town.b.suppression)
    entries = ("unit", "u-beta"), ("membership", "m-beta")
    standing = [await stores.roster.entry_scope(noun, ref) for noun, ref in entries]
    person = await stores.roster.somebody("p-beta")
    pauses, accounts = await queries.pauses(stores.database), await town.accounts.accounts()
    return [accounts, one, letter, gone, standing, person, pauses, await town.keys.keys()]


async def test_sums_and_cursors_cover_only_the_callers_copropiedad(town: Town) -> None:
    async with town.seen_by(everything_in(A)) as client:
        counts = json.loads((await ask(client, GET, "/api/summary"))[1])["counts"]
        page = json.loads((await ask(client, GET, "/api/messages?limit=1"))[1])
        clocks = json.loads((await ask(client, GET, "/api/clocks?limit=1"))[1])
    async with town.seen_by(everything_in(A, B)) as client:
        both = json.loads((await ask(client, GET, "/api/messages?limit=1"))[1])

    assert {"messages": {"failed": 1}, "clocks": {"open": 1}, "dead": {}} == counts
    assert ([str(town.a.message)], None) == ([row["id"] for row in page["items"]], page["next"])
    assert ([str(town.a.clock)], None) == ([row["id"] for row in clocks["items"]], clocks["next"])
    assert both["next"] is not None


async def test_indicators_cover_only_the_callers_copropiedad(town: Town) -> None:
    march = "/api/indicators?from=2026-03-01&to=2026-03-31"
    async with town.seen_by(everything_in(A)) as client:
        own, other = [
            json.loads((await ask(client, GET, f"{march}{more}"))[1])["promises"]
            for more in ("", f"&copropiedad={B}")
        ]
    async with town.seen_by(everything_in(A, B)) as client:
        both = json.loads((await ask(client, GET, march))[1])["promises"]

    assert ([1], [], [2]) == tuple(
        [promise["running"] for promise in promises] for promises in (own, other, both)
    )


async def test_a_scope_reaches_where_it_was_given_and_no_further(town: Town) -> None:
    own = frozenset({A})
    reach: Reach = {Scope.READ: frozenset({A, B}), Scope.OPERATE: own, Scope.PRIVACY: own}
    both = town.a.message, town.b.message
    async with town.seen_by(reach) as client:
        masked = [await ask(client, GET, f"/api/messages/{message_id}") for message_id in both]
        whole = [await ask(client, GET, f"/api/messages/{message_id}?whole=true") for message_id in both]
        letters = [await ask(client, GET, f"/api/letters/{message_id}") for message_id in both]
        done = [await ask(client, POST, f"/api/letters/{message_id}/done") for message_id in both]

    assert [(200, True), (200, False)] == [
        (status, json.loads(text)["may_unmask"]) for status, text in masked
    ]
    assert [[200, 403], [200, 404], [200, 404]] == [
        [status for status, _ in answers] for answers in (whole, letters, done)
    ]


async def test_person_of_two_copropiedades_shows_only_the_callers_membership(town: Town) -> None:
    for own, scope in ((A, "unit:u-alfa"), (B, f"copropiedad:{B}")):
        async with town.seen_by(everything_in(own)) as client:
            shown = json.loads((await ask(client, GET, "/api/people/p-two?whole=true"))[1])

        assert "Name of p-two" == shown["name"]
        assert [scope] == [membership["scope"] for membership in shown["memberships"]]
