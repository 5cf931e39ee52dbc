"""Dead letters: replay them once the publisher or the hub is fixed, or discard them."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from hub.model import DeadLetter, Instant
from hub.ports import LogStore, Publisher

PAGE: Final = 500
_BODY_SHOWN: Final = 64 * 1024


class DeadLetterFacts(Struct, kw_only=True):
    id: UUID
    reason: str
    field: str | None
    event_type: str | None
    received_at: Instant
    times: Annotated[int, Meta(description="How often these bytes have come.")]
    sender: Annotated[
        str | None,
        Meta(description="The RabbitMQ user, as the broker has validated; or `http:` and the caller."),
    ]
    wrong_sender: Annotated[bool, Meta(description="Whether it was refused for who sent it.")]


class DeadRow(DeadLetterFacts, kw_only=True):
    state: Literal["open", "replayed", "discarded"]


class DeadWhole(DeadLetterFacts, kw_only=True):
    """
    A dead letter as received. `body` is the start as text, or `body_base64` if it is not UTF-8.

    Headers and body may hold people's data: `masked`, they are left out.
    """

    state: Literal["open", "replayed", "discarded"]
    event_id: str | None
    source: str | None
    routing_key: str
    content_type: str | None
    headers: dict[str, Any]
    size: Annotated[int, Meta(description="Of the whole body, in bytes.")]
    masked: Annotated[bool, Meta(description="Whether headers and body are left out.")]
    body: str | UnsetType = UNSET
    body_base64: str | UnsetType = UNSET


class Settled(Struct, kw_only=True, frozen=True):
    """`changed` is false if the letter was settled before, or has failed again already."""

    id: UUID
    state: Literal["replayed", "discarded"]
    changed: bool


class ReplayAnswer(Struct, kw_only=True):
    """The letters replayed, and how many were not because they were refused for who sent them."""

    items: list[Settled]
    next: None
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLetters:
    """Open letters of a filter; `left_out` is how many more are never replayed in bulk."""

    ids: Sequence[UUID]
    left_out: int = 0


Settle = Callable[[LogStore, Publisher, UUID], Awaitable[Settled]]


async def replay(log: LogStore, publisher: Publisher, letter: DeadLetter) -> Settled:
    """
    Publish the letter again as received, then set it `replayed`. Idempotent.

    The other order would lose the letter if the hub stopped in between; intake drops a second copy
    as a duplicate. If the letter fails again before it is settled, it stays open.
    """
    await publisher.replay(letter)
    changed = await log.settle_dead(letter.id, state="replayed", times=letter.times)
    return Settled(id=letter.id, state="replayed", changed=changed)


async def replay_one(log: LogStore, publisher: Publisher, letter_id: UUID) -> Settled:
    """Replay by id; a letter that no longer exists counts as not changed."""
    letter = await log.dead_letter(letter_id)
    if letter is None:
        return Settled(id=letter_id, state="replayed", changed=False)
    return await replay(log, publisher, letter)


async def discard_one(log: LogStore, publisher: Publisher, letter_id: UUID) -> Settled:
    """Discard by id."""
    del publisher
    return await discard(log, letter_id)


async def choose(
    log: LogStore,
    *,
    replaying: bool,
    reason: str | None = None,
    event: str | None = None,
    limit: int | None = None,
) -> OpenLetters:
    """
    Choose the open letters of a filter, newest first.

    A replay leaves out those that were refused for who sent them: somebody must look at each of them first.
    Read all ids before the first letter is settled: a replay that fails at once is open again, and must not
    be replayed twice.
    """
    ids: list[UUID] = []
    left_out, after = 0, None
    while True:
        page = await log.dead(state="open", after=after, limit=PAGE, reason=reason, event=event)
        for row in page.items:
            if replaying and row["wrong_sender"]:
                left_out += 1
            elif len(ids) != limit:
                ids.append(UUID(str(row["id"])))
        after = page.next
        if after is None or len(ids) == limit:
            return OpenLetters(ids=ids, left_out=left_out)


async def discard(log: LogStore, letter_id: UUID) -> Settled:
    """Set the letter `discarded`; it stays in the log."""
    changed = await log.settle_dead(letter_id, state="discarded")
    return Settled(id=letter_id, state="discarded", changed=changed)


def shown(letter: DeadLetter, *, masked: bool = False) -> DeadWhole:
    """Show a dead letter with the start of its body; `masked`, without what may hold people's data."""
    facts = {field.name: getattr(letter, field.name) for field in fields(letter) if field.name != "body"}
    held = {"headers": {}} if masked else _body(letter.body[:_BODY_SHOWN])
    return msgspec.convert({**facts, "size": len(letter.body), "masked": masked, **held}, DeadWhole)


def _body(start: bytes) -> dict[str, Any]:
    try:
        return {"body": _whole_characters(start)}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(start).decode()}


def _whole_characters(start: bytes) -> str:
    try:
        return start.decode()
    except UnicodeDecodeError as error:
        # The cut may split a character; any other error is in the bytes themselves.
        if len(start) < _BODY_SHOWN or error.start < len(start) - 3:
            raise
        return start[: error.start].decode()
