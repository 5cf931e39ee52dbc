"""People of communications that run or have run: what became of each, and who was not reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from hub.model import Message
from hub.model.communications import CommunicationState
from hub.model.ids import span
from hub.storage.database import Runner, load, read
from hub.storage.messages import message_of

_FATE: Final = load("communications")["fate"]
_SQL: Final = {name: text.replace("{fate}", _FATE) for name, text in load("communication_people").items()}

Fate = Literal["read", "arrived", "sent", "going", "unread", "lost"]
"""The best that became of somebody."""


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


async def people(
    run: Runner, keys: Sequence[UUID], audiences: Sequence[int], *, fate: Fate | None, after: str, limit: int
) -> Sequence[PersonFate]:
    """Return people by reference, those of one fate: `lost`, `unread`, `going`, `sent`, `arrived`, `read`."""
    rows = await run.rows(_SQL["people"], list(keys), *span(keys), list(audiences), after, fate, limit)
    return [read(PersonFate, row) for row in rows]


async def unreached(
    run: Runner, keys: Sequence[UUID], audiences: Sequence[int], channel: str, *, after: str, limit: int
) -> Sequence[Message]:
    """Return a message of each person who was not reached, and for whom the channel was not tried."""
    rows = await run.rows(_SQL["unreached"], list(keys), *span(keys), list(audiences), after, channel, limit)
    return [message_of(row) for row in rows]


async def lock(run: Runner, communication: UUID) -> tuple[CommunicationState, str | None]:
    """Return its state, which stays until the transaction ends, and the cause that somebody has accepted."""
    (row,) = await run.rows(_SQL["lock"], communication)
    return CommunicationState(row["state"]), row["cause"]
