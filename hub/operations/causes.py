"""Causes: messages grouped by reason, so that five hundred failures of one cause are one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.model import Instant
from hub.model.message_rows import ToDo
from hub.ports import Cause, MessageFilter
from hub.rendering.outcomes_es import described, reason_in_words
from hub.storage import PostgresLog

MOST: Final = 5_000
"""Messages that are grouped at most, the newest."""


class CauseRow(Struct, kw_only=True):
    """Messages of one reason and channel; `state` is the state of most of them."""

    reason: str | None
    channel: str
    state: str
    count: int
    newest: Instant
    means: Annotated[str, Meta(description="What it means, in Spanish.")]
    to_do: ToDo


class CauseList(Struct, kw_only=True):
    """`bounded`: there are more messages; the newest were grouped."""

    items: list[CauseRow]
    next: None
    bounded: bool


async def read_causes(log: PostgresLog, narrowed: MessageFilter, *, most: int = MOST) -> CauseList:
    """Group the newest messages of a filter by reason and channel, the most frequent first."""
    found = await log.causes(narrowed, most=most)
    groups: defaultdict[tuple[str | None, str], list[Cause]] = defaultdict(list)
    for cause in found.items:
        groups[cause.reason, cause.channel].append(cause)
    rows = sorted(map(_row, groups.values()), key=lambda row: row.count, reverse=True)
    return CauseList(items=rows, next=None, bounded=found.bounded)


def _row(causes: Sequence[Cause]) -> CauseRow:
    first = max(causes, key=lambda cause: cause.count)
    said = described(first.state, first.reason)
    return CauseRow(
        reason=first.reason,
        channel=first.channel,
        state=first.state,
        count=sum(cause.count for cause in causes),
        newest=max(cause.newest for cause in causes),
        means=(first.reason and reason_in_words(first.reason)) or said.means,
        to_do=said.to_do,
    )
