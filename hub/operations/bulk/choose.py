"""Filters of bulk actions: what narrows each kind, and what finds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from hub.errors import InvalidFilter
from hub.model import Json, PropertyScope, State, within
from hub.model.bulk import BulkFilter, BulkKind
from hub.model.letters import LetterState
from hub.storage.filters import OF_MESSAGES

MESSAGES: Final = frozenset({BulkKind.RESEND, BulkKind.CANCEL})
"""Kinds whose rows are messages."""
LETTERS: Final = frozenset({BulkKind.REPLAY, BulkKind.DISCARD})
"""Kinds whose rows are dead letters."""


def check(kind: BulkKind, asked: BulkFilter) -> None:
    """
    Raise InvalidFilter for a field that does not narrow this kind.

    Left aside, it would let the action reach far more rows than were meant.
    """
    given = [name for name in BulkFilter.__struct_fields__ if getattr(asked, name) is not None]
    if unknown := [name for name in given if name not in _FIELDS[kind]]:
        raise InvalidFilter(f"{kind} has no filter {', '.join(unknown)}")
    if asked.state not in {None, *_STATES[kind]}:
        raise InvalidFilter(f"{kind} has no state {asked.state!r}; there are: {', '.join(_STATES[kind])}")


def finds_nothing(kind: BulkKind, asked: BulkFilter, places: PropertyScope) -> bool:
    """Return whether it is for settled dead letters, or for those of one copropiedad, which has none."""
    if kind not in LETTERS:
        return False
    return within(places, asked.copropiedad) is not None or asked.state not in {None, _OPEN}


def without_person(asked: BulkFilter) -> dict[str, Json]:
    """Return the filter as a run keeps it: without the person, whose rights it would otherwise outlive."""
    plain: dict[str, Json] = msgspec.to_builtins(asked)
    return {name: plain[name] for name in BulkFilter.__struct_fields__ if name in plain and name != "person"}


_OPEN: Final = "open"
_MESSAGE_FIELDS: Final = frozenset({*OF_MESSAGES, "only", "copropiedad"})
_FIELDS: Final[Mapping[BulkKind, frozenset[str]]] = {
    BulkKind.RESEND: _MESSAGE_FIELDS | {"also_told"},
    BulkKind.CANCEL: _MESSAGE_FIELDS | {"older"},
    **dict.fromkeys(LETTERS, frozenset({"state", "reason", "event"})),
    BulkKind.PRINTED: frozenset({"state", "copropiedad", "handed_over"}),
}
_STATES: Final[Mapping[BulkKind, tuple[str, ...]]] = {
    BulkKind.RESEND: tuple(State),
    BulkKind.CANCEL: tuple(State),
    **dict.fromkeys(LETTERS, (_OPEN, "replayed", "discarded")),
    BulkKind.PRINTED: tuple(LetterState),
}
