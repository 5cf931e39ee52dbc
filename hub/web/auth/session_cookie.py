"""The session of a browser, identified by its cookie; setting and deleting the cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from hub.access import sessions
from hub.model import Account, reach_of
from hub.web.auth.api_key_cache import CONSOLE, Caller
from hub.web.services import access

_NAME: Final = "hub_session"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A live session. Without an account it was opened with HUB_API_KEY."""

    hash: bytes
    csrf: str
    account: Account | None

    @property
    def caller(self) -> Caller:
        """The caller with the account's current scopes: none until a one-time password is changed."""
        if self.account is None:
            return CONSOLE
        reach = {} if self.account.must_change else reach_of(self.account.grants)
        return Caller(who=f"account:{self.account.name}", reach=reach)


SESSION: Final = web.RequestKey("session", SignedIn)
"""Where `identify` stores the session of the request."""


async def session_of(request: web.Request) -> SignedIn | None:
    """
    Return the live session of the request's cookie. Raises StorageUnavailable.

    The metrics listener knows no sessions, and a hub without HUB_API_KEY needs none.
    """
    deps, key = access(request).sign_in, access(request).api_key
    token = request.cookies.get(cookie_name(request), "")
    if deps is None or key is None or not token:
        return None
    row = await deps.sessions.find([sessions.hash_of(token), sessions.hash_of(token, key=key)])
    now = deps.now()
    if row is None:
        return None
    session, account = row
    if not sessions.live(session, now=now) or (account is not None and account.disabled_at is not None):
        return None
    if now - session.seen_at >= sessions.SEEN_EVERY:
        await deps.sessions.seen(session.hash, now=now)
    return SignedIn(hash=session.hash, csrf=sessions.csrf_of(token), account=account)


def cookie_name(request: web.Request) -> str:
    """Return the cookie's name. Over HTTPS its `__Host-` prefix stops sibling domains and http pages."""
    return prefixed(request, _NAME)


def prefixed(request: web.Request, name: str) -> str:
    return f"__Host-{name}" if is_secure(request) else name


def hold(request: web.Request, answer: web.StreamResponse, token: str) -> None:
    """Set the session cookie."""
    keep(request, answer, cookie_name(request), token, sessions.LONGEST)


def keep(request: web.Request, answer: web.StreamResponse, name: str, value: str, lasts: timedelta) -> None:
    """Set a cookie that scripts cannot read and other sites cannot use."""
    answer.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=is_secure(request),
    )


def drop(request: web.Request, answer: web.StreamResponse) -> None:
    answer.del_cookie(
        cookie_name(request), path="/", httponly=True, samesite="Strict", secure=is_secure(request)
    )


def dropped(request: web.Request) -> str:
    """Return the header's value that deletes the session cookie."""
    answer = web.Response()
    drop(request, answer)
    return answer.cookies[cookie_name(request)].OutputString()


def is_secure(request: web.Request) -> bool:
    """Return whether people come by https, so that cookies are for nothing else."""
    return access(request).settings.public_url.startswith("https:")
