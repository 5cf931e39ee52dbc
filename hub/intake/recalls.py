"""Recalls: the events of a batch that are taken back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from hub.model import RECALL, AddedEvent, Recall, StoredEvent, type_of

_TYPE: Final = type_of(RECALL)


def recalls_of(added: Iterable[StoredEvent], new: Mapping[UUID, AddedEvent]) -> list[Recall]:
    """
    Return what new events recall, and the new events that were recalled before they came.

    Call it after the messages of the batch are added: an event may come with its recall.
    """
    # Nearly always nothing: the keys are looked at only if something is. Each hash of a UUID is a call.
    recalled = {key for key, event in new.items() if event.recalled}
    rows = [row for row in added if row.event.type == _TYPE or (recalled and row.key in recalled)]
    return [recall_of(row) for row in rows]


def recall_of(stored: StoredEvent) -> Recall:
    """Return the event that a recall takes back; any other event is one that was recalled before it came."""
    event = stored.event
    if event.type == _TYPE:
        return Recall(source=event.data["source"], event_id=event.data["id"], by=stored.key)
    return Recall(source=event.source, event_id=event.id, by=stored.key)
