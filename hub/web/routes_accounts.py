"""The routes of accounts: giving them, signing in with them, one's own."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import hdrs

from hub.access.account_rows import AccountMade, AccountRow
from hub.web.api import accounts
from hub.web.console import console, own_account, sign_in
from hub.web.responses import Handler
from hub.web.route import ADMIN, BAD, SIGNED_IN, UNKNOWN, Route, Where
from hub.web.schemas import common

_LAST: Final = {409: common.Problem}


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
        summary="List who may sign in at the page, and as what",
        answers={200: accounts.AccountList},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/accounts",
        handler=accounts.create,
        needs=ADMIN,
        where=Where.PLACES,
        summary="Make an account; its password for once is in this answer and never again",
        body=accounts.AccountBody,
        answers={201: AccountMade, **BAD},
    ),
    _change(
        "grant",
        accounts.grant,
        "Give offices; safe to repeat",
        body=accounts.GrantsBody,
        answers={200: AccountRow, **BAD, **UNKNOWN},
    ),
    _change(
        "take",
        accounts.take,
        "Take offices away; the sessions end",
        body=accounts.GrantsBody,
        answers={200: AccountRow, **BAD, **UNKNOWN, **_LAST},
    ),
    _change(
        "reset",
        accounts.reset,
        "Give another password for once; the sessions end",
        answers={200: AccountMade, **UNKNOWN},
    ),
    _change(
        "disable",
        accounts.disable,
        "Let nobody in with an account; the sessions end",
        answers={200: AccountRow, **UNKNOWN, **_LAST},
    ),
    _change(
        "enable",
        accounts.enable,
        "Let an account in again; safe to repeat",
        answers={200: AccountRow, **UNKNOWN},
    ),
    _change(
        "unlock",
        accounts.unlock,
        "End the lock of an account before its time; safe to repeat",
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
