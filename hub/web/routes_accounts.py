"""The routes of accounts: administration, signing in, one's own account."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import hdrs

from hub.access.account_rows import AccountMade, AccountRow
from hub.web.api import accounts
from hub.web.console import console, own_account, sign_in
from hub.web.responses import Handler
from hub.web.route import ADMIN, BAD, SIGNED_IN, UNKNOWN, Route, Where
from hub.web.schemas import common

_LAST_ADMIN: Final = {409: common.Problem}


def _change(what: str, handler: Handler, summary: str, **more: Any) -> Route:
    return Route(
        method=hdrs.METH_POST,
        path=f"/api/accounts/{{name}}/{what}",
        handler=handler,
        needs=ADMIN,
        where=Where.PLACES,
        summary=summary,
        **more,
    )


ACCOUNTS: Final[tuple[Route, ...]] = (
    Route(
        path="/api/accounts",
        handler=accounts.list_accounts,
        needs=ADMIN,
        where=Where.PLACES,
        summary="List the accounts and their offices",
        answers={200: accounts.AccountList},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/accounts",
        handler=accounts.create,
        needs=ADMIN,
        where=Where.PLACES,
        summary="Create an account; only this response has its one-time password",
        body=accounts.AccountBody,
        answers={201: AccountMade, **BAD},
    ),
    _change(
        "grant",
        accounts.grant,
        "Grant offices; safe to repeat",
        body=accounts.GrantsBody,
        answers={200: AccountRow, **BAD, **UNKNOWN},
    ),
    _change(
        "take",
        accounts.take,
        "Revoke offices; the sessions end",
        body=accounts.GrantsBody,
        answers={200: AccountRow, **BAD, **UNKNOWN, **_LAST_ADMIN},
    ),
    _change(
        "reset",
        accounts.reset,
        "Set a new one-time password; the sessions end",
        answers={200: AccountMade, **UNKNOWN},
    ),
    _change(
        "disable",
        accounts.disable,
        "Disable an account; its sessions end",
        answers={200: AccountRow, **UNKNOWN, **_LAST_ADMIN},
    ),
    _change(
        "enable",
        accounts.enable,
        "Enable an account again; safe to repeat",
        answers={200: AccountRow, **UNKNOWN},
    ),
    _change(
        "unlock",
        accounts.unlock,
        "Unlock an account early; safe to repeat",
        answers={200: AccountRow, **UNKNOWN},
    ),
)

CONSOLE: Final[tuple[Route, ...]] = (
    Route(path="/", handler=console.show, needs=None),
    Route(method=hdrs.METH_POST, path="/", handler=sign_in.sign_in, needs=None),
    Route(
        method=hdrs.METH_POST,
        path="/sign-out",
        handler=sign_in.sign_out,
        needs=SIGNED_IN,
        where=Where.COMPANY,
    ),
    Route(path=own_account.ACCOUNT, handler=own_account.show, needs=SIGNED_IN, where=Where.COMPANY),
    Route(
        method=hdrs.METH_POST,
        path=own_account.ACCOUNT,
        handler=own_account.change,
        needs=SIGNED_IN,
        where=Where.COMPANY,
    ),
)
