"""Lists for operators: by keyset, newest first, in the shapes of the API."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from asyncpg import Record
from msgspec import structs

from hub.model import (
    HUB_SOURCE,
    Clock,
    ClockState,
    Period,
    PromiseRecord,
    PropertyScope,
    State,
)
from hub.model.contracts import ContractDecision
from hub.model.message_rows import AttemptRow, ListedMessage, ShownMessage
from hub.model.pages import PageQuery, Rows
from hub.model.step_messages import ToldByName
from hub.people.masking import mask_address, mask_name, mask_reference
from hub.ports import BoardFilter, Cause, Causes, MessageFilter
from hub.storage import clocks, contracts, unreached
from hub.storage.database import Store, load, read
from hub.storage.filters import listed, narrow, narrow_clocks
from hub.storage.paging import cursor, rows_of, rows_page

MANY: Final = 10_000
"""Counts of ended rows stop here, state by state: nobody needs a greater number."""

_FIELDS: Final = ", ".join(name for name in ListedMessage.__struct_fields__ if name != "letter")
_COLUMNS: Final = f"{_FIELDS}, {load('log')['letter']}"
_SQL: Final = {name: statement.replace("{columns}", _COLUMNS) for name, statement in load("log").items()}
_BEFORE: Final = 4
"""The first parameter after the cursor and the limit of a page."""


class PostgresLog(Store):
    """
    Queries of operators, newest first.

    With `places`, rows that do not belong to one of them are left out.
    """

    unreached = unreached.page_of

    async def messages(
        self, narrowed: MessageFilter, *, after: str | None, limit: int
    ) -> Rows[ListedMessage]:
        """List messages, with the person's reference, without name and address."""
        statement, asked = _list_of(narrowed)
        query = PageQuery(after=after, limit=limit)
        return await rows_of(ListedMessage, self, statement, query, *asked, by="created_at")

    async def causes(self, narrowed: MessageFilter, *, most: int) -> Causes:
        """Group the newest messages, of each state and copropiedad at most `most`, by why they are there."""
        newest, asked = _list_of(narrowed)
        rows = await self.rows(_SQL["causes"].format(newest=newest), *cursor(None), most + 1, *asked)
        found = [read(Cause, row) for row in rows]
        return Causes(items=found, bounded=sum(cause.count for cause in found) > most)

    async def message(
        self, message_id: UUID, *, places: PropertyScope = None, whole: bool = False, named: bool = False
    ) -> ShownMessage | None:
        """
        Return a message with attempts, skipped channels, name and address, masked unless `whole`.

        `named`, only the address is masked.
        """
        rows = await self.rows(_SQL["message"], message_id, listed(places))
        if not rows:
            return None
        attempts = await self._attempts(message_id)
        named = whole or named
        message = read(
            ShownMessage, rows[0], attempts=attempts, masked=not whole, named=named, may_unmask=whole
        )
        return message if whole else _masked(message)

    async def _attempts(self, message_id: UUID) -> list[AttemptRow]:
        return [read(AttemptRow, row) for row in await self.rows(_SQL["attempts"], message_id)]

    async def clocks(self, ids: Sequence[UUID]) -> Sequence[Clock]:
        """Return these clocks in the order of `ids`."""
        return await clocks.find(self, "listed", ids)

    async def clock(self, clock_id: UUID, *, places: PropertyScope = None) -> Clock | None:
        """Return one clock whole, with its history."""
        return next(iter(await clocks.find(self, "seen", clock_id, listed(places))), None)

    async def step_messages(
        self, event_ids: Collection[str], *, named: bool = False
    ) -> Mapping[UUID, Sequence[ToldByName]]:
        """Return clock → the messages of these events of its steps, oldest first; masked unless `named`."""
        found: defaultdict[UUID, list[ToldByName]] = defaultdict(list)
        asked = list(event_ids), HUB_SOURCE, clocks.started(event_ids)
        for row in await self.rows(_SQL["step_messages"], *asked):
            found[row["clock"]].append(
                read(ToldByName, row, name=row["name"] if named else mask_name(row["name"]))
            )
        return found

    async def recent_clocks(
        self, *, state: str | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Rows[Clock]:
        """List clocks from SQL: for ended clocks, and while Redis is away."""
        there = () if places is None else (listed(places),)
        statement = _SQL["recent_clocks" if places is None else "recent_clocks_there"]
        asked = *cursor(after), limit + 1, _states(state, ClockState), *there
        return rows_page(await self.rows(statement, *asked), limit, "started_at", clocks.clock_of)

    async def clocks_of(
        self, places: Collection[str], states: Collection[str], *, after: str | None, limit: int
    ) -> Rows[Clock]:
        """List the clocks of copropiedades in these states, soonest due first."""
        asked = *cursor(after, _SOONEST), limit + 1, sorted(states), listed(frozenset(places))
        return rows_page(await self.rows(_SQL["clocks_of"], *asked), limit, "due_at", clocks.clock_of)

    async def board(self, asked: BoardFilter, *, after: str | None, limit: int) -> Rows[Clock]:
        """List running promises that the filter selects, soonest due first."""
        rows = await self._narrowed("board", asked, cursor(after, _SOONEST), limit)
        return rows_page(rows, limit, "due_at", clocks.clock_of)

    async def ended_clocks(self, asked: BoardFilter, *, after: str | None, limit: int) -> Rows[Clock]:
        """List ended promises that the filter selects, the last started first."""
        rows = await self._narrowed("ended_clocks", asked, cursor(after), limit)
        return rows_page(rows, limit, "started_at", clocks.clock_of)

    async def _narrowed(
        self, name: str, asked: BoardFilter, before: tuple[datetime, UUID], limit: int
    ) -> Sequence[Record]:
        values: list[object] = [*before, limit + 1, sorted(asked.states)]
        conditions, more = narrow_clocks(asked, first_free=len(values) + 1)
        return await self.rows(_SQL[name].format(narrowed=conditions), *values, *more)

    async def kept_promises(
        self, period: Period, *, area: str | None, places: PropertyScope = None
    ) -> Sequence[PromiseRecord]:
        """
        Return all clocks of the cases with a clock that started in the period, in the order of their start.

        `area` (a `service_area`) and `places` filter each clock by itself.
        """
        asked = period.since, period.until, list(ClockState), area, listed(places)
        return [read(PromiseRecord, row) for row in await self.rows(_SQL["promises"], *asked)]

    async def contract_decisions(
        self, period: Period, *, area: str | None, places: PropertyScope = None
    ) -> Sequence[ContractDecision]:
        """
        Return which contracts with clients were renewed or ended in the period, in the order of time.

        `area` (a `service_area`) and `places` filter each event by itself.
        """
        return await contracts.decisions(self, period, area=area, places=places)

    async def live_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Count the live messages, clocks and dead letters by state, for metrics."""
        return _by_state(await self.rows(_SQL["live_counts"].format(there="")))

    async def counts(self, places: PropertyScope = None) -> Mapping[str, Mapping[str, int]]:
        """
        Count messages, clocks and dead letters by state, for the page: those that have ended, up to 10,000.

        Dead letters belong to no copropiedad.
        """
        there = () if places is None else (listed(places),)
        live = _SQL["live_counts"].format(there="AND copropiedad_id = ANY ($1::text[])" if there else "")
        ended = _SQL["ended_counts"].format(
            newest=_SQL["newest_there" if there else "newest"],
            there="AND copropiedad_id = ANY ($2::text[])" if there else "",
        )
        rows = [*await self.rows(live, *there), *await self.rows(ended, MANY, *there)]
        counted = _by_state(row for row in rows if places is None or row["noun"] != "dead")
        letters = await self.rows(_SQL["letters"], MANY, listed(places))
        return _without_letters(counted, sum(row["n"] for row in letters))


_SOONEST: Final = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


def _by_state(rows: Iterable[Record]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, Counter[str]] = {noun: Counter() for noun in ("messages", "clocks", "dead")}
    for row in rows:
        found[row["noun"]].update({row["state"]: row["n"]} if row["n"] else {})
    return found


def _without_letters(
    counted: Mapping[str, Mapping[str, int]], letters: int
) -> Mapping[str, Mapping[str, int]]:
    """Count the letters that nobody has handed over apart: what lies in the office was not sent."""
    messages = {**counted["messages"], "letter": letters} if letters else counted["messages"]
    if letters and messages.get("sent", 0) < MANY:
        messages = {**messages, "sent": max(0, messages.get("sent", 0) - letters)}
    return {**counted, "messages": messages}


def _list_of(narrowed: MessageFilter) -> tuple[str, list[object]]:
    """Return the statement of a page of messages, and its parameters after the cursor and the limit."""
    states = [narrowed.state] if narrowed.state else list(narrowed.states) or list(State)
    asked: list[object] = [states]
    name, rest = list_kind(narrowed), narrowed
    if name == "messages_there":
        asked.append(listed(narrowed.places))
        rest = replace(narrowed, places=None)
    conditions, values = narrow(rest, first_free=_BEFORE + len(asked))
    if _asks_for_sent(narrowed):
        conditions = f"{conditions} AND {_SQL['no_letter']}"
    return _SQL[name].format(narrowed=conditions), [*asked, *values]


def _asks_for_sent(narrowed: MessageFilter) -> bool:
    """Return whether what was sent is asked for: a letter that nobody has handed over was not."""
    return narrowed.channel is None and State.SENT in (narrowed.state, *narrowed.states)


def list_kind(narrowed: MessageFilter) -> str:
    """Return the statement whose index fits: few messages, those of some copropiedades, or all."""
    if narrowed.person is not None or narrowed.event_id is not None or narrowed.case is not None:
        return "messages_of"
    return "messages" if narrowed.places is None else "messages_there"


def _states(asked: str | None, known: Iterable[str]) -> list[str]:
    return list(known) if asked is None else [asked]


def _masked(message: ShownMessage) -> ShownMessage:
    attempts = [structs.replace(one, reference=mask_reference(one.reference)) for one in message.attempts]
    name = message.name if message.named else mask_name(message.name)
    address = mask_address(message.address)
    return structs.replace(message, name=name, address=address, attempts=attempts)
