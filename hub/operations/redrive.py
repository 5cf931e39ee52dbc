"""
Send lost messages again, in place: one durable row per recipient and channel, so none is skipped or doubled.

A second call does not find what the first has redriven. By default, a person whom another message reached
is not notified again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.errors import TooLate
from hub.model.state_machine import LOST
from hub.ports import MessageFilter, Publisher, RedriveResult, RedriveStore

PAGE: Final = 500
"""Messages examined in one transaction."""
_NOT_LOST: Final = "the message is {state}: only what is lost goes again"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveRequest:
    """Selects the lost messages to send again. A dry run only counts them."""

    narrowed: MessageFilter
    include_notified: bool = False
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
            request.narrowed,
            include_notified=request.include_notified,
            dry_run=request.dry_run,
            after=after,
            limit=left,
        )
        await publisher.tickets(page.tickets)
        counts.update(page.counts)
        after = page.next
        so_far = Redriven(counts=dict(counts), next=after)
        on_progress(so_far)
        if after is None or counts.total() == limit:
            return so_far


async def redrive_one(
    message_id: UUID,
    state: str,
    *,
    store: RedriveStore,
    publisher: Publisher,
    narrowed: MessageFilter,
    include_notified: bool = False,
) -> RedriveResult:
    """Send this message again, which was in `state`. Raises TooLate if it is not lost."""
    if state not in LOST:
        raise TooLate(_NOT_LOST.format(state=state))
    one = replace(narrowed, state=state, id=message_id)
    request = RedriveRequest(narrowed=one, include_notified=include_notified)
    done = await redrive(request, store=store, publisher=publisher, limit=1)
    for verdict, _, _ in done.counts:
        return verdict
    raise TooLate(_NOT_LOST.format(state="on its way"))


class RedrivenOne(Struct, kw_only=True, frozen=True):
    """
    `taken`: it goes again. Else why it does not.

    `too_old`: worthless by now. `no_contact`: there never was an address. `told`: another message did it.
    """

    id: UUID
    verdict: RedriveResult


class RedrivenRow(Struct, kw_only=True):
    verdict: RedriveResult
    channel: str
    reason: str
    count: int


class RedrivenAnswer(Struct, kw_only=True):
    """
    How many go again, and how many do not and why. With `more`, ask again with `after` = `next`.

    `too_old`: worthless by now. `no_contact`: there never was an address. `told`: another message did it.
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
