"""Who is signed in at a browser, by its cookie; and what becomes of the cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from hub.access import sessions
from hub.model import Account, reach_of
from hub.web.auth.api_key_cache import CONSOLE, Caller
from hub.web.services import access

_NAME: Final = "hub_session"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that is alive. Without an account it is that of HUB_API_KEY."""

    hash: bytes
    csrf: str
    account: Account | None

    @property
    def caller(self) -> Caller:
        """What he may do as of now: nothing at all before he has a password of his own."""
        if self.account is None:
            return CONSOLE
        reach = {} if self.account.must_change else reach_of(self.account.grants)
        return Caller(who=f"account:{self.account.name}", reach=reach)


SESSION: Final = web.RequestKey("session", SignedIn)
"""Under this name the door puts the session of whoever came by one."""


async def session_of(request: web.Request) -> SignedIn | None:
    """
    Answer the session of the request's cookie. Raises StorageUnavailable.

    What listens for metrics alone knows no sessions, and a hub without HUB_API_KEY needs none.
    """
    deps, key = access(request).sign_in, access(request).api_key
    token = request.cookies.get(cookie_name(request), "")
    if deps is None or key is None or not token:
        return None
    found = await deps.sessions.find([sessions.hash_of(token), sessions.hash_of(token, key=key)])
    now = deps.now()
    if found is None:
        return None
    session, account = found
    if not sessions.live(session, now=now) or (account is not None and account.disabled_at is not None):
        return None
    if now - session.seen_at >= sessions.SEEN_EVERY:
        await deps.sessions.seen(session.hash, now=now)
    return SignedIn(hash=session.hash, csrf=sessions.csrf_of(token), account=account)


def cookie_name(request: web.Request) -> str:
    """Name the cookie; over HTTPS so that no sibling domain and no plain page can have set it."""
    return f"__Host-{_NAME}" if _secure(request) else _NAME


def hold(request: web.Request, answer: web.StreamResponse, token: str) -> None:
    """Give the browser a session; scripts cannot read it, other sites cannot use it."""
    answer.set_cookie(
        cookie_name(request),
        token,
        max_age=int(sessions.LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=_secure(request),
    )


def drop(request: web.Request, answer: web.StreamResponse) -> None:
    """Take the cookie from the browser."""
    answer.del_cookie(
        cookie_name(request), path="/", httponly=True, samesite="Strict", secure=_secure(request)
    )


def _secure(request: web.Request) -> bool:
    return access(request).settings.public_url.startswith("https:")
