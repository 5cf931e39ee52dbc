"""Visitor with a browser: a cookie, the token that the page holds, and the browser's own headers."""

import base64
import hmac
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any, Self
from uuid import uuid4

from aiohttp import hdrs, web
from aiohttp.test_utils import TestClient

from hub.access import sessions
from hub.access.keyring import KeyRing, Sealed
from hub.access.second_factor import recovery_hash
from hub.model import Account, Grant, SecondFactor
from hub.settings import load
from hub.testing import MemorySecondFactors
from hub.web.auth.csrf import FETCH_SITE, HEADER
from hub.web.console.sign_in import CODE
from tests.integration.web_doubles import PASSWORDS, Reply, World

Client = TestClient[web.Request, web.Application]

PASSWORD = "lluvia sobre tejas"
HTML: dict[str, str] = {hdrs.ACCEPT: "text/html,application/xhtml+xml"}


async def give_account(
    world: World,
    name: str,
    *grants: Grant,
    must_change: bool = False,
    password: str = PASSWORD,
    until: datetime | None = None,
) -> Account:
    """Give somebody an account, with a password that is his own unless it must be changed, until then."""
    account = Account(
        id=uuid4(),
        name=name,
        display_name=name.title(),
        password_hash=await PASSWORDS.hash(password),
        grants=grants,
        must_change=must_change,
        password_until=until,
        created_at=datetime.now(UTC),
        created_by="test",
    )
    await world.accounts.add(account)
    return account


@dataclass
class Authenticator:
    """An authenticator app that has read a page's secret: RFC 6238 by hand, and one code after the other."""

    world: World
    secret: bytes
    step: int = 0

    @classmethod
    def reading(cls, world: World, page: str) -> Self:
        text = page.partition('<code class="secret">')[2].partition("</code>")[0]
        return cls(world, base64.b32decode(text.replace(" ", "")))

    def code(self) -> str:
        """Return a code that was not used yet; the clock goes on where its time has not come."""
        here = int(self.world.now().timestamp()) // 30
        self.step = max(self.step + 1, here)
        self.world.ahead += timedelta(seconds=30 * (self.step - here))
        return self.at(self.step)

    def at(self, step: int) -> str:
        digest = hmac.digest(self.secret, step.to_bytes(8, "big"), "sha1")
        start = digest[-1] & 15
        number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"


async def give_factor(world: World, account: Account, codes: Collection[str] = ()) -> Authenticator:
    """Give an account a second factor, as if it had enrolled one."""
    app = Authenticator(world, secrets.token_bytes(20))
    ring = KeyRing(load(world.environ).secrets)
    sealed = ring.seal(Sealed.SECOND_FACTOR, app.secret, str(account.id))
    factor = SecondFactor(sealed=sealed, last_step=0, enrolled_at=world.now(), codes_left=len(codes))
    hashes = [recovery_hash(account.id, code) for code in codes]
    assert await MemorySecondFactors(world.accounts).enrol(account.id, factor, hashes, again=False)
    return app


@dataclass
class Visitor:
    """A browser at our page. Its own headers may be spoiled."""

    client: Client
    cookie: str = ""
    value: str = ""
    browser_headers: dict[str, str] = field(default_factory=lambda: {FETCH_SITE: "same-origin"})
    others: dict[str, str] = field(default_factory=dict)
    """The other cookies that it has, such as that of a known device."""

    @property
    def csrf(self) -> str:
        return sessions.csrf_of(self.value)

    async def ask(
        self,
        path: str,
        method: str = hdrs.METH_GET,
        *,
        form: dict[str, str] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Ask as a browser does; JSON goes with the token of the page."""
        sent = {**self.browser_headers, **(headers or {})}
        if self.value or self.others:
            cookies = {**self.others, self.cookie: self.value}
            sent[hdrs.COOKIE] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        data: Any = form
        if body is not None:
            sent[hdrs.CONTENT_TYPE] = "application/json"
            data = json.dumps(body)
        async with self.client.request(
            method, path, headers=sent, data=data, allow_redirects=False
        ) as answer:
            self._keep(answer.headers.getall(hdrs.SET_COOKIE, []))
            # An archive is no text.
            return Reply(answer.status, answer.headers, await answer.text(errors="replace"))

    async def change(self, path: str, method: str = hdrs.METH_POST, body: Any = None) -> Reply:
        """Change something as the page does."""
        return await self.ask(path, method, body=body, headers={HEADER: self.csrf})

    async def sign_in(self, name: str, password: str = PASSWORD, *, path: str = "/") -> Reply:
        return await self.ask(path, "POST", form={"name": name, "password": password})

    async def enter(self, name: str, app: Authenticator) -> Reply:
        """Sign in with the password and the code of the app."""
        assert (await self.sign_in(name)).headers[hdrs.LOCATION] == CODE
        return await self.enter_code(app.code())

    async def enter_code(self, code: str) -> Reply:
        return await self.ask(CODE, "POST", form={"csrf": self.csrf, "code": code})

    def _keep(self, cookies: list[str]) -> None:
        for cooky in cookies:
            for name, morsel in SimpleCookie(cooky).items():
                if "hub_session" in name:
                    self.cookie, self.value = name, morsel.value
                else:
                    self.others[name] = morsel.value
