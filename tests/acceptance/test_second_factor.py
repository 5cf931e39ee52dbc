"""The second factor at two web processes of one hub: enrolled at one, asked for at both, accepted once."""

import asyncio
import base64
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from functools import partial

import aiohttp
from pyotp import TOTP

from hub.local.loopback import free_port
from tests.acceptance.conftest import House
from tests.acceptance.harness import HubProcess, hub_process, until

GIVEN = "viento entre pinos altos"
OWN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Tab:
    """A browser at one of the processes."""

    browser: aiohttp.ClientSession
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        url, method = f"http://127.0.0.1:{self.port}{path}", "GET" if form is None else "POST"
        sent = {**OWN, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with self.browser.request(
            method, url, data=form, headers=sent, allow_redirects=False
        ) as answer:
            self.cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
            return answer.status, await answer.text()

    async def fill(self, path: str, **fields: str) -> tuple[int, str]:
        """Fill in the form of a page, with the token that the page holds."""
        _, page = await self.ask(path)
        [csrf, *_] = re.findall(r'name="csrf" value="([^"]+)"', page)
        return await self.ask(path, {"csrf": csrf, **fields})

    async def sign_in(self, password: str) -> None:
        status, page = await self.ask("/", {"name": "luz", "password": password})
        assert status == 303, page

    async def is_inside(self) -> bool:
        return (await self.ask("/api/messages"))[0] == 200


def web(house: House, port: int, name: str) -> HubProcess:
    environment = {**house.environment, "HUB_HTTP": f"127.0.0.1:{port}"}
    return HubProcess(environment=environment, roles=("web",), log=house.folder / name)


async def is_up(browser: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with browser.get(f"http://127.0.0.1:{port}/health/live"):
            return True
    except aiohttp.ClientError:
        return False


def written_by(house: House) -> str:
    return "".join((house.folder / name).read_text() for name in ("first.log", "second.log"))


async def test_administrator_enrols_at_one_process_and_no_code_opens_both(house: House) -> None:
    house.settings |= {"HUB_API_KEY": secrets.token_hex(32), "HUB_SECRET": secrets.token_hex(32)}
    await house.command("db", "upgrade")
    office = ("--name", "Luz Mora", "--office", "administrator", "--everywhere", "--json")
    made = json.loads(await house.command("accounts", "create", "luz", *office))
    first, second = free_port(), free_port()
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser,
        hub_process(web(house, first, "first.log")),
        hub_process(web(house, second, "second.log")),
    ):
        for port in (first, second):
            await until(partial(is_up, browser, port), f"the hub at {port}")
        luz = Tab(browser, first)
        await luz.sign_in(made["password"])
        await luz.fill("/account", old=made["password"], new=GIVEN, again=GIVEN)
        before = await luz.is_inside()
        _, page = await luz.ask("/account/second-factor")
        secret = page.partition('<code class="secret">')[2].partition("<")[0].replace(" ", "")
        app, step = TOTP(secret), int(time.time()) // 30
        status, codes = await luz.fill("/account/second-factor", code=app.generate_otp(step))
        assert (before, status, await luz.is_inside()) == (False, 200, True)

        tabs = [Tab(browser, port) for port in (first, second, first, second)]
        for tab in tabs:
            await tab.sign_in(GIVEN)
            assert not await tab.is_inside()
        # The code of the half minute to come counts already: that of the enrolment opens nothing again.
        code = app.generate_otp(max(step, int(time.time()) // 30) + 1)
        entered = await asyncio.gather(*(tab.fill("/sign-in/code", code=code) for tab in tabs))
        inside = [await tab.is_inside() for tab in tabs]
        lost = Tab(browser, second)
        await lost.sign_in(GIVEN)
        [recovery, *_] = re.findall(r"<li><code>([^<]+)</code>", codes)
        _, told = await lost.fill("/sign-in/code", code=recovery)

    assert sorted(status for status, _ in entered) == [303, 401, 401, 401]
    assert inside.count(True) == 1
    assert "Le quedan 9." in told
    audited = await house.command("audit", "--json")
    spoken = (secret, base64.b32decode(secret).hex(), code, recovery, made["password"], GIVEN)
    assert not any(word in written_by(house) + audited for word in spoken)
