"""A caller who reaches one copropiedad tries every route on another one's data."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import pytest
from aiohttp import hdrs, web
from aiohttp.test_utils import TestClient
from yarl import URL

from hub.model import Json, Reach, Scope
from hub.web.route import Route, Where
from hub.web.routes import ROUTES
from tests.contract.stores import open_stores
from tests.integration.town import A, B, Town, everything_in

Client = TestClient[web.Request, web.Application]
GET, POST, PUT, DELETE = hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_DELETE


@pytest.fixture
async def town(database: str) -> AsyncIterator[Town]:
    async with open_stores(database) as stores:
        town = Town(stores)
        await town.happen()
        yield town


@dataclass(frozen=True)
class Try:
    """`tail` follows the path; `finds`: a caller of B finds data this way; `wanted`: the refusal."""

    tail: str = ""
    body: Mapping[str, Json] | None = None
    finds: bool = True
    wanted: int = 404


VIEWER: Final = {"office": "viewer", "copropiedad_id": B}
TRIES: Final[Mapping[tuple[str, str], tuple[Try, ...]]] = {
    (GET, "/api/messages"): (
        *(Try(), Try("?limit=1"), Try("?state=failed"), Try("?event=pqrs.received")),
        *(Try("?person=p-beta"), Try("?event_id=event-beta"), Try("?channel=print")),
    ),
    (GET, "/api/messages/{id}"): (Try(), Try("?whole=true")),
    (GET, "/api/clocks"): (Try(), Try("?state=open"), Try("?state=met", finds=False)),
    (POST, "/api/clocks/{id}/acknowledge"): (Try(),),
    (GET, "/api/clocks/{id}"): (Try(),),
    (GET, "/api/indicators"): (Try(finds=False), Try("?copropiedad=ph-beta", finds=False)),
    (GET, "/api/cases/{key}"): (Try(), Try("?whole=true"), Try("?limit=1")),
    (GET, "/cases/{key}"): (Try(), Try("?whole=true")),
    (GET, "/api/explain"): (Try("?event=event-beta&person=p-beta"), Try("?event=event-beta&person=p-two")),
    (GET, "/api/audience"): (
        Try("?who=owners@copropiedad:ph-beta", wanted=400),
        Try("?who=residents@unit:u-beta", finds=False),
        Try("?who=everyone"),
        Try("?who=person:p-beta"),
    ),
    (GET, "/api/people"): (
        Try("?role=owner&unit=u-beta"),
        Try("?role=owner&copropiedad=ph-beta"),
        Try("?role=council&copropiedad=ph-beta"),
    ),
    (GET, "/api/people/{ref}"): (Try(), Try("?whole=true")),
    (GET, "/api/suppressions/{id}"): (Try(), Try("?whole=true")),
    (GET, "/api/letters"): (Try(), Try("?handed_over=false")),
    (GET, "/api/summary"): (Try(finds=False),),
    (GET, "/api/dead"): (Try(finds=False),),
    (GET, "/api/dead/{id}"): (Try(finds=False),),
    (POST, "/api/dead/{id}/replay"): (Try(finds=False),),
    (POST, "/api/dead/{id}/discard"): (Try(finds=False),),
    (POST, "/api/dead/replay"): (Try(body={}, finds=False),),
    (POST, "/api/dead/discard"): (Try(body={}, finds=False),),
    (POST, "/api/messages/redrive"): (
        Try(body={"state": "failed", "person": "p-beta", "dry_run": True}, finds=False),
        Try(body={"state": "failed", "person": "p-beta"}),
    ),
    (POST, "/api/suppressions/lift"): (Try(body={"address": "beta@lives.example"}, finds=False),),
    (PUT, "/api/directory/{kind}/{ref}"): (
        Try(body={"version": 9, "copropiedad_id": B, "label": "beta"}, finds=False),
    ),
    (GET, "/api/accounts"): (Try(),),
    (POST, "/api/accounts"): (
        Try(body={"name": "nueva", "display_name": "Nueva", "grants": [VIEWER]}, finds=False, wanted=400),
    ),
    (POST, "/api/accounts/{name}/grant"): (Try(body={"grants": [VIEWER]}, finds=False),),
    (POST, "/api/accounts/{name}/take"): (Try(body={"grants": [VIEWER]}, finds=False),),
    (DELETE, "/api/directory/{kind}/{ref}"): (Try(body={"version": 9}, finds=False),),
}
"""How to ask a route for B's data. A route that is not here is tried once, without changes."""


