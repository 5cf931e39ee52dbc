"""Which rows a bulk action is for: the filters of the lists, in one shape."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from hub.model import Json, PropertyScope, State, Word
from hub.model.bulk import BulkKind
from hub.model.letters import LetterState
from hub.ports import BulkChoice, DeadFilter, LetterFilter, MessageFilter

MESSAGES: Final = frozenset({BulkKind.RESEND, BulkKind.CANCEL})
"""Kinds whose rows are messages."""
LISTS: Final = {"lost": ("failed", "bounced", "expired"), "held": ("held",)}
"""Lists of messages that operators keep asking for: name → states."""


class BulkFilter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    The filter of a list: of messages, of dead letters (`reason`, `event`), or of letters (`state`,
    `copropiedad`, `handed_over`). What is not given does not narrow it.
    """

    state: Word | None = None
    only: Annotated[Word, Meta(description="`lost`: failed, bounced, expired. `held`: waiting.")] | None = (
        None
    )
    channel: Word | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Word | None = None
    person: Annotated[Word, Meta(description="A reference.")] | None = None
    reason: Word | None = None
    purpose: Word | None = None
    copropiedad: Word | None = None
    case: Word | None = None
    since: datetime | None = None
    until: datetime | None = None
    handed_over: bool | None = None


def narrowed(asked: BulkFilter, places: PropertyScope) -> MessageFilter:
    """Return the filter of messages, within these places."""
    fields = {name: getattr(asked, name) for name in _OF_MESSAGES}
    states = LISTS.get(asked.only or "", ())
    return MessageFilter(**fields, states=states, places=within(asked.copropiedad, places))


def within(copropiedad: str | None, places: PropertyScope) -> PropertyScope:
    """Narrow places to a copropiedad; nothing is left of one that is not among them."""
    if copropiedad is None:
        return places
    return frozenset({copropiedad}) if places is None else places & {copropiedad}


def choice_of(kind: BulkKind, asked: BulkFilter, places: PropertyScope) -> BulkChoice:
    """Return what a bulk action of this kind is for."""
    where = within(asked.copropiedad, places)
    if kind in MESSAGES:
        return BulkChoice(kind=kind, which=narrowed(asked, places), places=where)
    if kind is BulkKind.REPLAY:
        return BulkChoice(kind=kind, which=DeadFilter(reason=asked.reason, event=asked.event), places=where)
    known = asked.state if asked.state in set(LetterState) else None
    state = None if known is None else LetterState(known)
    which = LetterFilter(state=state, handed_over=asked.handed_over)
    return BulkChoice(kind=kind, which=which, places=where)


def finds_nothing(choice: BulkChoice) -> bool:
    """Return whether it is for nothing: a state that there is not, dead letters of one copropiedad."""
    if isinstance(choice.which, MessageFilter):
        return choice.which.state not in {None, *State}
    return isinstance(choice.which, DeadFilter) and choice.places is not None


def kept(asked: BulkFilter) -> dict[str, Json]:
    """Return the filter as a run keeps it: without the person, whose rights it would otherwise outlive."""
    plain: dict[str, Json] = msgspec.to_builtins(asked)
    return {name: plain[name] for name in BulkFilter.__struct_fields__ if name in plain and name != "person"}


_OF_MESSAGES: Final = (
    *("state", "channel", "event", "event_id", "person", "reason", "purpose", "case", "since", "until"),
)
