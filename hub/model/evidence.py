"""Sent messages as stored, from which their words are made again; and the seals over attempts and endings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.model.json import Json
from hub.model.messages import Attempt, Message, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A stored attempt. `version` names what decided its words; None where there is no evidence."""

    attempt: Attempt
    version: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidMessage:
    """A stored message with its event's data and all its calls, in time order."""

    message: Message
    event_time: datetime
    source: str
    data: Json
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRow:
    """
    An attempt as it is sealed: ids, digests and words of providers, nothing of a person.

    `recorded_at` is None only of an attempt that somebody has changed, or that is older than the seals.
    """

    message_id: UUID
    at: datetime
    recorded_at: datetime | None
    outcome: str
    provider: str
    reference: str | None
    code: str
    took: int
    digest: bytes | None
    version: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """
    A link of the chain: what was recorded from the end of the previous seal's minute to the end of this one.

    `leaves` is empty where only the head was asked for.
    """

    number: int
    minute: datetime
    count: int
    root: bytes
    previous: bytes
    digest: bytes
    leaves: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredState:
    """
    The state of a message as stored, and what was recorded of it.

    `rows` are outcome and code of each attempt, state and reason of each ending. `recorded` is false where
    all of them are older than the seals. `unkept` are the accepted attempts of a legal message whose bytes
    are not stored; `erased` is true if name, address and facts are gone too, as when a person is erased.
    """

    message_id: UUID
    state: State
    reason: str | None
    created_at: datetime
    recorded: bool
    accepted: bool
    rows: frozenset[tuple[str, str]]
    unkept: tuple[datetime, ...]
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """
    A look at the running transactions, at the database's time `at`.

    Rows recorded before `at` have a transaction id below `own`; transactions below `oldest` are all over.
    """

    at: datetime
    own: int
    oldest: int
