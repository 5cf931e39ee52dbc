"""
Send lost messages again, in place: one durable row per recipient and channel, so none is skipped or doubled.

A second call does not find what the first has redriven. By default, a person whom another message reached
is not notified again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from hub.ports import MessageFilter, Publisher, RedriveResult, RedriveStore

PAGE: Final = 500
"""Messages examined in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveRequest:
    """Selects the lost messages to send again. A dry run only counts them."""

    narrowed: MessageFilter
    also_told: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """Counts by (verdict, channel, reason); `next` is the cursor if there may be more."""

    counts: Mapping[tuple[RedriveResult, str, str], int]
    next: str | None

    def of(self, verdict: RedriveResult) -> int:
        """Count the messages with this verdict."""
        return sum(number for (result, _, _), number in self.counts.items() if result is verdict)


async def redrive(
    request: RedriveRequest,
    *,
    store: RedriveStore,
    publisher: Publisher,
    limit: int | None = None,
    after: str | None = None,
    on_progress: Callable[[Redriven], None] = lambda _: None,
) -> Redriven:
    """
    Send the requested messages again, page by page, examining up to `limit` messages.

    Each page is committed, then ticketed with confirms; after a crash in between, the sweep finds the
    messages. `on_progress` is called with the sums after each page.
    """
    counts: Counter[tuple[RedriveResult, str, str]] = Counter()
    while True:
        left = PAGE if limit is None else min(PAGE, limit - counts.total())
        page = await store.redrive(
            request.narrowed, also_told=request.also_told, dry_run=request.dry_run, after=after, limit=left
        )
        await publisher.tickets(page.tickets)
        counts.update(page.counts)
        after = page.next
        so_far = Redriven(counts=dict(counts), next=after)
        on_progress(so_far)
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
    return RedrivenAnswer(
        **{verdict.value: done.of(verdict) for verdict in RedriveResult},
        by=[
            RedrivenRow(verdict=verdict, channel=channel, reason=reason, count=number)
            for (verdict, channel, reason), number in sorted(done.counts.items())
        ],
        dry_run=dry_run,
        more=done.next is not None,
        next=done.next,
    )
