"""Later messages about the case of an expired one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from hub.model import Attempt, Message, State
from hub.model.ids import span
from hub.ports import SentMessage
from hub.storage.database import Runner, load, read
from hub.storage.messages import message_of

_SQL = load("later_messages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The newest message since, if there is one, without name and address; and whether the case is open."""

    message: SentMessage | None = None
    case_open: bool = False


NOTHING = Later()


async def later_of(run: Runner, messages: Collection[Message]) -> Mapping[UUID, Later]:
    """Return expired message → the later message about its case."""
    lapsed = sorted(message.id for message in messages if message.state is State.EXPIRED)
    if not lapsed:
        return {}
    rows = await run.rows(_SQL["later"], lapsed, *span(lapsed))
    sent = await _sent(run, sorted({row["id"] for row in rows if row["id"] is not None}))
    return {row["about"]: Later(message=sent.get(row["id"]), case_open=row["case_open"]) for row in rows}


async def _sent(run: Runner, ids: Collection[UUID]) -> Mapping[UUID, SentMessage]:
    if not ids:
        return {}
    asked = list(ids), *span(ids)
    calls: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    for row in await run.rows(_SQL["attempts"], *asked):
        calls[row["message_id"]].append(read(Attempt, row))
    found = [
        replace(message_of(row), name="", address="") for row in await run.rows(_SQL["messages"], *asked)
    ]
    return {message.id: SentMessage(message=message, attempts=calls[message.id]) for message in found}
