"""Seals over the attempts, and the chain from each of them to the last seal of its day."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.business_time.dates import ZONE
from hub.model.evidence import Seal, SealedRow
from hub.model.seals import micros, minute_of, split
from hub.operations.constancia.schemas import Part, Unsealed
from hub.storage import PostgresConstancias

_SEALS: Final = 10
"""Read at once: that of a busy minute has three megabytes."""
_NAME: Final = 16
"""Bytes of a leaf that are the id of the message."""
_EARLIER: Final = timedelta(hours=1)
"""A publisher's clock may be ahead of the database's."""


@dataclass(slots=True, kw_only=True)
class Chain:
    """
    The seals of the days in which something of ours was sealed.

    `parts` are runs of seals without their leaves, each up to the last seal of a day. `leaves` has those of
    the seals that cover something of ours, `sealed` where each row of ours is. `newest` is the last seal
    that was looked at.
    """

    newest: Seal | None
    parts: list[list[Seal]] = field(default_factory=list)
    leaves: dict[int, bytes] = field(default_factory=dict)
    sealed: dict[bytes, int] = field(default_factory=dict)
    _open: bool = False

    def add(self, seal: Seal, keys: Collection[bytes]) -> None:
        """Add the next seal, which covers these rows of ours."""
        if self._open and _day(self.parts[-1][-1]) != _day(seal):
            self._open = False
        if keys:
            self.leaves[seal.number] = seal.leaves
            self.sealed |= dict.fromkeys(keys, seal.number)
        if not (keys or self._open):
            return
        if not self.parts or self.parts[-1][-1].number + 1 != seal.number:
            self.parts.append([])
        self.parts[-1].append(replace(seal, leaves=b""))
        self._open = True

    def unsealed(self, row: SealedRow) -> Unsealed:
        """Say why a row is in no seal."""
        if row.recorded_at is None:
            return Unsealed.BEFORE
        if self.newest is None or minute_of(row.recorded_at) > self.newest.minute:
            return Unsealed.PENDING
        return Unsealed.ADDED


async def chain_of(
    store: PostgresConstancias, ids: Collection[UUID], since: datetime, newest: Seal | None
) -> Chain:
    """
    Look through the seals from this instant to the newest for everything that names these messages.

    `newest` was read before the rows: all that it covers was visible then. So a leaf without its row means
    that somebody has removed the row.
    """
    chain = Chain(newest=newest)
    if newest is None:
        return chain
    ours = {message_id.bytes for message_id in ids}
    before = await store.last_before(minute_of(since - _EARLIER))
    number = 0 if before is None else before.number
    while number < newest.number:
        page = [seal for seal in await store.seals(number, _SEALS) if seal.number <= newest.number]
        if not page:
            break
        for seal, keys in await asyncio.to_thread(_covered, page, ours):
            chain.add(seal, keys)
        number = page[-1].number
    return chain


def _covered(page: Sequence[Seal], ids: Collection[bytes]) -> list[tuple[Seal, list[bytes]]]:
    return [(seal, [key for key, _ in split(seal.leaves) if key[:_NAME] in ids]) for seal in page]


def part_of(run: Sequence[Seal]) -> Part:
    first, last = run[0], run[-1]
    return Part(
        first=first.number,
        last=last.number,
        previous=first.previous.hex(),
        digest=last.digest.hex(),
        minute=last.minute,
    )


def lines(chain: Chain) -> Iterator[str]:
    """Yield `number,minute,count,root` of each seal; the minute in microseconds since 1970."""
    for run in chain.parts:
        for seal in run:
            yield f"{seal.number},{micros(seal.minute)},{seal.count},{seal.root.hex()}\n"


def _day(seal: Seal) -> object:
    return seal.minute.astimezone(ZONE).date()
