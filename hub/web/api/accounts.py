"""Accounts of the console over HTTP: a route for each change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Annotated, Final

from aiohttp import web
from msgspec import Meta, Struct

from hub.access import accounts
from hub.access.account_rows import ALL, AccountRow, GrantBody, made, row
from hub.access.accounts import AccountAdmin
from hub.errors import LastAdministrator, UnknownName
from hub.model import EVERYWHERE, Account, Grant, Word
from hub.web.auth.audit import caller_of
from hub.web.auth.scope import places_of
from hub.web.requests import read_body
from hub.web.responses import Handler, Refusal, json_answer
from hub.web.services import services


class AccountBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Word, Meta(description="2 to 64 small letters, digits, dots, dashes, underscores.")]
    display_name: Annotated[Word, Meta(description="Who it is, as colleagues know them.")]
    grants: list[GrantBody]


class GrantsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    grants: Annotated[list[GrantBody], Meta(min_length=1)]


class AccountList(Struct, kw_only=True):
    items: list[AccountRow]
    next: None


async def list_accounts(request: web.Request) -> web.Response:
    """Those that are the caller's to change, by name."""
    now = services(request).now()
    items = [row(account, now=now) for account in await accounts.listed(_desk(request))]
    return json_answer({"items": items, "next": None})


def _told(handler: Handler) -> Handler:
    @wraps(handler)
    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except UnknownName:
            raise Refusal(404, "There is no account of this name.", "GET /api/accounts lists them.") from None
        except LastAdministrator as error:
            raise Refusal(409, str(error), "POST /api/accounts/{name}/grant gives offices.") from None

    return wrapped


async def create(request: web.Request) -> web.Response:
    """Make an account; its password for once is in this answer and never again."""
    body = await read_body(request, AccountBody)
    account, password = await accounts.create(
        _desk(request), body.name, body.display_name, _grants(body.grants)
    )
    return json_answer(made(account, password, now=services(request).now()), status=201)


@_told
async def reset(request: web.Request) -> web.StreamResponse:
    """Give another password for once; the sessions end."""
    account, password = await accounts.reset(_desk(request), request.match_info["name"])
    return json_answer(made(account, password, now=services(request).now()))


@_told
async def grant(request: web.Request) -> web.StreamResponse:
    """Give offices."""
    body = await read_body(request, GrantsBody)
    name, offices = request.match_info["name"], _grants(body.grants)
    return _answer(request, await accounts.grant(_desk(request), name, offices))


@_told
async def take(request: web.Request) -> web.StreamResponse:
    """Take offices away; the sessions end."""
    body = await read_body(request, GrantsBody)
    name, offices = request.match_info["name"], _grants(body.grants)
    return _answer(request, await accounts.take(_desk(request), name, offices))


def _plainly(change: Callable[[AccountAdmin, str], Awaitable[Account]]) -> Handler:
    @_told
    @wraps(change)  # a route is named after its handler in the OpenAPI, each once
    async def handler(request: web.Request) -> web.StreamResponse:
        return _answer(request, await change(_desk(request), request.match_info["name"]))

    return handler


disable: Final = _plainly(accounts.disable)
enable: Final = _plainly(accounts.enable)
unlock: Final = _plainly(accounts.unlock)


def _answer(request: web.Request, account: Account) -> web.Response:
    return json_answer(row(account, now=services(request).now()))


def _desk(request: web.Request) -> AccountAdmin:
    deps = services(request)
    return AccountAdmin(
        store=deps.accounts,
        audit=deps.audit,
        passwords=deps.passwords,
        who=caller_of(request).who,
        places=places_of(request),
        now=deps.now(),
    )


def _grants(given: Iterable[GrantBody]) -> list[Grant]:
    return [
        Grant(
            office=each.office,
            copropiedad_id=EVERYWHERE if each.copropiedad_id == ALL else each.copropiedad_id,
        )
        for each in given
    ]
