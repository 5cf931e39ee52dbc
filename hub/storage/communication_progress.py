"""Progress of communications: what became of their parts, messages and people, and what can still leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Struct

from hub.model import Json, Message
from hub.model.ids import span
from hub.storage.cancel import WAITING
from hub.storage.database import Runner, encode, load, read
from hub.storage.messages import message_of

_RAW: Final = load("communication_progress")
_SQL: Final = {
    name: text.replace("{fate}", _RAW["fate"])
    .replace("{verdict}", f"({WAITING.verdict})")
    .replace("{unreached}", _RAW["unreached"])
    for name, text in _RAW.items()
}
_AT_ONCE: Final = 2000
"""Messages that one statement cancels."""

Fate = Literal["read", "arrived", "sent", "going", "unread", "lost"]
"""The best that became of somebody."""


class Standing(Struct, frozen=True, kw_only=True):
    """How many parts there are, how many are published, and of these planned by intake, or `dead` letters."""

    parts: int
    published: int
    planned: int
    dead: int


class Delivered(Struct, frozen=True, kw_only=True):
    """Messages of a communication that fare alike."""

    channel: str
    state: str
    reason: str
    n: int
    held_until: datetime | None = None


class PersonFate(Struct, frozen=True, kw_only=True):
    """Somebody of a communication, with the message that has come farthest."""

    person: str
    name: str
    units: tuple[str, ...] | None
    place: str | None
    channel: str
    state: str
    reason: str | None
    fate: Fate


async def standing(run: Runner, plan: UUID) -> Standing:
    (row,) = await run.rows(_SQL["standing"], plan)
    return read(Standing, row)


async def delivered(run: Runner, keys: Sequence[UUID], audiences: Sequence[int]) -> Sequence[Delivered]:
    """Count the messages of these events to these audiences, by what became of them."""
    rows = await run.rows(_SQL["delivered"], list(keys), *span(keys), list(audiences))
    return [read(Delivered, row) for row in rows]


async def fates(run: Runner, keys: Sequence[UUID], audiences: Sequence[int]) -> Mapping[str, int]:
    """Count the people of these events by the best that became of each, none of a fate too."""
    rows = await run.rows(_SQL["fates"], list(keys), *span(keys), list(audiences))
    return {**dict.fromkeys(get_args(Fate), 0), **{row["fate"]: row["n"] for row in rows}}


async def people(
    run: Runner, keys: Sequence[UUID], audiences: Sequence[int], *, fate: Fate | None, after: str, limit: int
) -> Sequence[PersonFate]:
    """Return people by reference; with a `fate` those of it."""
    rows = await run.rows(_SQL["people"], list(keys), *span(keys), list(audiences), after, fate, limit)
    return [read(PersonFate, row) for row in rows]


async def unreached(
    run: Runner, keys: Sequence[UUID], audiences: Sequence[int], channel: str, *, after: str, limit: int
) -> Sequence[Message]:
    """Return a message of each person who was not reached, and for whom the channel was not tried."""
    rows = await run.rows(_SQL["unreached"], list(keys), *span(keys), list(audiences), after, channel, limit)
    return [message_of(row) for row in rows]


async def count_unreached(run: Runner, keys: Sequence[UUID], audiences: Sequence[int], channel: str) -> int:
    """Count them."""
    asked = list(keys), *span(keys), list(audiences), "", channel, None
    (row,) = await run.rows(_SQL["count_unreached"], *asked)
    people: int = row["n"]
    return people


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
        some = len(await run.rows(_SQL["withdraw"], *asked))
        total += some
    return total


async def keep_tally(run: Runner, communication: UUID, tally: Struct | None) -> None:
    """Keep the last count: that of the rows changes once they are forgotten."""
    await run.rows(_SQL["keep_tally"], communication, encode(msgspec.to_builtins(tally)))


async def tally_of(run: Runner, communication: UUID) -> Json:
    """Return the count that was kept; None if it has not ended."""
    rows = await run.rows(_SQL["tally"], communication)
    return rows[0]["tally"] if rows else None
