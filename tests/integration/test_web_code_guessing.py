"""Guesses at the code of an account whose password is known, through resets and without end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.access.lockout import CODES, CODES_WITHIN, LOCKS
from hub.model import Grant, Office
from hub.web.console.own_account import ACCOUNT
from tests.contract.values import copropiedad
from tests.integration.console_hub import console_hub
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_door import BEHIND, SECRETS
from tests.integration.web_doubles import Reply, World, browsing
from tests.integration.web_visitor import Client, Visitor, give_account, give_factor
from tests.servers import Servers

pytestmark = pytest.mark.usefixtures("refused_soon")
MANAGER = Grant(office=Office.MANAGER)
ADMINISTRATOR = Grant(office=Office.ADMINISTRATOR)
ONE = "ph-1"
WRONG = "no-code"
GUESSES = 40


@pytest.fixture
def world() -> World:
    world = World(environ={**GUARDED, **SECRETS, **BEHIND})
    world.accounts._store.tables.directory.apply(copropiedad(ONE))
    return world


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with browsing(world) as opened:
        yield opened


async def inside(client: Client, world: World, *grants: Grant) -> Visitor:
    """Return the browser of an administrator who has signed in."""
    visitor = Visitor(client)
    await visitor.enter("root", await give_factor(world, await give_account(world, "root", *grants)))
    return visitor


def elsewhere(client: Client, number: int) -> Visitor:
    """Return a browser at an address of its own: no address waits for the failures of another."""
    visitor = Visitor(client)
    visitor.browser_headers |= {"X-Forwarded-For": f"198.51.100.{number}"}
    return visitor


async def reset(admin: Visitor, name: str = "marta") -> str:
    password: str = (await admin.change(f"/api/accounts/{name}/reset")).json["password"]
    return password


def actions(world: World, action: str) -> int:
    return sum(note.action == action for note in world.audit.rows)


@pytest.mark.parametrize("way", ["reset", "enable", "unlock"])
@pytest.mark.parametrize(
    ("own", "theirs", "status"),
    [
        (replace(ADMINISTRATOR, copropiedad_id=ONE), replace(MANAGER, copropiedad_id=ONE), 403),
        (replace(ADMINISTRATOR, copropiedad_id=ONE), MANAGER, 404),
        (ADMINISTRATOR, MANAGER, 403),
    ],
    ids=["both of one building", "a general manager", "both everywhere"],
)
async def test_administrator_opens_no_managers_account_that_has_a_second_factor(
    client: Client, world: World, own: Grant, theirs: Grant, status: int, way: str
) -> None:
    marta = await give_account(world, "marta", theirs, must_change=True)
    await give_factor(world, marta)
    before = await world.accounts.named("marta")
    admin = await inside(client, world, own)
    answer = await admin.change(f"/api/accounts/marta/{way}")

    assert answer.status == status
    assert await world.accounts.named("marta") == before


async def test_page_offers_no_act_that_would_be_refused(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.registry.account("marta", MANAGER)
        await hub.registry.account("luis", Grant(office=Office.ADMINISTRATOR))
        headers = await hub.cookies_of(await hub.registry.account("root", ADMINISTRATOR))
        refused, allowed = [
            (await hub.hub.send("GET", f"/accounts/{name}", headers, at="console")).text
            for name in ("marta", "luis")
        ]

    acts = ("reset", "second-factor")
    assert all(f"/accounts/luis/{act}" in allowed for act in acts)
    assert not any(f"/accounts/marta/{act}" in refused for act in acts)
    assert "Esta cuenta puede más que la suya" in refused


async def test_forty_guesses_through_resets_end_after_the_codes_of_a_day(
    client: Client, world: World
) -> None:
    app = await give_factor(world, await give_account(world, "marta", MANAGER))
    admin = await inside(client, world, ADMINISTRATOR, MANAGER)
    answers: list[Reply] = []
    for number in range(GUESSES):
        world.ahead += LOCKS[-1] / 4
        await admin.change("/api/accounts/marta/unlock")
        guesser = elsewhere(client, number)
        await guesser.sign_in("marta", await reset(admin))
        answers.append(await guesser.enter_code(WRONG))
    right = await guesser.enter_code(app.code())

    checked = [answer for answer in answers if "no es correcto, o ya se usó" in answer.text]
    assert {answer.status for answer in answers} == {401}
    assert len(checked) < CODES
    assert (right.status, "No se acepta ningún código hasta el" in right.text) == (401, True)
    assert actions(world, "account.codes_used_up") == 1


async def test_codes_of_a_day_come_back_a_day_after_the_first(client: Client, world: World) -> None:
    app = await give_factor(world, await give_account(world, "marta", MANAGER), ["k" * 16])
    for number in range(CODES):
        visitor = elsewhere(client, number)
        await visitor.sign_in("marta")
        await visitor.enter_code(WRONG)
        world.ahead += LOCKS[-1]
    await visitor.sign_in("marta")
    recovery = await visitor.enter_code("k" * 16)
    world.ahead = CODES_WITHIN
    fresh = await Visitor(client).enter("marta", app)

    assert (recovery.status, "No se acepta ningún código hasta el" in recovery.text) == (401, True)
    assert fresh.status == 303


async def test_account_page_says_who_has_reset_the_password(client: Client, world: World) -> None:
    app = await give_factor(world, await give_account(world, "marta", MANAGER))
    before = Visitor(client)
    await before.enter("marta", app)
    admin = await inside(client, world, ADMINISTRATOR, MANAGER)
    marta = Visitor(client)
    await marta.sign_in("marta", await reset(admin))
    await marta.enter_code(app.code())
    page = await marta.ask(ACCOUNT)

    assert "Su contraseña fue restablecida por root el " in page.text
