"""Accounts and their offices over HTTP. `access_table.py` has the routes that each opens."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.model import Grant, Office, Scope
from hub.web.auth.csrf import SAFE_METHODS
from hub.web.routes import ROUTES
from tests.contract.values import copropiedad
from tests.integration.test_web_access import BEARER, GUARDED
from tests.integration.web_doubles import World, browsing
from tests.integration.web_visitor import Client, Visitor, give_account

HERE, THERE = "ph-1", "ph-2"


async def signed_in(client: Client, name: str = "ana") -> Visitor:
    visitor = Visitor(client)
    assert (await visitor.sign_in(name)).status == 303
    return visitor


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

    assert [answer.status for answer in refused] == [404, 403, 400]
    assert [row["name"] for row in listed.json["items"]] == ["local"]


async def test_office_administrator_makes_nobody_a_manager_and_opens_no_managers_account() -> None:
    world = World(environ=GUARDED)
    await give_account(world, "root", Grant(office=Office.ADMINISTRATOR))
    await give_account(world, "gerente", Grant(office=Office.MANAGER))
    closed = await give_account(world, "cerrada", Grant(office=Office.PRIVACY_OFFICER))
    await world.accounts.disable(closed.id, now=datetime.now(UTC))
    manager = [{"office": "manager", "copropiedad_id": "*"}]
    async with browsing(world) as client:
        root = await signed_in(client, "root")
        straw = await root.change("/api/accounts", body=someone("straw", "administrator"))
        refused = [
            await root.change("/api/accounts", body=someone("x1", "manager")),
            await root.change("/api/accounts/straw/grant", body={"grants": manager}),
            await root.change("/api/accounts/root/grant", body={"grants": manager}),
            await root.change("/api/accounts/root/take", body={"grants": manager}),
            await root.change("/api/accounts/root/reset"),
            await root.change("/api/accounts/gerente/reset"),
            await root.change("/api/accounts/cerrada/enable"),
        ]
        by_key = await ask(client, "/api/accounts", body=someone("nueva", "manager"))
        again = await root.change("/api/accounts/nueva/unlock")
        known = {account.name: account for account in await world.accounts.accounts()}

    assert straw.status == 201
    assert datetime.fromisoformat(straw.json["password_until"]) > datetime.now(UTC) + timedelta(hours=71)
    assert [answer.status for answer in refused] == [403] * len(refused)
    assert all("HUB_API_KEY" in answer.json["hint"] for answer in refused)
    assert (by_key, again.status) == (201, 403)
    assert known.keys() == {"root", "gerente", "cerrada", "straw", "nueva"}
    assert known["root"].grants == known["straw"].grants == (Grant(office=Office.ADMINISTRATOR),)
    assert known["cerrada"].disabled_at is not None


async def test_office_administrator_makes_no_key_that_opens_more() -> None:
    world = World(environ=GUARDED)
    await give_account(world, "root", Grant(office=Office.ADMINISTRATOR))
    async with browsing(world) as client:
        root = await signed_in(client, "root")
        made = {
            scope: await root.change("/api/keys", body={"name": scope, "scopes": [scope]}) for scope in Scope
        }
        for scope in (Scope.PRIVACY, Scope.PUBLISH, Scope.INBOX):
            assert 201 == await ask(client, "/api/keys", body={"name": scope, "scopes": [scope]})
        rotated = {scope: await root.change(f"/api/keys/{scope}/rotate", body={}) for scope in Scope}
        revoked = await root.change("/api/keys/privacy/revoke")

    for answers in (made, rotated):
        assert {scope: answer.status for scope, answer in answers.items()} == {
            **dict.fromkeys((Scope.READ, Scope.OPERATE, Scope.ADMIN), 201),
            **dict.fromkeys((Scope.PRIVACY, Scope.PUBLISH, Scope.INBOX), 403),
        }
    assert "you lack privacy." in made[Scope.PRIVACY].json["error"]
    assert "hub_" not in rotated[Scope.PRIVACY].text
    assert revoked.json == {"revoked": 1}


def someone(name: str, office: str) -> dict[str, Any]:
    """Make the body of a new account with an office everywhere."""
    return {
        "name": name,
        "display_name": name.title(),
        "grants": [{"office": office, "copropiedad_id": "*"}],
    }


async def ask(client: Client, path: str, *, body: Any) -> int:
    """Post with HUB_API_KEY; return the status."""
    async with client.post(path, json=body, headers=BEARER) as answer:
        return answer.status


def test_routes_need_only_existing_scopes() -> None:
    assert all(route.needs <= set(Scope) for route in ROUTES if route.needs)


def test_readers_change_nothing_and_only_administrators_give_access() -> None:
    changing = [route for route in ROUTES if route.method not in SAFE_METHODS]
    giving = [route for route in ROUTES if route.path.startswith(("/api/accounts", "/api/keys"))]

    # A view and the link of a calendar are the reader's own: nobody else sees them.
    own = ("views", "views/{name}/forget", "calendar/link", "calendar/unlink")
    assert {f"{door}/{what}" for door in ("/api", "") for what in own} == {
        route.path for route in changing if route.needs and Scope.READ in route.needs
    }
    # The rights of people are the privacy officer's to carry out; a key needs `operate` besides.
    # Who answers sees a contact in full, too: by POST, since the look is noted.
    acts = ("rectify", "erase", "contact")
    rights = {f"{door}/people/{{ref}}/{act}" for door in ("/api", "") for act in acts}
    assert rights == {route.path for route in changing if route.needs and Scope.PRIVACY in route.needs}
    assert {route.needs for route in giving} == {frozenset({Scope.ADMIN})}
