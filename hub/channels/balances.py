"""The prepaid balances of providers that report them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Protocol, runtime_checkable

import structlog

from hub.channels.allowlist import Allowlisted
from hub.channels.failover import Failover
from hub.errors import SendFailure
from hub.model import Balance, Remaining
from hub.ports import Channel

log = structlog.get_logger()


@runtime_checkable
class BalanceReader(Protocol):
    """A provider with a balance. Below `low_balance`, where set, the account needs a top-up."""

    @property
    def low_balance(self) -> Decimal | None: ...

    async def balance(self) -> Balance | None:
        """Ask for the balance; None where there is none. Raises `TransientFailure`."""


async def remaining(channels: Mapping[str, Channel]) -> list[Remaining]:
    """Ask all providers; one that does not answer is left out and logged."""
    found = []
    for place, provider in _with_balance(channels):
        try:
            left = await provider.balance()
        except SendFailure as failure:
            log.warning("balance.unknown", place=place, reason=failure.reason)
        else:
            if left is not None:
                found.append(
                    Remaining(
                        place=place, amount=left.amount, currency=left.currency, low=provider.low_balance
                    )
                )
    return found


def _with_balance(channels: Mapping[str, Channel]) -> Iterator[tuple[str, BalanceReader]]:
    for name, channel in channels.items():
        pool = channel.inner if isinstance(channel, Allowlisted) else channel
        for provider in pool.providers if isinstance(pool, Failover) else ():
            if isinstance(provider.channel, BalanceReader):
                yield f"{name}:{provider.name}", provider.channel
