"""Filters of bulk actions: those of the lists, in one shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from hub.errors import InvalidFilter
from hub.model import Instant, Json, PropertyScope, State, Word, within
from hub.model.bulk import BulkKind
from hub.model.letters import LetterState
from hub.model.message_lists import LISTS, ONLY, MessageList
from hub.ports import BulkChoice, DeadFilter, LetterFilter, MessageFilter

MESSAGES: Final = frozenset({BulkKind.RESEND, BulkKind.CANCEL})
"""Kinds whose rows are messages."""
LETTERS: Final = frozenset({BulkKind.REPLAY, BulkKind.DISCARD})
"""Kinds whose rows are dead letters."""


class BulkFilter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    The filter of a list: of messages, of dead letters (`reason`, `event`), or of letters (`state`,
    `copropiedad`, `handed_over`). A field that is not given does not narrow it.
    """

    state: Word | None = None
    only: Annotated[MessageList, Meta(description=ONLY)] | None = None
    channel: Word | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Word | None = None
    person: Annotated[Word, Meta(description="A reference.")] | None = None
    reason: Word | None = None
    purpose: Word | None = None
    copropiedad: Word | None = None
    case: Word | None = None
    since: Instant | None = None
    until: Instant | None = None
    handed_over: bool | None = None
    also_told: Annotated[
        bool | None, Meta(description="Of `resend`: also people whom another message has reached.")
    ] = None
    older: Annotated[
        bool | None,
        Meta(
            description="Of `cancel`: what the copy of a restored hub had planned, `sending` too. "
            "Once none of it is left, the hub's pause of everything ends."
        ),
    ] = None


def narrowed(asked: BulkFilter, places: PropertyScope) -> MessageFilter:
    """Return the filter of messages, within these places."""
    fields = {name: getattr(asked, name) for name in _OF_MESSAGES}
    states = () if asked.only is None else LISTS[asked.only]
    return MessageFilter(**fields, states=states, places=within(places, asked.copropiedad))


def choice_of(kind: BulkKind, asked: BulkFilter, places: PropertyScope) -> BulkChoice:
    """Return the choice of a bulk action of this kind."""
    where = within(places, asked.copropiedad)
    if kind in MESSAGES:
        return BulkChoice(
            kind=kind,
            which=narrowed(asked, places),
            places=where,
            also_told=bool(asked.also_told),
            older=bool(asked.older),
        )
    if kind in LETTERS:
        return BulkChoice(kind=kind, which=DeadFilter(reason=asked.reason, event=asked.event), places=where)
    state = None if asked.state is None else LetterState(asked.state)
    which = LetterFilter(state=state, handed_over=asked.handed_over)
    return BulkChoice(kind=kind, which=which, places=where)


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


def finds_nothing(choice: BulkChoice, asked: BulkFilter) -> bool:
    """Return whether it is for settled dead letters, or for those of one copropiedad, which has none."""
    if choice.kind not in LETTERS:
        return False
    return choice.places is not None or asked.state not in {None, _OPEN}


def without_person(asked: BulkFilter) -> dict[str, Json]:
    """Return the filter as a run keeps it: without the person, whose rights it would otherwise outlive."""
    plain: dict[str, Json] = msgspec.to_builtins(asked)
    return {name: plain[name] for name in BulkFilter.__struct_fields__ if name in plain and name != "person"}


_OPEN: Final = "open"
_OF_MESSAGES: Final = (
    *("state", "channel", "event", "event_id", "person", "reason", "purpose", "case", "since", "until"),
)
_MESSAGE_FIELDS: Final = frozenset({*_OF_MESSAGES, "only", "copropiedad"})
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