def path_of(route: Route, town: Town) -> str:
    """Fill a route's path with B's data. A new path parameter needs its value for B here."""
    noun = route.path.removeprefix("/api").split("/")[1]
    ids = {"replies": town.b.reply, "suppressions": town.b.suppression, "dead": town.dead.id}
    ids |= {"clocks": town.b.clock}
    method_kind = "memberships" if route.method == DELETE else "units"
    named = {
        "id": ids.get(noun, town.b.message),
        "ref": {"people": "p-beta", "directory": "m-beta" if route.method == DELETE else "u-beta"}.get(noun),
        "kind": method_kind,
        "key": "pqrs_id:CASE-beta",
        "name": {"accounts": "beta"}.get(noun, "sms"),
        "event": "event-beta",
        "event_id": "event-beta",
        "person": "p-beta",
    }
    return route.path.format(**named)


def without_request(text: str, attempt: Try) -> str:
    """Remove from an answer what the question contained."""
    for value in URL(attempt.tail).query.values():
        text = text.replace(value, "")
    return text


def tries() -> Iterator[tuple[Route, Try]]:
    for route in ROUTES:
        if route.needs is not None:
            for attempt in TRIES.get((route.method, route.path), (Try(finds=False),)):
                yield route, attempt


async def ask(
    client: Client, method: str, path: str, body: Mapping[str, Json] | None = None
) -> tuple[int, str]:
    data = None if body is None else json.dumps(body)
    async with client.request(method, path, data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def test_no_route_answers_or_does_anything_of_another_copropiedad(town: Town) -> None:
    leaks: list[tuple[str, str, str, int, str]] = []
    before = await belongings(town)
    async with town.seen_by(everything_in(A)) as client:
        for route, one in tries():
            path = path_of(route, town) + one.tail
            status, text = await ask(client, route.method, path, one.body)
            expected = {403} if route.where not in (Where.PLACES, Where.COMPANY) else {200, 403, one.wanted}
            seen = {word for word in town.b.words if word in without_request(text, one)}
            if status not in expected or seen:
                leaks.append((route.method, path, str(sorted(seen)), status, text[:200]))

    assert [] == leaks
    assert before == await belongings(town)
    assert [] == town.publisher.replayed


async def belongings(town: Town) -> list[object]:
    """Everything of B that a caller could have changed."""
    stores = town.stores
    one = await stores.log.message(town.b.message)
    letter = await stores.letters.letter(town.b.message)
    suppression = await stores.contacts.suppression(town.b.suppression)
    entries = ("unit", "u-beta"), ("membership", "m-beta")
    standing = [await stores.roster.standing(noun, ref) for noun, ref in entries]
    person = await stores.roster.somebody("p-beta")
    pauses, accounts = await town.pauses.pauses(), await town.accounts.accounts()
    return [accounts, one, letter, suppression, standing, person, pauses, await town.keys.keys()]


async def test_caller_with_reach_finds_the_data_by_the_same_questions(town: Town) -> None:
    """Without this the test above would prove nothing."""
    missed: list[tuple[str, str, int, str]] = []
    async with town.seen_by(everything_in(B)) as client:
        for route, one in tries():
            path = path_of(route, town) + one.tail
            if route.where is Where.PLACES and one.finds:
                status, text = await ask(client, route.method, path, one.body)
                if status != 200 or not any(word in text for word in (*town.b.words, "print", "p-two")):
                    missed.append((route.method, path, status, text[:200]))

    assert [] == missed


@pytest.mark.parametrize("reach", [everything_in(A), everything_in()], ids=["of A", "of nothing"])
async def test_data_out_of_reach_is_answered_like_missing_data(town: Town, reach: Reach) -> None:
    replies: list[object] = []
    async with town.seen_by(reach) as client:
        for route, one in tries():
            if route.where is Where.PLACES and "{id}" in route.path:
                path = path_of(route, town) + one.tail
                unknown = path
                for known in (town.b.message, town.b.reply, town.b.clock, town.b.suppression, town.dead.id):
                    unknown = unknown.replace(str(known), str(uuid4()))
                answers = [await ask(client, route.method, address, one.body) for address in (path, unknown)]
                if answers[0] != answers[1] or answers[0][0] != 404:
                    replies.append((path, answers))

    assert [] == replies


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
