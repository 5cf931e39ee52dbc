"""Lost messages go again, in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.model import Message, State
from hub.model.state_machine import CLAIMABLE
from hub.model.tickets import tickets
from hub.ports import MessageFilter, Now, RedrivenPage, RedriveResult
from hub.testing.filters import fits
from hub.testing.paging import place
from hub.testing.store import MemoryStore
from hub.testing.tables import Tables

_SAID: Final = frozenset({State.SENT, State.DELIVERED, State.READ})


class MemoryRedrive:
    """`hub.ports.RedriveStore`. A cursor is how many messages were created before the next one."""

    def __init__(self, store: MemoryStore, now: Now) -> None:
        self._store = store
        self._now = now

    async def redrive(
        self, narrowed: MessageFilter, *, also_told: bool, dry_run: bool, after: str | None, limit: int
    ) -> RedrivenPage:
        start = place(after)
        ordered = sorted(self._store.messages, key=lambda one: (one.created_at, one.id))
        ahead = [(number, one) for number, one in enumerate(ordered) if number >= start]
        found = [(number, one) for number, one in ahead if fits(one, narrowed, self._store.tables)][:limit]
        now = self._now()
        judged = [(self._judge(one, now, narrowed, also_told=also_told), one) for _, one in found]
        going = [] if dry_run else [one for verdict, one in judged if verdict is RedriveResult.TAKEN]
        taken = [self._take(one, now) for one in going]
        return RedrivenPage(
            tickets=tickets(taken),
            counts=Counter((verdict, one.channel, one.reason or "") for verdict, one in judged),
            next=str(found[-1][0] + 1) if len(found) == limit else None,
        )

    def _judge(
        self, one: Message, now: datetime, narrowed: MessageFilter, *, also_told: bool
    ) -> RedriveResult:
        ended = one.ends_at is not None and one.ends_at <= now
        if ended or (one.expires_at is not None and one.expires_at <= one.created_at):
            return RedriveResult.TOO_OLD
        if not one.address:
            return RedriveResult.NO_CONTACT
        others = [other for other in self._store.messages if _same(one, other)]
        if not also_told and any(_tells(other, one, narrowed, self._store.tables) for other in others):
            return RedriveResult.TOLD
        return RedriveResult.TAKEN

    def _take(self, one: Message, now: datetime) -> Message:
        message = replace(one, state=State.QUEUED, reason=None, next_at=None, expires_at=_renewed(one, now))
        rows = self._store.tables.messages
        rows[one.id] = replace(
            rows[one.id], message=message, ticketed_at=now, lease=None, attempts=0, sweeps=0, cascaded=False
        )
        return message


def _same(one: Message, other: Message) -> bool:
    names = ("event_key", "person", "audience", "occasion")
    return one.id != other.id and all(getattr(one, name) == getattr(other, name) for name in names)


def _tells(other: Message, one: Message, narrowed: MessageFilter, tables: Tables) -> bool:
    """Tell whether the other has spoken, or is a step at work, or the first of those that go again."""
    if other.state in _SAID:
        return True
    if other.step == one.step:
        return False
    return other.state in CLAIMABLE or (
        other.step < one.step and bool(other.address) and fits(other, narrowed, tables)
    )


def _renewed(one: Message, now: datetime) -> datetime | None:
    if one.expires_at is None:
        return None
    renewed = now + (one.expires_at - one.created_at)
    return renewed if one.ends_at is None else min(renewed, one.ends_at)
