"""The result of a check: one line for the operator, in Spanish; and that of hosts that do not answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from hub.errors import Unavailable
from hub.hosts import each_host
from hub.settings import SecretUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`what` and `to_do` never contain a secret or a person's address. `examine` knows the `area`."""

    state: Literal["ok", "warn", "bad"]
    what: str
    to_do: str = ""
    area: str = ""


def ok(what: str) -> Finding:
    return Finding(state="ok", what=what)


def warn(what: str, to_do: str) -> Finding:
    return Finding(state="warn", what=what, to_do=to_do)


def bad(what: str, to_do: str) -> Finding:
    return Finding(state="bad", what=what, to_do=to_do)


def counted(number: int, singular: str, plural: str) -> str:
    """Return the number with the noun in the right form: `1 mensaje`, `2 mensajes`."""
    return f"{number} {singular if number == 1 else plural}"


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
