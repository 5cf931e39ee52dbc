"""Messages and clocks as operators see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Clock, Json, Period, PromiseRecord, PropertyScope
from hub.model.audiences import UnreachedRow
from hub.model.contracts import ContractDecision
from hub.model.message_rows import ListedMessage, ShownMessage
from hub.model.pages import Rows
from hub.model.step_messages import ToldByName


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list, in the shapes of the API; `next` is the cursor of the next page."""

    items: Sequence[Mapping[str, Json]]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """
    A filter of messages; None does not filter. `reason` is a prefix of the reason, `case` the key of a case.

    `states` are several states; a single `state` wins over them. `places` are the copropiedades whose
    messages are included; only None includes messages of none.
    """

    state: str | None = None
    channel: str | None = None
    event: str | None = None
    event_id: str | None = None
    person: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    id: UUID | None = None
    places: PropertyScope = None
    purpose: str | None = None
    case: str | None = None
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """A filter of promises of these states; None does not filter. `area` is a `service_area`."""

    states: Collection[str]
    name: str | None = None
    area: str | None = None
    level: int | None = None
    places: PropertyScope = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The number of the newest messages in a state for a reason, over a channel; and the newest of them."""

    state: str
    reason: str | None
    channel: str
    count: int
    newest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """The most frequent first. `bounded`: there are more messages than were counted."""

    items: Sequence[Cause]
    bounded: bool


class LogStore(Protocol):
    """
    Queries of operators, newest first.

    With `places`, rows that do not belong to one of them are left out.
    """

    async def messages(
        self, narrowed: MessageFilter, *, after: str | None, limit: int
    ) -> Rows[ListedMessage]:
        """List messages, with the person's reference, without name and address."""

    async def causes(self, narrowed: MessageFilter, *, most: int) -> Causes:
        """Group the newest messages, of each state and copropiedad at most `most`, by why they are there."""

    async def message(
        self, message_id: UUID, *, places: PropertyScope = None, whole: bool = False, named: bool = False
    ) -> ShownMessage | None:
        """
        Return a message with attempts, skipped channels, name and address, masked unless `whole`.

        `named`, only the address is masked.
        """

    async def clocks(self, ids: Sequence[UUID]) -> Sequence[Clock]:
        """Return these clocks in the order of `ids`."""

    async def step_messages(
        self, event_ids: Collection[str], *, named: bool = False
    ) -> Mapping[UUID, Sequence[ToldByName]]:
        """Return clock → the messages of these events of its steps, oldest first; masked unless `named`."""

    async def clock(self, clock_id: UUID, *, places: PropertyScope = None) -> Clock | None:
        """Return one clock whole, with its history."""

    async def recent_clocks(
        self, *, state: str | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Rows[Clock]:
        """List clocks from SQL: for ended clocks, and while Redis is away."""

    async def clocks_of(
        self, places: Collection[str], states: Collection[str], *, after: str | None, limit: int
    ) -> Rows[Clock]:
        """List the clocks of copropiedades in these states, soonest due first."""

    async def board(self, asked: BoardFilter, *, after: str | None, limit: int) -> Rows[Clock]:
        """List running promises that the filter selects, soonest due first."""

    async def ended_clocks(self, asked: BoardFilter, *, after: str | None, limit: int) -> Rows[Clock]:
        """List ended promises that the filter selects, the last started first."""

    async def kept_promises(
        self, period: Period, *, area: str | None, places: PropertyScope = None
    ) -> Sequence[PromiseRecord]:
        """
        Return all clocks of the cases with a clock that started in the period, in the order of their start.

        `area` (a `service_area`) and `places` filter each clock by itself.
        """

    async def contract_decisions(
        self, period: Period, *, area: str | None, places: PropertyScope = None
    ) -> Sequence[ContractDecision]:
        """
        Return which contracts with clients were renewed or ended in the period, in the order of time.

        `area` (a `service_area`) and `places` filter each event by itself.
        """

    async def unreached(
        self, *, after: str | None, limit: int, places: PropertyScope = None, since: datetime | None = None
    ) -> Rows[UnreachedRow]:
        """List the events that do not reach all their recipients, by id, with the reasons."""

    async def live_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Count the live messages, clocks and dead letters by state, for metrics."""

    async def counts(self, places: PropertyScope = None) -> Mapping[str, Mapping[str, int]]:
        """
        Count messages, clocks and dead letters by state, for the page: those that have ended, up to 10,000.

        Dead letters belong to no copropiedad.
        """
