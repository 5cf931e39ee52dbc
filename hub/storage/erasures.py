"""Erasing people in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from hub.cloudevents.kept_texts import kept_of, kept_wherever
from hub.model import Json
from hub.model.erasures import Counts, Duties, Duty, Erased, Erasure
from hub.model.ids import span
from hub.model.months import EPOCH
from hub.people.erasing import (
    LAST_VERSION,
    Traces,
    addresses_in,
    concerns,
    is_alone,
    message_of,
    names_them,
    scrubbed,
)
from hub.storage.database import Runner, Store, encode, load, read, read_first, storable
from hub.storage.own_addresses import OwnAddresses, own_addresses
from hub.storage.strangers import has_open_case

_SQL = load("erasures")
_CHANNELS: Final = ("email", "sms", "whatsapp", "voice", "push")
_STOPPED: Final = ("queued", "held", "retrying", "waiting")
"""States of messages that an erasure stops."""
_OF_THE_PERSON: Final = (
    "close_page",
    "forget_preferences",
    "forget_digests",
    "forget_sheets",
    "forget_chosen",
    "blank_notes",
)
"""Statements that run at once, and again: a page just being opened, or a wish being kept, may come after."""
_FIRST: Final = UUID(int=0)
_SHORTEST: Final = 5
"""Letters of a word that is looked for: a shorter one stands in other words."""
_IN_FLIGHT: Final = timedelta(seconds=90)
"""The time after `received_at` in which an event's transaction may commit: none may be idle for longer."""
_PAGE: Final = 500


