"""The console of a hub with two buildings, on real servers, with people before it in a browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from aiohttp import hdrs

from hub.access import sessions
from hub.model import EVERYWHERE, Account, Grant, Office
from hub.storage import Database
from tests.integration.chromium import Browser
from tests.integration.guarded_hub import CONSOLE, Answer, GuardedHub, guarded_hub_on
from tests.integration.identities import API_KEY, Registry, bearer, cookie
from tests.integration.two_buildings import MARKS, Building, registry_of
from tests.servers import Servers

COOKIE: Final = "hub_session"
HTML: Final[dict[str, str]] = {hdrs.ACCEPT: "text/html"}
OFFICES: Final = (Office.ADMINISTRATOR, Office.MANAGER)
"""Together they may see and do everything."""


@dataclass(kw_only=True)
class ConsoleHub:
    """A hub that browsers reach by plain HTTP."""

    hub: GuardedHub
    registry: Registry
    account: Account
    more: dict[str, str] = field(default_factory=dict)
    """Words of paths beside those of the building → the ids for which they stand."""

    @property
    def url(self) -> str:
        return f"http://{self.hub.addresses['console']}"

    @property
    def building(self) -> Building:
        """The building whose mark is `alfa`: its ids stand for MESSAGE, CLOCK and so on."""
        return self.hub.buildings[MARKS[0]]

    @property
    def database(self) -> Database:
        return self.hub.database

    def path(self, pattern: str) -> str:
        """Put ids into a path that has MESSAGE, CLOCK, REPLY, DEAD, BATCH or MARK for them."""
        for word, value in self.more.items():
            pattern = pattern.replace(word, value)
        return self.building.put_into(pattern)

    async def ask(self, path: str) -> Answer:
        """Fetch a page as a browser of somebody who may see everything."""
        return await self.hub.send("GET", path, {**HTML, **bearer(API_KEY)}, at="console")

    async def cookies_of(self, account: Account) -> dict[str, str]:
        """Return the headers of a browser in which the account has signed in."""
        return {**cookie(await self._begin(account), COOKIE), **HTML}

    async def _begin(self, account: Account) -> str:
        session, token = sessions.begin(account.id, key="", now=datetime.now(UTC))
        await self.registry.sessions.open(session)
        return token

    async def sign_in(self, browser: Browser, account: Account | None = None) -> None:
        """Give a browser the session of an account; without one, of somebody who may do everything."""
        token = await self._begin(account or self.account)
        await browser.call("Network.setCookie", name=COOKIE, value=token, url=self.url, httpOnly=True)

    async def open(self, browser: Browser, pattern: str, *, width: int = 1280) -> None:
        """Open a page and wait until it is there."""
        url = self.url + self.path(pattern)
        await browser.go(url, width=width)
        await browser.until(f"location.href === {url!r} && document.readyState === 'complete'")


@asynccontextmanager
async def console_hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    async with guarded_hub_on(servers, {CONSOLE}) as hub:
        registry = registry_of(hub.database)
        grants = [Grant(office=office, copropiedad_id=EVERYWHERE) for office in OFFICES]
        yield ConsoleHub(hub=hub, registry=registry, account=await registry.account("Ana", *grants))
