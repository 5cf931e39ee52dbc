"""A case as one thread: a page of its entries, and all that they name, in a fixed number of statements."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record
from msgspec import Struct

from hub.errors import StorageRefused
from hub.inbound import emergency_replies, replies
from hub.model import TOLD_BY_ANOTHER, Attempt, Inbound, Message, PropertyScope, StoredEvent, type_of
from hub.model.actors import ACCOUNT, of_account
from hub.model.casework import CaseNote, author_of
from hub.model.ids import span
from hub.people.masking import mask_address, mask_name, mask_reference
from hub.people.units import unit_name
from hub.policy.clocks import ESCALATES
from hub.ports.cases import CaseEntry, CaseFacts, CaseMessage, EntryKind, KnownCase, Plain, nowhere_plain
from hub.storage import clocks, events, given_files
from hub.storage.database import Runner, Store, load, read, storable
from hub.storage.filters import listed
from hub.storage.later_messages import NOTHING, later_of
from hub.storage.messages import message_of
from hub.storage.own_addresses import NO_ADDRESS, ByAddress
from hub.storage.replies import inbound_of
from hub.storage.waiting_refusals import refusals_of

_SQL = load("case_threads")
_HEAD: Final = 20
"""Clocks that the head of a case shows at most."""
_ESCALATED: Final = sorted({type_of(name) for name in ESCALATES.values()})
_REPLIED: Final = [type_of(name) for name in (replies.NAME, emergency_replies.NAME)]
"""Events that a reply stands for."""
_OF_CLOCK: Final = "clock_id:"
_PERSON: Final = "person:"
_Position = tuple[datetime, int, str]
_BEGINNING: Final[_Position] = (datetime(1, 1, 1, tzinfo=UTC), 0, "")


class _Text(Struct, frozen=True):
    """The words of a message as they were stored for the inbox or for paper."""

    subject: str | None
    text: str | None


_NO_TEXT: Final = _Text(subject=None, text=None)


class PostgresCases(Store):
    """Reads only. With `places`, what belongs to none of them does not exist."""

    async def named(self, words: Collection[str], ids: Collection[UUID]) -> Collection[str]:
        """
        Return the keys of the cases in which somebody knows these words or ids.

        A word is a radicado or the publisher's id of an event; an id is that of an event, a clock, a message.
        """
        asked = [storable(word) for word in words], list(ids), _ESCALATED
        found = {(row["case_key"], row["clock"]) for row in await self.rows(_SQL["named"], *asked)}
        # The steps of a clock are in other cases: the clock's own case is meant.
        steps = {
            case: clock or case.removeprefix(_OF_CLOCK)
            for case, clock in found
            if clock is not None or case.startswith(_OF_CLOCK)
        }
        of_clocks = await self.rows(_SQL["of_clocks"], [UUID(clock) for clock in steps.values()])
        return {case for case, _ in found if case not in steps} | {row["case_key"] for row in of_clocks}

    async def known(self, cases: Collection[str], *, places: PropertyScope = None) -> Sequence[KnownCase]:
        """Return those of these cases that exist and belong to the places, by key."""
        asked = sorted({storable(case) or "" for case in cases})
        rows = await self.rows(_SQL["known"], asked, listed(places), _ESCALATED)
        firsts: dict[str, StoredEvent] = {}
        for alone in {row["alone"] for row in rows}:
            keys = [row["case"] for row in rows if row["alone"] is alone]
            found = await self.rows(_SQL["first"], keys, listed(places), alone, _ESCALATED)
            firsts |= {row["case_key"]: events.event_of(row) for row in found}
        return [read(KnownCase, row, first=firsts.get(row["case"])) for row in rows]

    async def page(
        self,
        case: KnownCase,
        *,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
        whole: bool = False,
        notes: bool = False,
        plain: Plain = nowhere_plain,
    ) -> CaseFacts:
        """
        Return the entries after this cursor, oldest first. Raises StorageRefused for a foreign cursor.

        `notes`: also those of colleagues, for who may answer there; no record that leaves has them.
        """
        there: tuple[object, ...] = (listed(places), case.alone)
        async with self._database.snapshot() as run:
            head = await clocks.find(run, "of_thread", case.case, *there, _HEAD)
            asked = case.case, *there, *_position(after), limit + 1, _REPLIED, TOLD_BY_ANOTHER, notes
            facts = CaseFacts(case=case.case, first=case.first, head=head, entries=())
            return await _paged(run, facts, await run.rows(_SQL["page"], *asked), limit, plain, whole=whole)

    async def of_person(
        self,
        person: str,
        *,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
        also: ByAddress = NO_ADDRESS,
    ) -> CaseFacts:
        """
        Return the messages to a person, her replies and the events that left her out, whole, oldest first.

        `case` is `person:REF`. With `places`, only rows of these. `also`: those of these addresses, too.
        """
        refs, addresses = also.refs, also.addresses
        by_address = list(refs), list(refs.values()), list(addresses), list(addresses.values())
        asked = storable(person), listed(places), *_position(after), limit + 1, TOLD_BY_ANOTHER, *by_address
        async with self._database.snapshot() as run:
            facts = CaseFacts(case=f"{_PERSON}{person}", first=None, head=(), entries=())
            rows = await run.rows(_SQL["of_person"], *asked)
            return await _paged(run, facts, rows, limit, nowhere_plain, whole=True)


async def _paged(
    run: Runner, facts: CaseFacts, rows: Sequence[Record], limit: int, plain: Plain, *, whole: bool
) -> CaseFacts:
    """Add the entries of a page, and all that they name; one extra row means that there is a next page."""
    entries = [read(CaseEntry, row) for row in rows[:limit]]
    facts = await _with_rows(run, replace(facts, entries=entries), plain, whole=whole)
    facts = await _with_names(run, facts, whole=whole)
    return replace(facts, next=_cursor(entries[-1])) if len(rows) > limit else facts


async def _with_rows(run: Runner, facts: CaseFacts, plain: Plain, *, whole: bool) -> CaseFacts:
    """Add the rows that the entries name, and which of them are plain."""
    ids = _ids(facts.entries)
    rows = await run.rows(_SQL["messages"], sorted(ids[EntryKind.MESSAGE]), *span(ids[EntryKind.MESSAGE]))
    replied = await run.rows(_SQL["replies"], sorted(ids[EntryKind.REPLY]))
    keys = {row["event_key"] for row in rows}
    happened = await events.by_key(run, keys | ids[EntryKind.EVENT] | ids[EntryKind.LEFT_OUT])
    shown = frozenset(
        [row["id"] for row in rows if plain(row["copropiedad_id"])]
        + [row["id"] for row in replied if plain(row["place"])]
        + [key for key, stored in happened.items() if plain(stored.copropiedad_id)]
    )
    unreached, refused = await _beside_events(run, ids[EntryKind.EVENT])
    messages = await _messages(run, [message_of(row) for row in rows])
    said = [inbound_of(row) for row in replied]
    return replace(
        facts,
        plain=shown,
        messages={
            sent.message.id: sent if whole else _masked(sent, plain=sent.message.id in shown)
            for sent in messages
        },
        events=happened,
        replies={each.id: each if whole else _masked_reply(each, plain=each.id in shown) for each in said},
        clocks={clock.id: clock for clock in await clocks.by_id(run, ids[EntryKind.CLOCK])},
        notes={note.id: note for note in await _notes(run, ids[EntryKind.NOTE])},
        unreached=unreached,
        refused=refused,
        files=await given_files.named(run, ids[EntryKind.EVENT] | ids[EntryKind.REPLY] | ids[EntryKind.NOTE]),
    )


async def _beside_events(
    run: Runner, keys: Collection[UUID]
) -> tuple[Mapping[UUID, Sequence[str]], Mapping[UUID, Sequence[str]]]:
    """Return event → why it did not reach all, and event → why extensions that it asked for were refused."""
    unreached: dict[UUID, Sequence[str]] = {}
    refused: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in await run.rows(_SQL["beside_events"], sorted(keys)):
        if row["refusal"] is None:
            unreached[row["event_key"]] = row["reasons"]
        else:
            refused[row["event_key"]].append(row["refusal"])
    return unreached, refused


async def _notes(run: Runner, ids: Collection[UUID]) -> Sequence[CaseNote]:
    return [read(CaseNote, row) for row in await run.rows(_SQL["notes"], sorted(ids))] if ids else []


def _ids(entries: Iterable[CaseEntry]) -> Mapping[EntryKind, set[UUID]]:
    found: defaultdict[EntryKind, set[UUID]] = defaultdict(set)
    for entry in entries:
        found[entry.kind].add(entry.key)
    return found


async def _messages(run: Runner, messages: Sequence[Message]) -> Sequence[CaseMessage]:
    ids = {message.id for message in messages}
    asked = sorted(ids), *span(ids)
    calls: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    for row in await run.rows(_SQL["attempts"], *asked):
        calls[row["message_id"]].append(read(Attempt, row))
    texts = {row["id"]: read(_Text, row) for row in await run.rows(_SQL["texts"], sorted(ids))}
    since, refused = await later_of(run, messages), await refusals_of(run, messages)
    return [
        CaseMessage(
            message=message,
            attempts=calls[message.id],
            later=since.get(message.id, NOTHING).message,
            case_open=since.get(message.id, NOTHING).case_open,
            subject=texts.get(message.id, _NO_TEXT).subject,
            text=texts.get(message.id, _NO_TEXT).text,
            refused=refused.get(message.id),
        )
        for message in messages
    ]


def _masked(sent: CaseMessage, *, plain: bool) -> CaseMessage:
    message = sent.message
    # For the inbox and letters the address is the person's reference, which needs no mask.
    address = "" if message.address in ("", message.person) else mask_address(message.address)
    return replace(
        sent,
        message=msgspec.structs.replace(
            message, name=message.name if plain else mask_name(message.name), address=address
        ),
        attempts=[
            msgspec.structs.replace(call, reference=mask_reference(call.reference)) for call in sent.attempts
        ],
        subject=sent.subject if plain else None,
        text=sent.text if plain else None,
    )


def _masked_reply(inbound: Inbound, *, plain: bool) -> Inbound:
    reply = replace(inbound.reply, address=mask_address(inbound.reply.address))
    if plain:
        return replace(inbound, reply=reply)
    about = replace(inbound.about, name=mask_name(inbound.about.name))
    return replace(inbound, reply=replace(reply, text="", subject=""), about=about)


async def _with_names(run: Runner, facts: CaseFacts, *, whole: bool) -> CaseFacts:
    """Add the names of the people and places that the rows name by reference."""
    acting, others = _acting(facts), _others(facts)
    refs = sorted(acting | others)
    known = acting | _plain_people(facts)
    accounts = [ref.removeprefix(ACCOUNT) for ref in refs if ref.startswith(ACCOUNT)]
    named = {row["ref"]: row["name"] for row in await run.rows(_SQL["names"], refs, accounts)}
    stored = [*facts.events.values(), *([facts.first] if facts.first else [])]
    homes = {event.copropiedad_id for event in stored if event.copropiedad_id is not None}
    units = {event.unit_id for event in stored if event.unit_id is not None}
    places = await run.rows(_SQL["places"], sorted(homes), sorted(units))
    return replace(
        facts,
        names={ref: name if whole or ref in known else mask_name(name) for ref, name in named.items()},
        copropiedades={row["id"]: row["name"] for row in places if row["kind"] == "copropiedad"},
        units={row["id"]: unit_name(row["tower"], row["name"]) for row in places if row["kind"] == "unit"},
    )


def _acting(facts: CaseFacts) -> set[str]:
    """Return the staff who have taken a clock on, acknowledged something, or are in a note, by reference."""
    clocks_seen = [*facts.head, *facts.clocks.values()]
    taken = {ack.by for clock in clocks_seen for ack in clock.course.acknowledged}
    noted = {
        ref
        for note in facts.notes.values()
        for ref in (note.by, note.about or "", *note.told, *map(of_account, note.untold))
    }
    authors = {by for stored in facts.events.values() if (by := author_of(stored)) is not None}
    return taken | noted | authors


def _others(facts: CaseFacts) -> set[str]:
    replied = {reply.about.person for reply in facts.replies.values()}
    return {ref for ref in replied | {entry.person for entry in facts.entries} if ref is not None}


def _plain_people(facts: CaseFacts) -> set[str | None]:
    """Return whose names a plain entry says; a person who was left out is in the entry of the event."""
    replied = {reply.about.person for reply in facts.replies.values() if reply.id in facts.plain}
    return replied | {entry.person for entry in facts.entries if entry.key in facts.plain}


def _cursor(entry: CaseEntry) -> str:
    """Encode the position after an entry."""
    return base64.urlsafe_b64encode(msgspec.json.encode((entry.at, entry.rank, entry.id))).decode()


def _position(after: str | None) -> _Position:
    if after is None:
        return _BEGINNING
    try:
        at, rank, entry = msgspec.json.decode(base64.urlsafe_b64decode(after), type=_Position)
    except (ValueError, msgspec.MsgspecError) as exc:
        raise StorageRefused("The cursor is not one that a list has given.") from exc
    return at, rank, entry