class PostgresErasures(Store):
    async def knows(self, person: str) -> bool:
        """Return whether the directory or a message has this person."""
        [row] = await self.rows(_SQL["is_known"], storable(person))
        return bool(row["known"])

    async def duties(self, person: str) -> Duties:
        """Return why this person's data must be kept; nothing if it may be erased."""
        duties = [Duty(row["duty"]) for row in await self.rows(_SQL["duties"], storable(person))]
        if Duty.CASE in duties:
            return duties
        # A case may run that the person opened without being recognised.
        own = await own_addresses(self, person)
        return [*duties, Duty.CASE] if await has_open_case(self, own.contacts) else duties

    async def counts(self, person: str, legal_since: datetime) -> Counts:
        """Count the rows of each kind that an erasure concerns, and those that the law keeps (`kept_…`)."""
        own = await own_addresses(self, person)
        [row] = await self.rows(
            _SQL["counts"], storable(person), legal_since, list(own.refs), list(own.lower)
        )
        return dict(row)

    async def begin(self, person: str, *, by: str, reason: str) -> bool:
        """
        Enter the erasure, close the directory to the person and the addresses to everybody, at once.

        Return whether the hub knows this person at all. A repeated request goes through all of it again.
        """
        if not await self.knows(person):
            return False
        async with self._database.transaction() as run:
            own = await own_addresses(run, person)
            marked = {row["given"]: row["mark"] for row in await run.rows(_SQL["marks"], sorted(own.held))}
            marks, closed = [marked[address] for address in sorted(own.alone)], sorted(marked.values())
            await run.rows(_SQL["begin"], person, storable(by), storable(reason), _words_of(own), marks)
            await run.rows(_SQL["suppress"], closed, _CHANNELS)
            await run.rows(_SQL["forget_suppressions"], closed)
            await run.rows(_SQL["forget_opt_outs"], marks, person)
            await run.rows(_SQL["tombstone"], person, LAST_VERSION)
            await run.rows(_SQL["last_version"], person, LAST_VERSION)
            await run.rows(_SQL["erase_versions"], person)
            for name in ("forget_turns", "forget_account", *_OF_THE_PERSON):
                await run.rows(_SQL[name], person)
        return True

    async def erasure(self, person: str) -> Erasure | None:
        """Return an erasure that was begun."""
        return read_first(Erasure, await self.rows(_SQL["one"], storable(person)))

    async def erased_since(self, since: datetime) -> Sequence[Erased]:
        """Return whose erasure was asked for since then, the first one first."""
        return [read(Erased, row) for row in await self.rows(_SQL["erased_since"], since)]

    async def due(self) -> Sequence[Erasure]:
        """Return those to look at now: which are not over, and those that are, from time to time."""
        return [read(Erasure, row) for row in await self.rows(_SQL["due"])]

    async def left(self, erasure: Erasure, legal_since: datetime) -> bool:
        """Return whether anything of the person is left; a message that is being sent is."""
        [row] = await self.rows(_SQL["left"], erasure.person, legal_since, erasure.marks)
        return bool(row["something"])

    async def messages(self, person: str, after: UUID, limit: int) -> Sequence[UUID]:
        """Return a page of the person's messages, by id."""
        return [row["id"] for row in await self.rows(_SQL["message_page"], person, after, limit)]

    async def erase_messages(self, ids: Collection[UUID], legal_since: datetime) -> int:
        """Erase these, with attempts, inbox entries and letters, except messages that are being sent."""
        [row] = await self.rows(_SQL["erase_messages"], sorted(ids), *span(ids), legal_since, _STOPPED)
        return int(row["n"])

    async def erase_rest(self, erasure: Erasure) -> None:
        """Erase replies, directory versions, copies for webhooks, and dead letters."""
        person, marks = erasure.person, erasure.marks
        for name in ("erase_items", "erase_versions", *_OF_THE_PERSON):
            await self.rows(_SQL[name], person)
        await self.rows(_SQL["erase_replies"], person, marks)
        await self.rows(_SQL["erase_copies"], person, erasure.words)
        named = [word for word in (person.lower(), *erasure.words) if len(word) >= _SHORTEST]
        for name in ("blank_reasons", "blank_communications"):
            await self.rows(_SQL[name], named)
        await self.rows(_SQL["forget_documents"])
        await self._erase_left_behind(_traces([person], erasure.words))
        await self._erase_dead(_traces([person], erasure.words), marks, EPOCH)

    async def erase_events(self, erasure: Erasure, limit: int, legal_since: datetime) -> bool:
        """Erase the person from the next page of events and all about them; return whether more follow."""
        page = await self.rows(_SQL["events"], erasure.cursor or _FIRST, limit)
        if page:
            traces = _traces([erasure.person], erasure.words)
            await self._erase_page(page, traces, erasure.marks, legal_since)
            await self.rows(_SQL["advance"], erasure.person, page[-1]["key"])
        return len(page) == limit

    async def sweep(self, limit: int, legal_since: datetime) -> None:
        """Erase all erased people from the events that have come since the last sweep."""
        [found] = await self.rows(_SQL["swept_until"])
        if found["at"] is None:
            return
        [now] = await self.rows(_SQL["now"])
        since, after = found["at"] - _IN_FLIGHT, _FIRST
        traces = _traces(found["people"], ())
        while page := await self.rows(_SQL["late_events"], since, now["at"], after, limit):
            await self._erase_page(page, traces, found["marks"], legal_since)
            after = page[-1]["key"]
        await self._erase_dead(traces, found["marks"], since)
        await self.rows(_SQL["forget_documents"])
        await self.rows(_SQL["swept"], now["at"])

    async def finish(self, erasure: Erasure, *, is_over: bool) -> None:
        """Note that somebody looked; once it is over, the words to look for are forgotten."""
        await self.rows(_SQL["finish" if is_over else "look"], erasure.person)

    async def _erase_page(
        self, page: Sequence[Record], traces: Traces, marks: Collection[str], legal_since: datetime
    ) -> None:
        values = [row["data"] for row in page]
        whole = await self._with_messages(values, await self._with_addresses(values, traces, marks))
        named = [row for row in page if concerns(row["data"], whole)]
        if not named:
            return
        own = await self._own_cases([row for row in named if row["case_key"] is not None], whole)
        rows = {row["key"]: row for row in named}
        for row in await self.rows(_SQL["of_cases"], sorted(own)) if own else ():
            rows.setdefault(row["key"], row)
        async with self._database.transaction() as run:
            alone = await _erase_rows(run, list(rows.values()), whole)
            cases = {row["case_key"] for row in named if row["case_key"]}
            for row in await run.rows(_SQL["case_parties"], sorted(cases)):
                await _put_party(run, row, whole, alone=row["case_key"] in own)
            await erase_clocks(run, cases, own, alone, whole)
            await run.rows(_SQL["blank_case_notes"], sorted(own))
            await run.rows(_SQL["strip_facts"], list(rows))
            flags = [key in alone for key in rows]
            await run.rows(_SQL["strip_texts"], list(rows), flags, whole.words)
            await run.rows(_SQL["strip_documents"], sorted(alone), legal_since)
            await _erase_inline(run, list(rows), marks, whole.words, legal_since)

    async def _with_addresses(self, values: Sequence[Json], traces: Traces, marks: Collection[str]) -> Traces:
        """Return the traces with those addresses of the values that are theirs, as written."""
        found = {raw: usual for value in values for raw, usual in addresses_in(value).items()}
        if not found or not marks:
            return traces
        rows = await self.rows(_SQL["marks"], sorted({storable(usual) or "" for usual in found.values()}))
        theirs = {row["given"] for row in rows if row["mark"] in set(marks)}
        own = frozenset(raw for raw, usual in found.items() if usual in theirs)
        return replace(traces, addresses=own)

    async def _with_messages(self, values: Sequence[Json], traces: Traces) -> Traces:
        """Return the traces with the messages to them that the values are about."""
        ids = sorted({found for value in values if (found := message_of(value)) is not None})
        if not ids:
            return traces
        rows = await self.rows(_SQL["of_people"], ids, *span(ids), sorted(traces.refs))
        return replace(traces, refs=traces.refs | {row["id"] for row in rows})

    async def _own_cases(self, named: Sequence[Record], traces: Traces) -> frozenset[str]:
        """Return those of the cases whose parties are nobody else."""
        keys = sorted({row["case_key"] for row in named if is_alone(row["data"] or {}, traces)})
        if not keys:
            return frozenset()
        parties: dict[str, list[bool]] = {}
        for row in await self.rows(_SQL["case_parties"], keys):
            if not row["who"].startswith("@"):
                theirs = concerns(row["recipients"], traces) and is_alone({"": row["recipients"]}, traces)
                parties.setdefault(row["case_key"], []).append(theirs)
        return frozenset(case for case, theirs in parties.items() if all(theirs))

    async def _erase_left_behind(self, traces: Traces) -> None:
        """Erase them from parties and clocks, whose events may be dropped."""
        sought = [f'"{ref.lower()}"' for ref in traces.refs] + list(traces.words)
        async with self._database.transaction() as run:
            for row in await run.rows(_SQL["parties"], sought):
                await _put_party(run, row, traces, alone=False)
            await erase_older_clocks(run, traces, sought)

    async def _erase_dead(self, traces: Traces, marks: Collection[str], since: datetime) -> None:
        after = _FIRST
        while page := await self.rows(_SQL["dead_page"], after, _PAGE, since):
            values = [_value(row["body"]) for row in page]
            whole = await self._with_addresses(values, traces, marks)
            found = [row["id"] for row, value in zip(page, values, strict=True) if _is_seen(value, whole)]
            if found:
                await self.rows(_SQL["erase_dead"], found)
            after = page[-1]["id"]


