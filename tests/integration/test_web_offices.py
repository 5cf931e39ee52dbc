"""Each route with each office, in its own copropiedad and another: exactly what the two tables allow."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from hub.model import EVERYWHERE, SCOPES_OF, Grant, Office, Scope
from hub.web.auth.caller import CALLER
from hub.web.auth.csrf import HEADER, SAFE_METHODS
from hub.web.route import SIGNED_IN, Route, Where
from hub.web.routes import ROUTES
from tests.contract.values import copropiedad
from tests.integration.test_web_access import GUARDED, label, path_of
from tests.integration.web_doubles import Reply, World, browsing, dead_letter
from tests.integration.web_visitor import Client, Visitor, give_account

HERE, THERE = "ph-1", "ph-2"
BEHIND = [route for route in ROUTES if (route.method, route.path) != ("POST", "/")]
"""All routes except the sign-in, which every visitor here has used."""
GRANTS = {
    f"{office}-{where}": Grant(office=office, copropiedad_id=place)
    for office in Office
    for where, place in {"here": HERE, "all": EVERYWHERE}.items()
}


async def signed_in(client: Client, name: str = "ana") -> Visitor:
    visitor = Visitor(client)
    assert (await visitor.sign_in(name)).status == 303
    return visitor


def allowed(route: Route, grant: Grant) -> bool:
    """Read from the two tables whether the office may, and whether the route is for some copropiedades."""
    if route.needs in (None, SIGNED_IN):
        return True
    reaches = grant.copropiedad_id == EVERYWHERE or route.where is not Where.EVERYWHERE
    return bool(route.needs & SCOPES_OF[grant.office]) and reaches


def refused(answer: Reply) -> bool:
    return answer.status == 403 and ("scope" in answer.text or "all copropiedades" in answer.text)


async def probe(request: web.Request) -> web.Response:
    """Responds in place of a handler with the places where the caller has the route's scope."""
    caller = request.get(CALLER)
    needs = next(
        route.needs
        for route in ROUTES
        if route.method == request.method
        and request.match_info.route.resource is not None
        and route.path == request.match_info.route.resource.canonical
    )
    places = caller.places(needs) if caller and needs else frozenset()
    return web.json_response({"places": None if places is None else sorted(places)})


def probed(world: World) -> web.Application:
    """The application with its guard, and a probe for each handler except the sign-in."""
    app = world.build()
    for route in app.router.routes():
        if (route.method, route.resource and route.resource.canonical) != ("POST", "/"):
            route._handler = probe
    return app


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    world = World(environ=GUARDED)
    for name, grant in GRANTS.items():
        await give_account(world, name, grant)
    async with TestClient(TestServer(probed(world), host="127.0.0.1"), cookie_jar=DummyCookieJar()) as opened:
        yield opened


@pytest.mark.parametrize("name", GRANTS)
async def test_office_opens_only_what_the_table_says_in_its_copropiedad(
    client: Client, name: str, subtests: pytest.Subtests
) -> None:
    visitor, grant = await signed_in(client, name), GRANTS[name]
    for route in BEHIND:
        with subtests.test(label(route)):
            answer = await visitor.ask(path_of(route), route.method, headers={HEADER: visitor.csrf})
            assert refused(answer) == (not allowed(route, grant)), answer.text
            if allowed(route, grant):
                assert answer.status == 200, answer.text
            if allowed(route, grant) and route.needs:
                here = None if grant.copropiedad_id == EVERYWHERE else [HERE]
                assert answer.json == {"places": here}


@pytest.mark.parametrize("name", GRANTS)
async def test_an_office_is_refused_or_let_in_by_the_real_handlers_alike(
    name: str, subtests: pytest.Subtests
) -> None:
    for route in ROUTES:
        with subtests.test(label(route)):
            answer = await answer_of_the_real_handler(route, name)
            if route.where is Where.PLACES and answer.status == 403:
                # The handler may also refuse another copropiedad's data: see test_web_scope.py.
                assert refused(answer)
            else:
                assert refused(answer) == (not allowed(route, GRANTS[name]))
            assert answer.status != 500


async def answer_of_the_real_handler(route: Route, name: str) -> Reply:
    """Ask in a new world: some handlers sign the visitor out, or settle the only letter."""
    world = World(environ=GUARDED)
    world.log.letters.append(dead_letter())
    await give_account(world, name, GRANTS[name])
    async with browsing(world) as client:
        visitor = await signed_in(client, name)
        headers = {} if route.method in SAFE_METHODS else {HEADER: visitor.csrf}
        return await visitor.ask(path_of(route), route.method, headers=headers)


