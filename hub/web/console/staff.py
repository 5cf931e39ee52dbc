"""Names of staff, for acts and assignments."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.model.actors import of_account
from hub.web.services import services


async def staff_names(request: web.Request) -> Mapping[str, str]:
    """Return `account:ana` → `Ana`, of all accounts."""
    accounts = await services(request).accounts.accounts()
    return {of_account(account.name): account.display_name for account in accounts}
