"""Who of the staff did something or has it, by name, and the buildings of a filter."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.access.accounts import account_label
from hub.web.auth.caller import places_of
from hub.web.services import services


async def staff_names(request: web.Request) -> Mapping[str, str]:
    """Return `account:ana` → `Ana`, of all accounts."""
    accounts = await services(request).accounts.accounts()
    return {account_label(account): account.display_name for account in accounts}


async def buildings(request: web.Request) -> Mapping[str, str]:
    """Return id → name of the copropiedades that the caller may filter by."""
    return await services(request).casework.copropiedades(places_of(request))
