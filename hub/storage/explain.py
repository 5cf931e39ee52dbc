"""Everything stored about one event and one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import Record
from msgspec import structs

from hub.business_time.dates import as_day
from hub.contact_rules.limits import CONTACT_LIMIT
from hub.messages.planning.unreached_people import NAME
from hub.model import (
    IN_DIGEST,
    Attempt,
    AudienceRecord,
    LeftOut,
    Message,
    State,
    StoredEvent,
    type_of,
)
from hub.model.contact_facts import LastContact
from hub.people.masking import mask_address
from hub.ports import AudienceSnapshot, ExplainFacts, Refused, SentMessage, Unit, UnitVersion, Version
from hub.storage import events, notice_digests, posters, preferences
from hub.storage.database import Runner, Store, encode, load, read, read_first, storable
from hub.storage.later_messages import NOTHING, Later, later_of
from hub.storage.messages import message_of
from hub.storage.waiting_refusals import refusals_of

_SQL = load("explain")
UNREACHED: Final = type_of(NAME)
_FIELDS: Final = ("role", "scope", "duty", "level", "service_area", "on_call", "direction")


class PostgresExplain(Store):
    """Reads only; addresses are masked."""

    async def events(self, asked: str, source: str | None) -> Sequence[StoredEvent]:
        """Return the events with this id, from one source or from any; or the event with this key."""
        rows = await self.rows(_SQL["events"], storable(asked), storable(source))
        return [events.event_of(row) for row in rows] or await self._of_key(asked)

    async def refused(self, event_id: str, source: str | None) -> Refused | None:
        """Return the newest dead letter of this event id."""
        return read_first(Refused, await self.rows(_SQL["refused"], storable(event_id), storable(source)))

    async def facts(self, event: StoredEvent, person: str) -> ExplainFacts:
        """Return all stored facts about the event and the person."""
        person = storable(person) or ""
        async with self._database.transaction() as run:
            kept = [_kept(row) for row in await run.rows(_SQL["audiences"], event.key, person)]
            history = [_version(row) for row in await run.rows(_SQL["history"], person)]
            named = sorted(_named("unit", kept, history))
            units, moves = await _units(run, named), await _unit_history(run, named)
            homes = [*units.values(), *(version.unit for versions in moves.values() for version in versions)]
            return ExplainFacts(
                event=event,
                person=person,
                recall=await _recall(run, event),
                audiences=kept,
                messages=await _messages(run, event.key, person),
                history=history,
                units=units,
                unit_history=moves,
                marks=await preferences.marks_of(run, person),
                alerted_at=await _alerted_at(run, event, person),
                posters=await posters.of_event(run, event.key),
                copropiedades=await _copropiedades(run, kept, history, homes),
            )

    async def _of_key(self, asked: str) -> list[StoredEvent]:
        try:
            key = UUID(asked)
        except ValueError:
            return []
        return list((await events.by_key(self, [key])).values())


async def _alerted_at(run: Runner, event: StoredEvent, person: str) -> datetime | None:
    asked = event.case, UNREACHED, event.event.id, encode([{"person": person}])
    rows = await run.rows(_SQL["alerted"], *asked) if event.case else []
    return rows[0]["time"] if rows else None


async def _recall(run: Runner, event: StoredEvent) -> StoredEvent | None:
    rows = await run.rows(_SQL["recall"], event.event.source, event.event.id)
    return events.event_of(rows[0]) if rows else None


async def _messages(run: Runner, key: UUID, person: str) -> list[SentMessage]:
    found = [message_of(row) for row in await run.rows(_SQL["messages"], key, person)]
    calls: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    for row in await run.rows(_SQL["attempts"], [message.id for message in found]):
        calls[row["message_id"]].append(read(Attempt, row))
    asked = [message.id for message in found]
    reported = {row["message_id"]: row["at"] for row in await run.rows(_SQL["reported"], asked)}
    since = await later_of(run, found)
    collected = [message.id for message in found if message.reason == IN_DIGEST]
    digests = await notice_digests.of_messages(run, person, collected)
    refused = await refusals_of(run, found)
    sent = [
        replace(
            _sent(message, calls[message.id], since.get(message.id, NOTHING), reported.get(message.id)),
            digest=digests.get(message.id),
            refused=refused.get(message.id),
        )
        for message in found
    ]
    return [await _with_contacts(run, one) for one in sent]


async def _with_contacts(run: Runner, sent: SentMessage) -> SentMessage:
    """Add the contacts of the week for which the message waits; most messages wait for none."""
    message = sent.message
    if message.state is not State.HELD or message.reason != CONTACT_LIMIT or message.next_at is None:
        return sent
    rows = await run.rows(_SQL["contacts"], message.person, message.id, as_day(message.next_at))
    return replace(sent, contacts=[read(LastContact, row) for row in rows])


def _sent(
    message: Message, attempts: Sequence[Attempt], since: Later, reported_at: datetime | None
) -> SentMessage:
    return SentMessage(
        message=_masked(message),
        attempts=attempts,
        later=since.message,
        case_open=since.case_open,
        reported_at=reported_at,
    )


async def _units(run: Runner, refs: Sequence[str]) -> Mapping[str, Unit]:
    return {row["id"]: read(Unit, row) for row in await run.rows(_SQL["units"], refs)}


async def _unit_history(run: Runner, refs: Sequence[str]) -> Mapping[str, Sequence[UnitVersion]]:
    versions: defaultdict[str, list[UnitVersion]] = defaultdict(list)
    for row in await run.rows(_SQL["unit_history"], refs):
        versions[row["id"]].append(read(UnitVersion, row, unit=read(Unit, row["data"])))
    return dict(versions)


async def _copropiedades(
    run: Runner, kept: Iterable[AudienceSnapshot], history: Iterable[Version], units: Iterable[Unit]
) -> Mapping[str, str]:
    asked = _named("copropiedad", kept, history) | {unit.copropiedad_id for unit in units}
    rows = await run.rows(_SQL["copropiedades"], sorted(asked))
    return {row["id"]: row["name"] for row in rows}


def _named(kind: str, kept: Iterable[AudienceSnapshot], history: Iterable[Version]) -> set[str]:
    """Return the ids of one kind of scope that the groups and the memberships name."""
    groups = {group.get(f"{kind}_id") or "" for snapshot in kept for group in snapshot.record.groups}
    return (groups | {ref for known, ref in map(_place, history) if known == kind}) - {""}


def _place(version: Version) -> tuple[str, str]:
    kind, _, ref = (version.scope or "").partition(":")
    return kind, ref


def _kept(row: Record) -> AudienceSnapshot:
    left_out = None if row["reason"] is None else read(LeftOut, row, person=row["left_person"])
    return read(AudienceSnapshot, row, record=read(AudienceRecord, row), left_out=left_out)


def _masked(message: Message) -> Message:
    # For the inbox and letters the address is the person's reference, which needs no mask.
    address = "" if message.address in ("", message.person) else mask_address(message.address)
    return structs.replace(message, name="", address=address)


def _version(row: Record) -> Version:
    data: Mapping[str, Any] = row["data"] or {}
    fields = {name: data[name] for name in _FIELDS if name in data}
    return read(Version, row, **fields, person=data.get("person_id"))
