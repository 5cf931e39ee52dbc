"""
Cancel messages that have not left, with a reason: what must not go out any more, whoever published it.

What was cancelled does not come back, and no further step of its cascade starts. What is being sent is left
to its worker. Safe to repeat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from hub.errors import TooLate
from hub.model.state_machine import UNSENT
from hub.ports import CancelPage, CancelResult, CancelStore, MessageFilter

PAGE: Final = 500
"""Messages examined in one transaction."""
_LEFT: Final = "the message is {state}: only what has not left can be cancelled"

WhyCancelled = Literal["wrong", "not_needed", "asked", "other"]
"""A word of a list: the audit, which no erasure reaches, takes no free text about a person."""


class CancelRow(Struct, kw_only=True):
    verdict: CancelResult
    channel: str
    reason: str
    count: int


class CancelAnswer(Struct, kw_only=True):
    """
    How many are cancelled, and how many are not and why. With `more`, ask again with `after` = `next`.

    `sending`: a worker has it. `in_digest`: it leaves with the digest of its person.
    """

    cancelled: int
    sending: int
    in_digest: int
    by: list[CancelRow]
    dry_run: bool
    more: bool
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """Selects the messages to cancel. A dry run only counts them."""

    narrowed: MessageFilter
    dry_run: bool = False


async def cancel(
    request: CancelRequest,
    *,
    store: CancelStore,
    limit: int | None = None,
    after: str | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> CancelAnswer:
    """Cancel the requested messages, page by page, examining up to `limit` of them."""
    counts: Counter[tuple[CancelResult, str, str]] = Counter()
    while True:
        left = PAGE if limit is None else min(PAGE, limit - counts.total())
        page = await store.cancel(request.narrowed, dry_run=request.dry_run, after=after, limit=left)
        counts.update(page.counts)
        after = page.next
        on_progress(counts.total())
        if after is None or counts.total() == limit:
            return _answer(counts, after, dry_run=request.dry_run)


async def cancel_one(
    message_id: UUID, state: str, *, store: CancelStore, narrowed: MessageFilter
) -> CancelResult:
    """Cancel this message, which was in `state`; return what became of it. Raises TooLate if it has left."""
    if state == "cancelled":
        return CancelResult.CANCELLED
    if state not in UNSENT:
        raise TooLate(_LEFT.format(state=state))
    one = replace(narrowed, state=state, id=message_id)
    found = [verdict for verdict, _, _ in (await _first(store, one)).counts]
    if not found:
        # It moved between the look and now, or a worker has it under its hands.
        raise TooLate(_LEFT.format(state="on its way"))
    return found[0]


def check_cancelled(verdict: CancelResult) -> None:
    """Raise TooLate if a message was not cancelled."""
    if verdict is not CancelResult.CANCELLED:
        raise TooLate(_LEFT.format(state=verdict.value))


async def _first(store: CancelStore, narrowed: MessageFilter) -> CancelPage:
    return await store.cancel(narrowed, dry_run=False, after=None, limit=1)


def _answer(
    counts: Mapping[tuple[CancelResult, str, str], int], following: str | None, *, dry_run: bool
) -> CancelAnswer:
    of = Counter[CancelResult]()
    for (verdict, _, _), number in counts.items():
        of[verdict] += number
    return CancelAnswer(
        cancelled=of[CancelResult.CANCELLED],
        sending=of[CancelResult.SENDING],
        in_digest=of[CancelResult.IN_DIGEST],
        by=[
            CancelRow(verdict=verdict, channel=channel, reason=reason, count=number)
            for (verdict, channel, reason), number in sorted(counts.items())
        ],
        dry_run=dry_run,
        more=following is not None,
        next=following,
    )
