"""
Lost messages go again, in place: one durable row per recipient and channel, so nobody is skipped or doubled.

A second call finds nothing that the first has taken. By default nobody is told who was told otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from hub.ports import MessageFilter, Publisher, RedriveResult, RedriveStore

PAGE: Final = 500
"""Messages that are looked at in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveRequest:
    """Which lost messages go again. A dry run only counts them."""

    narrowed: MessageFilter
    also_told: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """How many, by verdict, and by (verdict, channel, reason); `next` goes on where there may be more."""

    counts: Mapping[tuple[RedriveResult, str, str], int]
    next: str | None

    def of(self, verdict: RedriveResult) -> int:
        """Count those with this verdict."""
        return sum(number for (each, _, _), number in self.counts.items() if each is verdict)


async def redrive(
    wish: RedriveRequest,
    *,
    store: RedriveStore,
    publisher: Publisher,
    limit: int | None = None,
    after: str | None = None,
    told: Callable[[Redriven], None] = lambda _: None,
) -> Redriven:
    """
    Send again what the wish is for, page by page, up to `limit` messages looked at.

    Each page is committed, then ticketed with confirms: what a crash leaves in between is found by the
    sweep. `told` hears the sums after each page.
    """
    counts: Counter[tuple[RedriveResult, str, str]] = Counter()
    while True:
        left = PAGE if limit is None else min(PAGE, limit - counts.total())
        page = await store.redrive(
            wish.narrowed, also_told=wish.also_told, dry_run=wish.dry_run, after=after, limit=left
        )
        await publisher.tickets(page.tickets)
        counts.update(page.counts)
        after = page.next
        so_far = Redriven(counts=dict(counts), next=after)
        told(so_far)
        if after is None or counts.total() == limit:
            return so_far


class RedrivenRow(Struct, kw_only=True):
    verdict: RedriveResult
    channel: str
    reason: str
    count: int


class RedrivenAnswer(Struct, kw_only=True):
    """
    How many go again, and how many do not and why. With `more`, ask again with `after` = `next`.

    `too_old`: worthless by now. `no_contact`: there never was an address. `told`: said in another way.
    """

    taken: int
    too_old: int
    no_contact: int
    told: int
    by: list[RedrivenRow]
    dry_run: bool
    more: bool
    next: str | None


def shown(done: Redriven, *, dry_run: bool) -> RedrivenAnswer:
    """Show the sums."""
    return RedrivenAnswer(
        taken=done.of(RedriveResult.TAKEN),
        too_old=done.of(RedriveResult.TOO_OLD),
        no_contact=done.of(RedriveResult.NO_CONTACT),
        told=done.of(RedriveResult.TOLD),
        by=[
            RedrivenRow(verdict=verdict, channel=channel, reason=reason, count=number)
            for (verdict, channel, reason), number in sorted(done.counts.items())
        ],
        dry_run=dry_run,
        more=done.next is not None,
        next=done.next,
    )
