"""New messages in the inboxes of some people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxArrival:
    """An entry of a person, at its place in the order in which entries are stored."""

    place: int
    person: str
    item: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxArrivals:
    """`newest` is the last place of anybody's."""

    newest: int
    found: Sequence[InboxArrival]
