"""
Communications that were taken back, step by step: each published part is recalled, nothing is sent any more,
its correction is begun as a draft, and sent by whoever looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.catalog import BY_TYPE
from hub.contact_rules.opt_out_words import folded
from hub.model import CORRECTION, RECALL, Event, Json, Purpose, own_event
from hub.model.communications import (
    ChosenPerson,
    Communication,
    CommunicationState,
    Draft,
    Origin,
    Part,
    Recalled,
    part_id,
)
from hub.model.events import Reader
from hub.model.ids import earliest, uuid8
from hub.operations.communications.corrections import readers, settled
from hub.ports import Publisher
from hub.rendering.titles_es import EVENTS
from hub.storage import corrections
from hub.storage.communications import Move, PostgresCommunications, PublishedPart, TakenBack
from hub.storage.database import Database, Runner

LATELY: Final = timedelta(days=2)
"""How long ago somebody else's recall may be for the desk to be offered its correction."""
_ABOUT: Final = 150


class Wrong(Struct, frozen=True, kw_only=True):
    """Parts of a correction: who had the wrong message by the same channels is of one part."""

    parts: list[Part]
    people: list[ChosenPerson]


async def take_back(
    row: Communication, *, database: Database, publisher: Publisher, now: datetime
) -> Communication | None:
    """
    Do the next step for a recalled communication; return it where it is corrected now. Safe to repeat.

    Raises BrokerUnavailable, StorageUnavailable.
    """
    store = PostgresCommunications(database)
    recall, parts = row.recall, await store.published(row.plan) if row.plan is not None else ()
    if recall is None:
        return None
    keys = [part.event_key for part in parts]
    known = set(await corrections.recalled(database, keys))
    if unsaid := [part for part in parts if part.event_key not in known]:
        for part in unsaid:
            await publisher.event(recall_of(part, recall))
        return None
    async with database.transaction() as run:
        if not await settled(run, keys):
            return None
    if recall.no_correction:
        return await store.move(row.id, Move(to=CommunicationState.CORRECTED, at=now))
    correction = await store.correction_of(row.id)
    if correction is None:
        made = correction_of(row, recall)
        await store.add(made, folded(f"{made.title} {recall.wrong_markdown} {recall.correction_markdown}"))
    elif correction.started_at is not None:
        return await store.move(row.id, Move(to=CommunicationState.CORRECTED, at=now))
    return None


async def offer_corrections(store: PostgresCommunications, now: datetime) -> int:
    """Begin the correction of what other systems have taken back lately; return how many were begun."""
    found = await store.uncorrected(earliest(now - LATELY))
    for one in found:
        made = offered(one)
        await store.add(made, folded(f"{made.title} {one.correction_markdown}"))
    return len(found)


def recall_of(part: PublishedPart, recall: Recalled) -> Event:
    """Make the event that takes a part back: the same at each try."""
    said = {"correction_markdown": recall.correction_markdown, "no_correction": recall.no_correction}
    data: Mapping[str, Json] = {
        "source": part.source,
        "id": part.event_id,
        "reason": recall.reason,
        **{name: text for name, text in said.items() if text},
    }
    return own_event(RECALL, f"recall:{part.event_key}", data, time=recall.at)


def correction_of(row: Communication, recall: Recalled) -> Communication:
    """Make the draft of the correction of a communication: the same at each try."""
    data = {
        "about": row.title[:_ABOUT],
        "wrong_markdown": recall.wrong_markdown,
        "correction_markdown": recall.correction_markdown,
    }
    return _draft(
        uuid8(recall.at, "correction", str(row.id)),
        row.title,
        data,
        places=row.places,
        by=recall.by,
        at=recall.at,
        origin=row.origin,
        corrects=row.id,
    )


def offered(one: TakenBack) -> Communication:
    """Make the draft of the correction of another system's event."""
    title = one.title or EVENTS.get(BY_TYPE[one.event].name, "") or one.event
    data: dict[str, Json] = {
        "about": title[:_ABOUT],
        "wrong_markdown": one.reason or "",
        "correction_markdown": one.correction_markdown,
        "references": {"key": str(one.event_key)},
    }
    return _draft(
        uuid8(one.said_at, "correction", str(one.recall_key)),
        title,
        data,
        places=None if one.place is None else [one.place],
        by=one.said_by,
        at=one.said_at,
        origin=Origin.EVENT,
        corrects=None,
    )


async def wrong_of(run: Runner, store: PostgresCommunications, draft: Communication) -> Wrong:
    """Return the parts of a correction: for each wrong event and set of channels one, in a fixed order."""
    found: dict[tuple[UUID, tuple[str, ...], bool], list[Reader]] = {}
    events = {part.event_key: part for part in await _events(store, draft)}
    seen: set[str] = set()
    async for reader in readers(run, events):
        if reader.person not in seen:
            seen.add(reader.person)
            key = reader.event_key, tuple(sorted(reader.channels)), reader.legal
            found.setdefault(key, []).append(reader)
    parts, people = list[Part](), list[ChosenPerson]()
    for number, key in enumerate(sorted(found)):
        event, first = events[key[0]], not any(one.place == events[key[0]].place for one in parts)
        parts.append(_part(draft, number, event, key[1], legal=key[2], on_boards=first and event.hung))
        people += [ChosenPerson(person=one.person, part=number) for one in found[key]]
    return Wrong(parts=parts, people=people)


async def _events(store: PostgresCommunications, draft: Communication) -> Sequence[PublishedPart]:
    if draft.corrects is not None:
        plan = await store.plan_of_started(draft.corrects)
        return await store.published(plan) if plan is not None else ()
    wrong = await store.wrong(UUID(draft.draft.data["references"]["key"]))
    return [wrong] if wrong is not None else ()


def _part(
    draft: Communication,
    number: int,
    event: PublishedPart,
    channels: tuple[str, ...],
    *,
    legal: bool,
    on_boards: bool,
) -> Part:
    data: dict[str, Json] = {
        **draft.draft.data,
        "copropiedad_id": event.place,
        "correction_id": str(draft.id),
        "references": {"source": event.source, "id": event.event_id, "key": str(event.event_key)},
        "channels": list(channels),
        "purpose": str(Purpose.LEGAL if legal else Purpose.SERVICE),
    }
    # One poster corrects another.
    return Part(
        part=number, place=event.place, event_id=part_id(draft.id, number), data=data, on_boards=on_boards
    )


def _draft(
    number: UUID,
    about: str,
    data: Mapping[str, Json],
    *,
    places: Sequence[str] | None,
    by: str,
    at: datetime,
    origin: Origin,
    corrects: UUID | None,
) -> Communication:
    return Communication(
        id=number,
        kind=CORRECTION,
        origin=origin,
        state=CommunicationState.DRAFT,
        version=1,
        title=f"Corrección: {about}",
        draft=Draft(data=data),
        places=None if places is None else list(places),
        by=by,
        person=None,
        made_at=at,
        changed_at=at,
        corrects=corrects,
    )
