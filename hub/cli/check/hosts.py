"""Hosts of a server: those that do not answer, while another one of the same setting does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from hub.cli.check.finding import Finding, warn
from hub.errors import Unavailable
from hub.hosts import each_host
from hub.settings import SecretUrl

_PATIENCE: Final = 1.0
"""Seconds for each host: another one has answered already."""


async def silent(url: SecretUrl, try_one: Callable[[str], Awaitable[None]]) -> AsyncIterator[Finding]:
    """Warn of each host that does not answer; where there is one alone, its check has said so."""
    hosts = each_host(url.reveal())
    for host in hosts if len(hosts) > 1 else ():
        try:
            async with asyncio.timeout(_PATIENCE):
                await try_one(host)
        except (Unavailable, TimeoutError):
            what = f"No contesta {SecretUrl(host).place}; el hub trabaja con otro de la misma dirección."
            yield warn(what, "Póngalo en marcha: si el otro también cae, no queda ninguno.")
