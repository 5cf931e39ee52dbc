"""Ends of communications: whether something of one can still leave, what is cancelled, and the last count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from hub.model import Json
from hub.model.ids import span
from hub.model.json import Instant
from hub.storage.cancel import WAITING
from hub.storage.database import Runner, encode, load, read

_SQL = load("communication_ends")
_WITHDRAW: Final = _SQL["withdraw"].replace("{verdict}", f"({WAITING.verdict})")
_AT_ONCE: Final = 2000
"""Messages that one statement cancels."""


async def can_leave(run: Runner, keys: Sequence[UUID], quiet: timedelta, *, reminders: bool) -> bool:
    """
    Return whether a message of these events can still leave, or one that follows it.

    A next step counts as stored once its message was lost for longer than `quiet`.
    """
    return (
        bool(await run.rows(_SQL["can_leave"], list(keys), *span(keys), quiet, reminders)) if keys else False
    )


async def withdraw(run: Runner, keys: Sequence[UUID]) -> int:
    """Cancel what is unsent of these events, and all next steps; return how many messages that changed."""
    asked = list(keys), *span(keys), sorted(WAITING.states), _AT_ONCE, WAITING.reason
    total, some = 0, _AT_ONCE if keys else 0
    while some == _AT_ONCE:
        some = len(await run.rows(_WITHDRAW, *asked))
        total += some
    return total


class OwnPause(Struct, frozen=True, kw_only=True):
    """The pause of one communication: who set it, and why, in their words. The hub itself gives none."""

    since: Instant
    by: str
    reason: str


async def pause_of(run: Runner, communication: UUID) -> OwnPause | None:
    rows = await run.rows(_SQL["pause"], communication)
    return read(OwnPause, rows[0]) if rows else None


async def keep_tally(run: Runner, communication: UUID, tally: object) -> None:
    """Keep the last count: that of the rows changes once they are forgotten."""
    await run.rows(_SQL["keep_tally"], communication, encode(msgspec.to_builtins(tally)))


async def tally_of(run: Runner, communication: UUID) -> Json:
    """Return the count that was kept; None if it has not ended."""
    rows = await run.rows(_SQL["tally"], communication)
    return rows[0]["tally"] if rows else None


async def maker_of(run: Runner, communication: UUID) -> str | None:
    """Return the person of the directory who has made it; None of a system, and of an account without one."""
    rows = await run.rows(_SQL["maker"], communication)
    return rows[0]["person"] if rows else None
