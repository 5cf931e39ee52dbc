"""
Communications that were taken back, step by step: each published part is recalled, nothing is sent any more,
its correction is begun as a draft, and sent by whoever looks at it: to those who had what was wrong, and to
nobody else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.catalog import BY_TYPE
from hub.contact_rules.opt_out_words import folded
from hub.model import CORRECTION, RECALL, Event, Json, Purpose, own_event
from hub.model.actors import HUB
from hub.model.communications import (
    UNCORRECTED,
    UNREAD,
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
from hub.ports import Publisher
from hub.rendering.titles_es import EVENTS
from hub.storage import corrections, recalls
from hub.storage.communications import Move, PostgresCommunications, end_pause
from hub.storage.corrections import PublishedPart, TakenBack
from hub.storage.database import Database, Runner

LATELY: Final = timedelta(days=2)
"""How long ago somebody else's recall may be for the desk to be offered its correction."""
_ABOUT: Final = 150
_TITLE: Final = "Corrección: {about}"
_PAGE: Final = 1_000
"""People of a page."""


async def take_back(row: Communication, *, database: Database, publisher: Publisher, now: datetime) -> None:
    """Do the next step for a recalled communication. Safe to repeat. Raises Unavailable."""
    store, recall = PostgresCommunications(database), row.recall
    if recall is None:
        return
    correction = await store.correction_of(row.id)
    if correction is not None:
        await _follow(row, correction, store, now)
        return
    parts = await store.published(row.plan) if row.plan is not None else ()
    if await recall_all(parts, recall, publisher):
        return
    async with database.transaction() as run:
        if not await settled(run, [part.event_key for part in parts]):
            return
        await end_pause(run, row.id)
    if recall.no_correction:
        await store.move(row.id, Move(to=CommunicationState.CORRECTED, at=now))
    elif not await _has_readers(database, parts):
        await store.move(row.id, Move(to=CommunicationState.CORRECTED, at=now, why=UNREAD))
    else:
        made = correction_of(row, recall)
        await store.add(made, folded(f"{made.title} {recall.wrong_markdown} {recall.correction_markdown}"))


async def _follow(
    row: Communication, correction: Communication, store: PostgresCommunications, now: datetime
) -> None:
    """End it once its correction has left, or was discarded."""
    if correction.started_at is not None:
        await store.move(row.id, Move(to=CommunicationState.CORRECTED, at=now))
    elif correction.state == CommunicationState.CANCELLED:
        await store.move(row.id, Move(to=CommunicationState.CORRECTED, at=now, why=UNCORRECTED))


async def _has_readers(run: Runner, parts: Sequence[PublishedPart]) -> bool:
    async for _ in readers(run, [part.event_key for part in parts], page=1):
        return True
    return False


async def recall_all(parts: Sequence[PublishedPart], recall: Recalled, publisher: Publisher) -> bool:
    """Publish the recalls that are not in yet; return whether there are any. Raises Unavailable."""
    unsaid = [part for part in parts if not part.recalled]
    for part in unsaid:
        await publisher.event(recall_of(part, recall))
    return bool(unsaid)


async def offer_corrections(store: PostgresCommunications, now: datetime) -> int:
    """Begin the correction of what other systems have taken back lately; return how many were begun."""
    found = await corrections.uncorrected(store, earliest(now - LATELY))
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
    return Communication(
        id=uuid8(recall.at, "correction", str(row.id)),
        kind=CORRECTION,
        origin=Origin.DESK,
        title=_TITLE.format(about=row.title),
        draft=Draft(data=data),
        places=row.places,
        by=recall.by,
        made_at=recall.at,
        changed_at=recall.at,
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
    return Communication(
        id=uuid8(one.said_at, "correction", str(one.recall_key)),
        kind=CORRECTION,
        origin=Origin.DESK,
        title=_TITLE.format(about=title),
        draft=Draft(data=data),
        places=None if one.place is None else [one.place],
        by=one.said_by,
        made_at=one.said_at,
        changed_at=one.said_at,
    )


async def settled(run: Runner, event_keys: Collection[UUID]) -> bool:
    """
    Return whether nothing of these recalled events is being sent any more: then their readers are known.

    What a worker has put into an inbox, or among the letters, since the recall is withdrawn then, as the
    recall does with what it finds. Safe to repeat.
    """
    if await corrections.is_being_sent(run, event_keys):
        return False
    await recalls.withdraw(run, await corrections.recalled(run, event_keys))
    return True


async def readers(run: Runner, event_keys: Collection[UUID], *, page: int = _PAGE) -> AsyncIterator[Reader]:
    """
    Yield each person who had a message of these events, or may have had one, with the channels, by event.

    What came back, an entry of an inbox that nobody has read, and a letter that nobody has posted or handed
    over have reached nobody.
    """
    for key in sorted(event_keys):
        found = await corrections.readers(run, key, after="", limit=page)
        while found:
            for reader in found:
                yield reader
            found = await corrections.readers(run, key, after=found[-1].person, limit=page)


async def wrong_of(
    run: Runner, store: PostgresCommunications, draft: Communication
) -> tuple[list[Part], list[ChosenPerson]]:
    """
    Return the parts of a correction, in a fixed order, with their people.

    Who had the same wrong event by the same channels is of one part.
    """
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
    return parts, people


async def _events(store: PostgresCommunications, draft: Communication) -> Sequence[PublishedPart]:
    if draft.corrects is not None:
        about = await store.find(draft.corrects, None, HUB)
        return await store.published(about.plan) if about is not None and about.plan is not None else ()
    wrong = await corrections.wrong(store, UUID(draft.draft.data["references"]["key"]))
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
