"""The session of a browser, identified by its cookie; setting and deleting the cookie."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from hub.access import sessions
from hub.access.attempts import SignInDeps
from hub.access.enrolment import must_enrol
from hub.model import Account, Session, reach_of
from hub.model.actors import of_account
from hub.web.auth.api_key_cache import CONSOLE, Caller
from hub.web.live_requests import is_by_itself
from hub.web.services import access

_NAME: Final = "hub_session"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A live session. Without an account it was opened with HUB_API_KEY."""

    hash: bytes
    csrf: str
    account: Account | None
    must_enrol: bool = False
    """Whether the account may do nothing before it has enrolled a second factor."""

    @property
    def is_closed(self) -> bool:
        """
        Whether it opens nothing yet except its own account.

        Until a one-time password is changed, and a second factor enrolled where it is required.
        """
        return self.account is not None and (self.account.must_change or self.must_enrol)

    @property
    def caller(self) -> Caller:
        """The caller with the account's current scopes; none while the session is closed."""
        if self.account is None:
            return CONSOLE
        reach = {} if self.is_closed else reach_of(self.account.grants)
        return Caller(who=of_account(self.account.name), reach=reach)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A right password that waits for its code. Only the route of the code knows of it."""

    hash: bytes
    csrf: str
    account: Account


SESSION: Final = web.RequestKey("session", SignedIn)
"""Where `identify` stores the session of the request."""


async def session_of(request: web.Request) -> SignedIn | None:
    """
    Return the live session of the request's cookie. Raises StorageUnavailable.

    The metrics listener knows no sessions. A hub without HUB_API_KEY needs none, but whoever signs in there
    sees what the account may. It asks for no second factor: without any sign-in all would be open.
    """
    deps, key, token = access(request).sign_in, access(request).api_key, _token(request)
    if deps is None or not token:
        return None
    by_key = [] if key is None else [sessions.hash_of(token, key=key)]
    found = await _live(deps, [sessions.hash_of(token), *by_key])
    if found is None:
        return None
    session, account = found
    is_use = not is_by_itself(request)
    if is_use and (now := deps.now()) - session.seen_at >= sessions.SEEN_EVERY:
        await deps.sessions.seen(session.hash, now=now)
    return SignedIn(
        hash=session.hash,
        csrf=sessions.csrf_of(token),
        account=account,
        must_enrol=key is not None and account is not None and must_enrol(account, deps.ring),
    )


async def pending_of(request: web.Request) -> Pending | None:
    """Return the sign-in of this browser that waits for a code. Raises StorageUnavailable."""
    deps, token = access(request).sign_in, _token(request)
    if deps is None or not token:
        return None
    found = await _live(deps, [sessions.pending_hash_of(token)])
    if found is None or found[1] is None:
        return None
    return Pending(hash=found[0].hash, csrf=sessions.csrf_of(token), account=found[1])


async def _live(deps: SignInDeps, hashes: Collection[bytes]) -> tuple[Session, Account | None] | None:
    found = await deps.sessions.find(hashes)
    if found is None:
        return None
    session, account = found
    is_open = account is None or account.disabled_at is None
    return found if is_open and sessions.live(session, now=deps.now()) else None


def _token(request: web.Request) -> str:
    return request.cookies.get(cookie_name(request), "")


def cookie_name(request: web.Request) -> str:
    """Return the cookie's name. Over HTTPS its `__Host-` prefix stops sibling domains and http pages."""
    return prefixed(request, _NAME)


def prefixed(request: web.Request, name: str) -> str:
    return f"__Host-{name}" if is_secure(request) else name


def hold(
    request: web.Request,
    answer: web.StreamResponse,
    token: str,
    *,
    lasts: timedelta = sessions.LONGEST,
) -> None:
    """Set the session cookie."""
    keep(request, answer, cookie_name(request), token, lasts)


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
