"""Accounts of the console over HTTP: one route per change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Final

from aiohttp import web
from msgspec import Meta, Struct

from hub.access import accounts
from hub.access.account_rows import ALL, GrantBody, made, row
from hub.access.accounts import AccountAdmin
from hub.model import EVERYWHERE, Account, Grant, Word
from hub.model.pages import ListQuery
from hub.web.auth.caller import caller_of
from hub.web.paging import page_by
from hub.web.responses import Handler, json_answer
from hub.web.services import services


class AccountBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Word, Meta(description="2 to 64 small letters, digits, dots, dashes, underscores.")]
    display_name: Annotated[Word, Meta(description="Who it is, as colleagues know them.")]
    grants: list[GrantBody]


class GrantsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    grants: Annotated[list[GrantBody], Meta(min_length=1)]


class PersonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: Annotated[Word | None, Meta(description="The person's reference; null for nobody.")]


async def list_accounts(request: web.Request, query: ListQuery) -> web.Response:
    """List the accounts and their offices, by name."""
    now = services(request).now()
    items = [row(account, now=now) for account in await accounts.listed(admin_of(request))]
    return json_answer(page_by(items, query, key=lambda account: (account.name,)))


async def create(request: web.Request, body: AccountBody) -> web.Response:
    """Create an account; only this response has its one-time password."""
    account, password = await accounts.create(
        admin_of(request), body.name, body.display_name, _grants(body.grants)
    )
    return json_answer(made(account, password, now=services(request).now()), status=201)


async def reset(request: web.Request) -> web.Response:
    """Set a new one-time password; the sessions end."""
    account, password = await accounts.reset(admin_of(request), request.match_info["name"])
    return json_answer(made(account, password, now=services(request).now()))


async def grant(request: web.Request, body: GrantsBody) -> web.Response:
    """Grant offices; safe to repeat."""
    name, offices = request.match_info["name"], _grants(body.grants)
    return _answer(request, await accounts.grant(admin_of(request), name, offices))


async def take(request: web.Request, body: GrantsBody) -> web.Response:
    """Revoke offices; the sessions end."""
    name, offices = request.match_info["name"], _grants(body.grants)
    return _answer(request, await accounts.take(admin_of(request), name, offices))


async def set_person(request: web.Request, body: PersonBody) -> web.Response:
    """Say who of the directory the account is, whose inbox it reads; safe to repeat."""
    name = request.match_info["name"]
    return _answer(request, await accounts.set_person(admin_of(request), name, body.person))


def _change_by_name(change: Callable[[AccountAdmin, str], Awaitable[Account]], summary: str) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return _answer(request, await change(admin_of(request), request.match_info["name"]))

    # The OpenAPI document takes both from the handler; its operationId must be unique.
    handler.__name__, handler.__doc__ = change.__name__, summary
    return handler


disable: Final = _change_by_name(accounts.disable, "Disable an account; its sessions end.")
enable: Final = _change_by_name(accounts.enable, "Enable an account again; safe to repeat.")
unlock: Final = _change_by_name(accounts.unlock, "Unlock an account early; safe to repeat.")
forget_factor: Final = _change_by_name(
    accounts.forget_factor,
    "Remove the second factor of an account that may do no more than the caller; its sessions end.",
)


def _answer(request: web.Request, account: Account) -> web.Response:
    return json_answer(row(account, now=services(request).now()))


def admin_of(request: web.Request) -> AccountAdmin:
    """Return the administration of accounts, by the caller."""
    deps = services(request)
    return AccountAdmin(
        store=deps.accounts,
        audit=deps.audit,
        passwords=deps.passwords,
        who=caller_of(request).who,
        reach=caller_of(request).reach,
        now=deps.now(),
    )


def _grants(bodies: Iterable[GrantBody]) -> list[Grant]:
    return [
        Grant(
            office=grant.office,
            copropiedad_id=EVERYWHERE if grant.copropiedad_id == ALL else grant.copropiedad_id,
        )
        for grant in bodies
    ]
