"""The second factor at the page, over real sockets: enrolment, sign-in, recovery, and its end."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import hdrs
from structlog.testing import capture_logs

from hub.access import sessions
from hub.access.lockout import FAILURES
from hub.errors import StorageUnavailable
from hub.model import Account, Grant, Office
from hub.web.auth.csrf import FETCH_SITE
from hub.web.console.own_account import ACCOUNT, SECOND_FACTOR
from hub.web.console.second_factor import RECOVERY_CODES
from hub.web.console.sign_in import CODE, REFUSED_AFTER
from tests.contract.values import copropiedad
from tests.integration.test_web_access import BEARER, GUARDED, KEY
from tests.integration.test_web_door import SECRETS
from tests.integration.web_doubles import Reply, World, browsing
from tests.integration.web_visitor import (
    HTML,
    PASSWORD,
    Authenticator,
    Client,
    Visitor,
    give_account,
    give_factor,
)

pytestmark = pytest.mark.usefixtures("refused_soon")
MANAGER, VIEWER = Grant(office=Office.MANAGER), Grant(office=Office.VIEWER)
ADMINISTRATOR = Grant(office=Office.ADMINISTRATOR)


@pytest.fixture
def world() -> World:
    return World(environ={**GUARDED, **SECRETS})


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with browsing(world) as opened:
        yield opened


@pytest.fixture
async def marta(world: World) -> Account:
    """A manager who has enrolled nothing."""
    return await give_account(world, "marta", MANAGER)


@pytest.fixture
async def app(world: World, marta: Account) -> Authenticator:
    """The app of the manager, once she has enrolled."""
    return await give_factor(world, marta)


async def status(visitor: Visitor) -> int:
    return (await visitor.ask("/api/messages")).status


async def enrol(visitor: Visitor, app: Authenticator, **more: str) -> Reply:
    return await visitor.ask(SECOND_FACTOR, "POST", form={"csrf": visitor.csrf, "code": app.code(), **more})


def codes_in(answer: Reply) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9-]{19})</code>", answer.text)


def actions(world: World) -> list[str]:
    return [note.action for note in world.audit.rows]


async def test_manager_enrols_signs_in_with_a_code_and_recovers(
    client: Client, world: World, marta: Account
) -> None:
    visitor = Visitor(client)
    await visitor.sign_in("marta")
    page = await visitor.ask(SECOND_FACTOR)
    app = Authenticator.reading(world, page.text)
    enrolled = await enrol(visitor, app)
    codes = codes_in(enrolled)
    inside = await status(visitor)

    again = Visitor(client)
    password = await again.sign_in("marta")
    before = await status(again)
    code = await again.enter_code(app.code())

    lost = Visitor(client)
    await lost.sign_in("marta")
    recovered = await lost.enter_code(codes[0])

    assert "<svg" in page.text
    assert (enrolled.status, len(codes), inside) == (200, 10, 200)
    assert (password.status, password.headers[hdrs.LOCATION], before) == (303, CODE, 401)
    assert (code.status, code.headers[hdrs.LOCATION], await status(again)) == (303, "/", 200)
    assert (recovered.status, await status(lost)) == (200, 200)
    assert "Le quedan 9." in recovered.text
    assert actions(world) == [
        *("account.sign_in", "account.second_factor"),
        "account.sign_in",
        *("account.recovery_code", "account.sign_in"),
    ]
    assert {note.subject for note in world.audit.rows} == {f"account:{marta.name}"}


async def test_who_must_enrol_is_led_to_the_page_for_it(client: Client, marta: Account) -> None:
    visitor = Visitor(client)
    assert (await visitor.sign_in(marta.name)).headers[hdrs.LOCATION] == "/"

    page, own = await visitor.ask("/"), await visitor.ask(ACCOUNT)
    assert (page.headers[hdrs.LOCATION], own.headers[hdrs.LOCATION]) == (ACCOUNT, SECOND_FACTOR)
    assert "Con su cargo" in (await visitor.ask(SECOND_FACTOR)).text


async def test_one_time_password_is_changed_before_the_factor_is_enrolled(
    client: Client, world: World
) -> None:
    await give_account(world, "nora", MANAGER, must_change=True)
    visitor = Visitor(client)
    await visitor.sign_in("nora")
    early = [
        await visitor.ask(SECOND_FACTOR),
        await visitor.ask(SECOND_FACTOR, "POST", form={"csrf": visitor.csrf, "code": "000000"}),
    ]
    own = await visitor.ask(ACCOUNT)
    new = "viento entre pinos"
    form = {"csrf": visitor.csrf, "old": PASSWORD, "new": new, "again": new}
    await visitor.ask(ACCOUNT, "POST", form=form)
    before = await status(visitor)
    app = Authenticator.reading(world, (await visitor.ask(SECOND_FACTOR)).text)
    await enrol(visitor, app)

    assert [answer.headers[hdrs.LOCATION] for answer in early] == [ACCOUNT] * 2
    assert (own.status, "de un solo uso" in own.text, "Segundo factor" in own.text) == (200, True, False)
    assert (before, await status(visitor)) == (403, 200)


async def test_page_offers_the_same_secret_when_it_is_loaded_again(client: Client, marta: Account) -> None:
    visitor, other = Visitor(client), Visitor(client)
    secrets = []
    for browser in (visitor, visitor, other):
        if not browser.value:
            await browser.sign_in(marta.name)
        page = await browser.ask(SECOND_FACTOR)
        secrets.append(page.text.partition('<code class="secret">')[2].partition("<")[0])

    assert secrets[0] == secrets[1] != secrets[2]


async def test_enrolment_ends_every_other_session_and_its_secret_is_shown_no_more(
    client: Client, world: World, marta: Account
) -> None:
    visitor, other = Visitor(client), Visitor(client)
    await visitor.sign_in(marta.name)
    await other.sign_in(marta.name)
    before = visitor.value
    page = await visitor.ask(SECOND_FACTOR)
    await enrol(visitor, Authenticator.reading(world, page.text))
    after = await visitor.ask(SECOND_FACTOR)

    assert visitor.value != before
    assert (await status(other), await status(Visitor(client, visitor.cookie, before))) == (401, 401)
    assert page.text.partition('class="secret">')[2][:39] not in after.text


async def test_code_opens_once_whichever_process_is_asked(
    client: Client, world: World, app: Authenticator
) -> None:
    other = World(environ=world.environ)
    other.accounts, other.ahead = world.accounts, world.ahead
    code = app.code()
    async with browsing(other) as elsewhere:
        first, second = Visitor(client), Visitor(elsewhere)
        for visitor in (first, second):
            await visitor.sign_in("marta")
        moved = Visitor(elsewhere, first.cookie, first.value)
        entered = await moved.enter_code(code)
        replayed = await second.enter_code(code)

        assert (entered.status, replayed.status) == (303, 401)
        assert (await status(moved), await status(second)) == (200, 401)


async def test_wrong_and_replayed_codes_get_one_answer(client: Client, app: Authenticator) -> None:
    used = app.code()
    first = Visitor(client)
    await first.sign_in("marta")
    await first.enter_code(used)
    texts = set()
    for code in (used, "000000" if used != "000000" else "000001", app.at(app.step - 2)):
        visitor = Visitor(client)
        await visitor.sign_in("marta")
        answer = await visitor.enter_code(code)
        nonce = answer.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        texts.add(answer.text.replace(nonce, "").replace(visitor.csrf, ""))
        assert answer.status == 401
        await first.sign_in("marta")
        await first.enter_code(app.code())

    [text] = texts
    assert "no es correcto, o ya se usó" in text


@pytest.mark.usefixtures("refused_in_time")
async def test_refused_code_takes_the_time_of_every_refusal(client: Client, app: Authenticator) -> None:
    used = app.code()
    visitor = Visitor(client)
    times = []
    loop = asyncio.get_running_loop()
    for code in (used, used, "123"):
        await visitor.sign_in("marta")
        began = loop.time()
        answer = await visitor.enter_code(code)
        times.append((answer.status, loop.time() - began >= REFUSED_AFTER))

    assert times[1:] == [(401, True)] * 2


async def test_wrong_codes_lock_the_codes_and_no_password(
    client: Client, world: World, app: Authenticator
) -> None:
    for number in range(FAILURES):
        visitor = Visitor(client)
        assert (await visitor.sign_in("marta")).headers[hdrs.LOCATION] == CODE
        last = await visitor.enter_code(f"no-{number}")
    right = await visitor.enter_code(app.code())
    password = await Visitor(client).sign_in("marta")

    assert password.headers[hdrs.LOCATION] == CODE
    for answer in (last, right):
        assert answer.status == 401
        assert "demasiados intentos fallidos" in answer.text
    assert actions(world) == ["account.refused"] * (FAILURES - 1) + ["account.lock"]


async def test_known_device_enters_its_code_while_others_lock_the_name(
    client: Client, app: Authenticator
) -> None:
    marta = Visitor(client)
    await marta.enter("marta", app)
    for _ in range(FAILURES):
        await Visitor(client).sign_in("marta", "guess")
    stranger = await Visitor(client).sign_in("marta")
    known = await marta.enter("marta", app)

    assert (stranger.status, known.status) == (401, 303)


async def test_password_alone_makes_no_known_device(client: Client, app: Authenticator) -> None:
    visitor = Visitor(client)
    await visitor.sign_in("marta")
    assert visitor.others == {}
    await visitor.enter_code(app.code())
    assert [name for name in visitor.others if "hub_device" in name]


async def test_password_counts_for_five_minutes(client: Client, world: World, app: Authenticator) -> None:
    visitor, late = Visitor(client), Visitor(client)
    for browser in (visitor, late):
        await browser.sign_in("marta")
    cookie = (await visitor.sign_in("marta")).headers[hdrs.SET_COOKIE]
    world.ahead += sessions.CODE_WITHIN - timedelta(seconds=30)
    in_time = await visitor.enter_code(app.code())
    world.ahead += timedelta(seconds=30)
    page, too_late = await late.ask(CODE), await late.enter_code(app.code())

    assert "Max-Age=300" in cookie
    assert in_time.status == 303
    assert (page.status, 'name="password"' in page.text) == (401, True)
    assert (too_late.status, await status(late)) == (401, 401)
    assert "más de cinco minutos" in too_late.text


async def test_cookie_from_before_the_code_is_not_the_session(client: Client, app: Authenticator) -> None:
    """An attacker who planted or saw it has nothing after the sign-in."""
    visitor = Visitor(client)
    await visitor.sign_in("marta")
    before = Visitor(client, visitor.cookie, visitor.value)
    await visitor.enter_code(app.code())

    assert visitor.value != before.value
    assert await status(before) == 401
    assert (await before.enter_code(app.code())).status == 401
    assert await status(visitor) == 200


async def test_session_from_before_ends_with_the_right_password(
    client: Client, world: World, app: Authenticator
) -> None:
    await give_account(world, "ana", VIEWER)
    visitor = Visitor(client)
    await visitor.sign_in("ana")
    ana = Visitor(client, visitor.cookie, visitor.value)
    await visitor.sign_in("marta")
    waiting = len(world.accounts.sessions)
    await visitor.sign_in("marta")
    await visitor.enter_code(app.code())

    assert await status(ana) == 401
    assert (waiting, len(world.accounts.sessions)) == (1, 1)


@pytest.mark.parametrize(
    ("browser_headers", "csrf"),
    [
        ({FETCH_SITE: "same-origin"}, ""),
        ({FETCH_SITE: "same-origin"}, sessions.csrf_of("other")),
        ({}, None),
        ({hdrs.ORIGIN: "https://evil.example"}, None),
        ({FETCH_SITE: "same-site"}, None),
    ],
    ids=str,
)
async def test_another_site_cannot_enter_a_code(
    client: Client, app: Authenticator, browser_headers: dict[str, str], csrf: str | None
) -> None:
    visitor = Visitor(client)
    await visitor.sign_in("marta")
    visitor.browser_headers = browser_headers
    form = {"csrf": visitor.csrf if csrf is None else csrf, "code": app.code()}
    answer = await visitor.ask(CODE, "POST", form=form)

    assert (answer.status, await status(visitor)) == (403, 401)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_code_without_a_password_before_is_not_looked_at(
    client: Client, app: Authenticator, method: str
) -> None:
    stranger = Visitor(client)
    form = {"code": app.code()} if method == "POST" else None
    answer = await stranger.ask(CODE, method, form=form)

    assert (answer.status, 'name="password"' in answer.text) == (401, True)
    assert stranger.value == ""


async def test_second_click_on_the_code_goes_on(client: Client, app: Authenticator) -> None:
    visitor = Visitor(client)
    await visitor.enter("marta", app)
    again = [await visitor.ask(CODE), await visitor.enter_code(app.at(app.step))]

    assert [(answer.status, answer.headers[hdrs.LOCATION]) for answer in again] == [(303, "/")] * 2


async def test_disabled_account_does_not_enter_its_code(
    client: Client, world: World, marta: Account, app: Authenticator
) -> None:
    visitor = Visitor(client)
    await visitor.sign_in("marta")
    [pending] = world.accounts.sessions.values()
    await world.accounts.disable(marta.id, now=world.now())
    await world.accounts.open(pending)

    assert (await visitor.enter_code(app.code())).status == 401
    assert await status(visitor) == 401


async def test_recovery_code_is_spent(client: Client, marta: Account, world: World) -> None:
    visitor = Visitor(client)
    await visitor.sign_in(marta.name)
    app = Authenticator.reading(world, (await visitor.ask(SECOND_FACTOR)).text)
    code = codes_in(await enrol(visitor, app))[4]
    answers = []
    for typed in (f" {code.upper()} ".replace("-", " "), code):
        lost = Visitor(client)
        await lost.sign_in(marta.name)
        answers.append((await lost.enter_code(typed)).status)

    assert answers == [200, 401]


async def test_factor_is_replaced_with_the_password_alone(
    client: Client, world: World, app: Authenticator
) -> None:
    visitor = Visitor(client)
    await visitor.enter("marta", app)
    page = await visitor.ask(SECOND_FACTOR)
    fresh = Authenticator.reading(world, page.text)
    refused = [await enrol(visitor, fresh), await enrol(visitor, fresh, password="guess")]
    wrong = await visitor.ask(
        SECOND_FACTOR, "POST", form={"csrf": visitor.csrf, "code": "no", "password": PASSWORD}
    )
    replaced = await enrol(visitor, fresh, password=PASSWORD)
    old, new = Visitor(client), Visitor(client)
    await old.sign_in("marta")

    assert [answer.status for answer in (*refused, wrong, replaced)] == [400, 400, 400, 200]
    assert "no es correcta" in refused[0].text
    assert "El código no es correcto" in wrong.text
    assert (await old.enter_code(app.code())).status == 401
    assert (await new.enter("marta", fresh)).status == 303
    assert not any(PASSWORD in answer.text for answer in (*refused, wrong, replaced))


async def test_new_recovery_codes_need_the_password(client: Client, app: Authenticator) -> None:
    visitor = Visitor(client)
    await visitor.enter("marta", app)
    wrong = await visitor.ask(RECOVERY_CODES, "POST", form={"csrf": visitor.csrf, "password": "guess"})
    right = await visitor.ask(RECOVERY_CODES, "POST", form={"csrf": visitor.csrf, "password": PASSWORD})
    lost = Visitor(client)
    await lost.sign_in("marta")
    own = await visitor.ask(ACCOUNT)

    assert (wrong.status, codes_in(wrong), right.status) == (400, [], 200)
    assert "Le quedan 10 códigos" in own.text
    assert (await lost.enter_code(codes_in(right)[9])).status == 200


async def test_whoever_wants_enrols_too(client: Client, world: World) -> None:
    await give_account(world, "ana", VIEWER)
    visitor = Visitor(client)
    await visitor.sign_in("ana")
    own = await visitor.ask(ACCOUNT)
    app = Authenticator.reading(world, (await visitor.ask(SECOND_FACTOR)).text)
    answers = [await enrol(visitor, app), await enrol(visitor, app, password=PASSWORD)]

    assert (await status(visitor), "Registrar mi teléfono" in own.text) == (200, True)
    assert [answer.status for answer in answers] == [400, 200]
    assert (await Visitor(client).sign_in("ana")).headers[hdrs.LOCATION] == CODE


async def test_without_a_secret_of_the_hub_a_password_is_enough() -> None:
    world = World(environ=GUARDED)
    await give_account(world, "marta", MANAGER)
    async with browsing(world) as client:
        visitor = Visitor(client)
        await visitor.sign_in("marta")
        page = await visitor.ask(SECOND_FACTOR)

        assert await status(visitor) == 200
        assert (page.status, page.headers[hdrs.LOCATION]) == (303, ACCOUNT)


async def test_key_of_the_hub_and_keys_of_systems_need_no_code(client: Client, marta: Account) -> None:
    visitor = Visitor(client)
    entered = await visitor.ask("/", "POST", form={"key": KEY})
    page = await visitor.ask(SECOND_FACTOR)
    async with client.get("/api/messages", headers=BEARER) as answer:
        assert answer.status == 200

    assert (entered.status, await status(visitor)) == (303, 200)
    assert page.headers[hdrs.LOCATION] == ACCOUNT
    assert not marta.second_factor


async def test_no_code_and_no_secret_is_in_the_audit_or_the_log(
    client: Client, world: World, marta: Account
) -> None:
    visitor = Visitor(client)
    with capture_logs() as logs:
        await visitor.sign_in(marta.name)
        app = Authenticator.reading(world, (await visitor.ask(SECOND_FACTOR)).text)
        codes = codes_in(await enrol(visitor, app))
        for code in (app.code(), codes[0], "924816"):
            lost = Visitor(client)
            await lost.sign_in(marta.name)
            await lost.enter_code(code)

    written = str(logs) + str(world.audit.rows)
    assert not any(code in written for code in (*codes, app.at(app.step), "924816"))
    [factor] = world.accounts.factors.values()
    assert factor.sealed not in written


async def forget(visitor: Visitor, name: str) -> Reply:
    return await visitor.change(f"/api/accounts/{name}/second-factor", "DELETE")


async def test_forgotten_factor_must_be_enrolled_anew(
    client: Client, world: World, app: Authenticator
) -> None:
    root = await give_account(world, "root", ADMINISTRATOR, MANAGER)
    admin, marta = Visitor(client), Visitor(client)
    await admin.enter("root", await give_factor(world, root))
    await marta.enter("marta", app)
    before = (await admin.ask("/api/accounts")).json["items"]
    answer = await forget(admin, "marta")
    out = await status(marta)
    entered = await marta.sign_in("marta")

    assert [(row["name"], row["second_factor"]) for row in before] == [("marta", True), ("root", True)]
    assert (answer.status, answer.json["second_factor"], out) == (200, False, 401)
    assert (entered.headers[hdrs.LOCATION], await status(marta)) == ("/", 403)
    assert [
        (note.who, note.subject) for note in world.audit.rows if note.action == "account.forget_factor"
    ] == [("account:root", "account:marta")]


@pytest.mark.parametrize(
    ("grants", "status"),
    [
        ((ADMINISTRATOR,), 403),
        ((ADMINISTRATOR, replace(MANAGER, copropiedad_id="ph-1")), 403),
        ((ADMINISTRATOR, Grant(office=Office.PRIVACY_OFFICER)), 200),
        ((replace(ADMINISTRATOR, copropiedad_id="ph-1"),), 404),
        ((MANAGER,), 403),
    ],
    ids=["administrator", "manager elsewhere", "sees people too", "administrator of one", "no administrator"],
)
async def test_factor_is_forgotten_only_by_who_may_do_all_that_the_account_may(
    client: Client, world: World, app: Authenticator, grants: tuple[Grant, ...], status: int
) -> None:
    world.accounts._store.tables.directory.apply(copropiedad("ph-1"))
    admin = Visitor(client)
    account = await give_account(world, "root", *grants)
    await admin.enter("root", await give_factor(world, account))
    answer = await forget(admin, "marta")
    kept = await world.accounts.named("marta")

    assert answer.status == status
    assert kept is not None
    assert kept.second_factor == (status != 200)
    assert app.step == 0


async def test_key_of_the_hub_forgets_any_factor(client: Client, app: Authenticator) -> None:
    async with client.delete("/api/accounts/marta/second-factor", headers=BEARER) as answer:
        assert (answer.status, (await answer.json())["second_factor"]) == (200, False)
    assert app.step == 0


async def test_without_the_database_no_code_is_accepted(
    client: Client, world: World, app: Authenticator
) -> None:
    visitor = Visitor(client)
    await visitor.sign_in("marta")
    world.accounts.faults.script("find", StorageUnavailable())
    form = {"csrf": visitor.csrf, "code": app.code()}
    answer = await visitor.ask(CODE, "POST", form=form, headers=HTML)

    assert (answer.status, "La base de datos no responde" in answer.text) == (503, True)
    assert (await visitor.enter_code(form["code"])).status == 303