def _traces(people: Collection[str], words: Collection[str]) -> Traces:
    return Traces(refs=frozenset(people), words=tuple(words))


def _words_of(own: OwnAddresses) -> list[str]:
    """Return what to look for in texts of others: names, and addresses that stand for the person alone."""
    return sorted({word.lower() for word in (*own.names, *own.alone) if len(word) >= _SHORTEST})


async def _erase_rows(run: Runner, rows: Sequence[Record], traces: Traces) -> frozenset[UUID]:
    """Erase them from these events; return those that are about nobody else."""
    alone: set[UUID] = set()
    for row in rows:
        data: Mapping[str, Any] = row["data"] or {}
        is_own = is_alone(data, traces)
        left = scrubbed(data, traces, alone=is_own, kept=kept_of(row["type"]))
        if is_own:
            alone.add(row["key"])
        if left != data:
            await run.rows(_SQL["put_event"], row["key"], encode(left), is_own)
    return frozenset(alone)


async def _put_party(run: Runner, row: Record, traces: Traces, *, alone: bool) -> None:
    # As the value of a field: an object at the top counts as a person, too.
    given = {row["who"]: row["recipients"]}
    left = scrubbed(given, traces, alone=alone, kept=kept_wherever())[row["who"]]
    if left != row["recipients"] and not row["who"].startswith("@"):
        await run.rows(_SQL["put_party"], row["case_key"], row["who"], encode(left))


async def _erase_inline(
    run: Runner, keys: Sequence[UUID], marks: Collection[str], names: Collection[str], legal_since: datetime
) -> None:
    """Erase messages to the addresses themselves, which an event named without a reference."""
    ids = [row["id"] for row in await run.rows(_SQL["inline"], keys, list(marks), list(names))]
    if ids:
        await run.rows(_SQL["erase_messages"], sorted(ids), *span(ids), legal_since, _STOPPED)


def _value(body: bytes) -> Json:
    """Read a body: as JSON, or else as text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def _is_seen(value: Json, traces: Traces) -> bool:
    if concerns(value, traces):
        return True
    return isinstance(value, str) and any(ref in value for ref in traces.refs)


async def erase_clocks(
    run: Runner, cases: Collection[str], own: Collection[str], alone: Collection[UUID], traces: Traces
) -> None:
    """Erase them from the clocks of these cases; `own` cases and `alone` events are about nobody else."""
    for row in await run.rows(_SQL["clocks_of_cases"], sorted(cases)):
        await _put(run, row, traces, alone=row["case_key"] in own or row["opened_by"] in alone)


async def erase_older_clocks(run: Runner, traces: Traces, sought: Collection[str]) -> None:
    """Erase them from clocks whose events are dropped: their own data is all that tells of whom they are."""
    for row in await run.rows(_SQL["clocks_left_behind"], list(sought)):
        context: Mapping[str, Any] = row["context"]
        alone = names_them(context, traces) and is_alone(context, traces)
        await _put(run, row, traces, alone=alone)


async def _put(run: Runner, row: Record, traces: Traces, *, alone: bool) -> None:
    left = scrubbed(row["context"], traces, alone=alone, kept=kept_wherever())
    if row["is_follow_up"]:
        # What it publishes must be valid: an empty text is not.
        left = {name: part for name, part in left.items() if part != ""}
    if left != row["context"]:
        await run.rows(_SQL["put_clock"], row["id"], encode(left))