async def test_account_is_created_granted_revoked_and_all_of_it_is_audited() -> None:
    world = World(environ=GUARDED)
    for ref in (HERE, THERE):
        world.accounts._store.tables.directory.apply(copropiedad(ref))
    await give_account(world, "root", Grant(office=Office.ADMINISTRATOR))
    async with browsing(world) as client:
        root = await signed_in(client, "root")
        grants = [{"office": "operator", "copropiedad_id": HERE}]
        more = {"grants": [{"office": "viewer", "copropiedad_id": THERE}]}
        body = {"name": "ana", "display_name": "Ana Ruiz", "grants": grants}
        made = await root.change("/api/accounts", body=body)
        again = await root.change("/api/accounts", body=body)
        given = await root.change("/api/accounts/ana/grant", body=more)
        taken = await root.change("/api/accounts/ana/take", body={"grants": grants})
        ana = Visitor(client)
        entered = await ana.sign_in("ana", made.json["password"])
        reset = await root.change("/api/accounts/ana/reset")
        out = await ana.ask("/account")
        steps = [
            (await root.change(f"/api/accounts/ana/{what}")).json["state"]
            for what in ("disable", "enable", "unlock")
        ]
        listed = await root.ask("/api/accounts")
        last = await root.change("/api/accounts/root/disable")
        missing = await root.change("/api/accounts/nobody/unlock")

    assert (made.status, again.status, missing.status, last.status) == (201, 400, 404, 409)
    assert "administrator" in last.json["error"]
    assert made.json["grants"] == grants
    assert given.json["grants"] == [*grants, *more["grants"]]
    assert taken.json["grants"] == more["grants"]
    assert (entered.status, out.status) == (303, 401)
    assert steps == ["disabled", "active", "active"]
    assert [row["name"] for row in listed.json["items"]] == ["ana", "root"]
    answers = listed.text + str(world.audit.rows)
    assert not any(secret in answers for secret in (made.json["password"], reset.json["password"], "$argon2"))
    actions = [
        note.action.removeprefix("account.") for note in world.audit.rows if note.who == "account:root"
    ]
    assert actions == [
        *("sign_in", "create", "grant", "take", "reset"),
        *("disable", "enable", "unlock", "disable"),
    ]


@pytest.mark.parametrize(
    "grants",
    [
        *([], [{"office": "king", "copropiedad_id": "*"}], [{"office": "viewer"}]),
        *([{"office": "viewer", "copropiedad_id": ""}], [{"office": "viewer", "copropiedad_id": "ph-9"}]),
    ],
    ids=json.dumps,
)
async def test_an_account_that_makes_no_sense_is_refused(grants: Any) -> None:
    world = World()
    async with browsing(world) as client:
        body = {"name": "ana", "display_name": "Ana", "grants": grants}
        answer = await Visitor(client).ask("/api/accounts", "POST", body=body)

    assert answer.status == 400
    assert await world.accounts.accounts() == []


async def test_administrator_of_one_copropiedad_cannot_grant_more_than_that() -> None:
    world = World(environ=GUARDED)
    world.accounts._store.tables.directory.apply(copropiedad(HERE))
    await give_account(world, "root", Grant(office=Office.ADMINISTRATOR))
    await give_account(world, "local", Grant(office=Office.ADMINISTRATOR, copropiedad_id=HERE))
    async with browsing(world) as client:
        local = await signed_in(client, "local")
        everywhere = {"grants": [{"office": "administrator", "copropiedad_id": "*"}]}
        refused = [
            await local.change("/api/accounts/root/reset"),
            await local.change("/api/accounts/local/grant", body=everywhere),
            await local.change("/api/accounts", body={"name": "x1", "display_name": "X", **everywhere}),
        ]
        listed = await local.ask("/api/accounts")

    assert [answer.status for answer in refused] == [404, 400, 400]
    assert [row["name"] for row in listed.json["items"]] == ["local"]


def test_routes_need_only_existing_scopes() -> None:
    assert all(route.needs <= set(Scope) for route in ROUTES if route.needs)
    own = {route.path for route in ROUTES if route.needs == SIGNED_IN}
    assert own == {"/account", "/inbox", "/inbox/{id}", "/sign-out"}


def test_readers_change_nothing_and_only_administrators_give_access() -> None:
    changing = [route for route in ROUTES if route.method not in SAFE_METHODS]
    giving = [route for route in ROUTES if route.path.startswith(("/api/accounts", "/api/keys"))]

    assert [
        route.path for route in changing if route.needs and route.needs & {Scope.READ, Scope.PRIVACY}
    ] == []
    assert {route.needs for route in giving} == {frozenset({Scope.ADMIN})}
