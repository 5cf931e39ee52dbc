"""Somebody at a browser: a cookie, the token that the page holds, and what a browser says of itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

from aiohttp import hdrs, web
from aiohttp.test_utils import TestClient

from hub.access import sessions
from hub.model import Account, Grant
from hub.web.auth.csrf import FETCH_SITE, HEADER
from tests.integration.web_doubles import PASSWORDS, Reply, World

Client = TestClient[web.Request, web.Application]

PASSWORD = "lluvia sobre tejas"
HTML: dict[str, str] = {hdrs.ACCEPT: "text/html,application/xhtml+xml"}


async def give_account(
    world: World, name: str, *grants: Grant, must_change: bool = False, password: str = PASSWORD
) -> Account:
    """Give somebody an account, with a password that is his own unless it must be changed."""
    account = Account(
        id=uuid4(),
        name=name,
        display_name=name.title(),
        password_hash=await PASSWORDS.hash(password),
        grants=grants,
        must_change=must_change,
        created_at=datetime.now(UTC),
        created_by="test",
    )
    await world.accounts.add(account)
    return account


@dataclass
class Visitor:
    """A browser at our page. What it sends of itself may be spoiled."""

    client: Client
    cookie: str = ""
    value: str = ""
    browser_headers: dict[str, str] = field(default_factory=lambda: {FETCH_SITE: "same-origin"})

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
        if self.value:
            sent[hdrs.COOKIE] = f"{self.cookie}={self.value}"
        data: Any = form
        if body is not None:
            sent[hdrs.CONTENT_TYPE] = "application/json"
            data = json.dumps(body)
        async with self.client.request(
            method, path, headers=sent, data=data, allow_redirects=False
        ) as answer:
            self._keep(answer.headers.getall(hdrs.SET_COOKIE, []))
            return Reply(answer.status, answer.headers, await answer.text())

    async def change(self, path: str, method: str = hdrs.METH_POST, body: Any = None) -> Reply:
        """Change something as the page does."""
        return await self.ask(path, method, body=body, headers={HEADER: self.csrf})

    async def sign_in(self, name: str, password: str = PASSWORD) -> Reply:
        return await self.ask("/", "POST", form={"name": name, "password": password})

    def _keep(self, cookies: list[str]) -> None:
        for cooky in cookies:
            for name, morsel in SimpleCookie(cooky).items():
                if name.endswith("hub_session"):
                    self.cookie, self.value = name, morsel.value
