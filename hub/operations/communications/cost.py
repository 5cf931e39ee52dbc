"""Cost of a communication in whole pesos, planned and actual; its minutes, and the leads that it misses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.intake.dry_run_schemas import DryRunClock, DryRunPersonMessage
from hub.policy.clocks import ClockPolicy
from hub.policy.prices import DEFAULT, PricePolicy
from hub.rendering.context import INITIAL
from hub.resilience.rate_limit import Rate
from hub.storage.communication_drafts import Accepted

MEASURED: Final = 5000
"""Text messages that a plan measures one by one; the others count as the longest of them."""


class Cost(Struct, frozen=True, kw_only=True):
    """Pesos by channel. Calls whose outcome nobody knows may be billed: they stand apart."""

    pesos: Annotated[dict[str, int], Meta(description="Channel → pesos, of channels that cost something.")]
    sms_parts: int = 0
    at_most: Annotated[bool, Meta(description="Not every text was measured: it costs this or less.")] = False
    enclosed: Annotated[int, Meta(description="Pages of the document in each letter.")] = 0
    unknown: Annotated[int, Meta(description="Pesos of calls whose outcome nobody knows.")] = 0

    @property
    def total(self) -> int:
        return sum(self.pesos.values())


def planned_cost(
    messages: Iterable[DryRunPersonMessage],
    prices: PricePolicy,
    *,
    leaves: Iterable[str],
    providers: Mapping[str, str],
    enclosed: int = 0,
) -> Cost:
    """
    Sum up the first messages of a plan, each text message by its parts. Pure.

    `providers` are those that send first: channel → the name by which the policy has its price.
    `enclosed` are the pages of the document, which each letter has.
    """
    states, sums, parts, texts = frozenset(leaves), defaultdict[str, float](float), 0, 0
    for sent in messages:
        if sent.state in states and sent.occasion == INITIAL:
            units = (sent.parts or 1) if sent.channel == "sms" else 1
            parts += units if sent.channel == "sms" else 0
            texts += sent.channel == "sms"
            provider = providers.get(sent.channel, DEFAULT)
            sums[sent.channel] += units * prices.of(sent.channel, provider, enclosed=enclosed)
    return Cost(pesos=_whole(sums), sms_parts=parts, at_most=texts > MEASURED, enclosed=enclosed)


def actual_cost(rows: Iterable[Accepted], prices: PricePolicy, *, enclosed: int = 0) -> Cost:
    """Sum up what providers have accepted, each at the price of its provider. Pure."""
    sums, parts, unknown = defaultdict[str, float](float), 0, 0.0
    for row in rows:
        one = prices.of(row.channel, row.provider, enclosed=enclosed)
        price = one * (row.parts if row.channel == "sms" else row.calls)
        if row.unknown:
            unknown += price
        else:
            sums[row.channel] += price
            parts += row.parts
    return Cost(pesos=_whole(sums), sms_parts=parts, enclosed=enclosed, unknown=round(unknown))


def minutes_of(channels: Mapping[str, int], rates: Mapping[str, Sequence[Rate]]) -> dict[str, int]:
    """Return channel → minutes at the rate of its first provider, of those that take one or more. Pure."""
    found = {
        channel: n * rates[channel][0].per.total_seconds() / rates[channel][0].count / 60
        for channel, n in channels.items()
        if rates.get(channel)
    }
    return {channel: round(minutes) for channel, minutes in found.items() if minutes >= 1}


def expected_end(
    left: Mapping[str, int], rates: Mapping[str, Sequence[Rate]], *, lawful_at: datetime | None, now: datetime
) -> datetime | None:
    """
    Return when the last of what is left (channel → messages) leaves: at these rates, from lawful hours on.

    None where nothing is left, or no rate and no hour says anything. Pure.
    """
    minutes = max(minutes_of(left, rates).values(), default=0)
    begins = max(now, lawful_at or now)
    if not any(left.values()) or (begins, minutes) == (now, 0):
        return None
    return begins + timedelta(minutes=minutes)


def missed_leads(
    clocks: Iterable[DryRunClock], policy: Mapping[str, ClockPolicy], *, at: datetime
) -> dict[str, datetime]:
    """Return the promises of lead time that what leaves now would break → when it had to leave. Pure."""
    return {
        clock.name: clock.due_at
        for clock in clocks
        if clock.change == "starts" and clock.due_at < at and policy[clock.name].lead is not None
    }


def _whole(sums: Mapping[str, float]) -> dict[str, int]:
    return {channel: round(pesos) for channel, pesos in sorted(sums.items()) if round(pesos)}
