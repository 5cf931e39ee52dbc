"""The recipients of an event: groups for the directory to look up, and the parties of its case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from msgspec import structs

from hub.contact_rules.purposes import NEED_CONSENT
from hub.model import HUB_SOURCE, Audience, EventType, Json, Move, Party, StoredEvent
from hub.model.communications import chosen_of
from hub.people.audience.asking import ZONES, group_of, scene_of, towers_in
from hub.people.audience.contacts import is_anonymous, recipient
from hub.people.audience.groups import RESIDENTS, Addressee, Group, Unknown
from hub.people.audience.language import Term, parse
from hub.people.audience.names import ADDRESS, LEVEL, PARTY

Parties = Mapping[tuple[str, str], Json]
Operators = Mapping[str, Sequence[Addressee]]
NO_OPERATORS: Final[Operators] = MappingProxyType({})

_NAMED_BY: Final[Mapping[str, str]] = {"data_subject": "subject_id"}
"""Parties → the field with their person_id, if neither the event nor its case describes them."""

EVERY_SEGMENT: Final = "todos"
SEGMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "propietarios": ("owner",),
    "residentes": RESIDENTS,
    "arrendatarios": ("tenant",),
}
"""The values of a `segment_by` field besides EVERY_SEGMENT → the roles of its people."""

OPENING: Final = frozenset({Move.START, Move.CHECK})
"""An event with such a move tells the place of its case."""

BOTH: Final = "both"
"""The value of the field `who_by` that selects all words of an audience."""

PLACE: Final = "@place"
"""The pseudo-party with the place of a case: {"copropiedad_id", "unit_id"}, and its "zones" if it has any."""


def parties_of(stored: StoredEvent, event_type: EventType) -> list[Party]:
    """Return the parties that the event names for its case, and the place of the case."""
    if stored.case is None:
        return []
    words = {word for audience in event_type.audiences for word in party_words(audience)}
    named = {word: stored.event.data[word] for word in sorted(words) if word in stored.event.data}
    opens = any(move.move in OPENING for move in event_type.clocks)
    if opens and stored.copropiedad_id is not None:
        zones = {ZONES: zones} if (zones := stored.event.data.get(ZONES)) else {}
        named[PLACE] = {"copropiedad_id": stored.copropiedad_id, "unit_id": stored.unit_id, **zones}
    return [
        Party(case=stored.case, who=who, recipients=recipients, since=stored.event.time)
        for who, recipients in named.items()
    ]


def party_words(audience: Audience) -> list[str]:
    """Return the words of an audience that are parties of the event or its case."""
    return [word for word in audience.who if parse(word).word == PARTY]


def named_in(stored: StoredEvent, who: str, parties: Parties) -> Json:
    """Return the party as the event names it, or else its case; None where neither does."""
    return stored.event.data.get(who) or parties.get((stored.case or "", who))


def applies(audience: Audience, stored: StoredEvent) -> bool:
    """Return whether the event's data match the audience's condition."""
    if not audience.when:
        return True
    data = stored.event.data
    return all(str(data.get(key)) == value for key, value in audience.when.items())


def addressees(
    audience: Audience, stored: StoredEvent, parties: Parties, operators: Operators = NO_OPERATORS
) -> list[Addressee]:
    """
    Turn the words of an audience into groups to look up, strangers, and unknown parties.

    `operators` are those whose addresses the policy names, by table.
    """
    if audience.when and not applies(audience, stored):
        return []
    if audience.narrowable and (chosen := chosen_of(stored.event)) is not None:
        return [Group(chosen=chosen)]
    found = [
        addressee
        for word in (audience.who if audience.who_by is None else _named(audience, audience.who_by, stored))
        for addressee in _addressees(parse(word), stored, parties, operators)
    ]
    towers = towers_of(stored, parties) if audience.other_towers else ()
    if not (towers or audience.segment_by or audience.purpose in NEED_CONSENT):
        return found
    asked = _asked(audience, stored, towers)
    return [structs.replace(one, **asked) if isinstance(one, Group) else one for one in found]


def _asked(audience: Audience, stored: StoredEvent, towers: tuple[str, ...]) -> dict[str, Any]:
    """Return what an audience asks of its groups besides their words."""
    asked: dict[str, Any] = {"near": towers} if towers else {}
    if audience.purpose in NEED_CONSENT:
        asked["authorised"] = str(audience.purpose)
    segment = stored.event.data[audience.segment_by] if audience.segment_by else EVERY_SEGMENT
    return asked if segment == EVERY_SEGMENT else {**asked, "roles": SEGMENTS[segment]}


def towers_of(stored: StoredEvent, parties: Parties) -> tuple[str, ...]:
    """Return the towers that an event names, or else those of its case: news are of where the danger is."""
    known = parties.get((stored.case or "", PLACE)) or {}
    return towers_in(stored.event.data if stored.event.data.get(ZONES) else known)


def _named(audience: Audience, field: str, stored: StoredEvent) -> list[str]:
    """Return the word of an audience that the event names in this field (`owners`, a duty), or both."""
    named = stored.event.data[field]
    return [word for word in audience.who if named in {parse(word).word, parse(word).value, BOTH}]


def _addressees(
    term: Term, stored: StoredEvent, parties: Parties, operators: Operators
) -> Sequence[Addressee]:
    if term.word == PARTY:
        return _party(term.value, stored, parties)
    if term.word == ADDRESS:
        return operators.get(term.value, ())
    return [group_of(_with_level(term, stored), scene_of(stored))]


def _with_level(term: Term, stored: StoredEvent) -> Term:
    """Replace the field of `level:to_level` with the event's level."""
    if term.word != LEVEL or term.value.isdigit():
        return term
    return replace(term, value=str(int(stored.event.data[term.value])))


def _party(who: str, stored: StoredEvent, parties: Parties) -> list[Addressee]:
    recipients = stored.event.data.get(who)
    if recipients is None and stored.case is not None:
        recipients = parties.get((stored.case, who))
    if recipients is None and (ref := stored.event.data.get(_NAMED_BY.get(who, ""))):
        recipients = {"ref": ref}
    if recipients is None:
        # The hub's own events follow those of the case, so a party that is unknown now stays unknown.
        return [] if stored.event.source == HUB_SOURCE else [Unknown(who=who)]
    named = recipients if isinstance(recipients, list) else [recipients]
    return [recipient(raw) for raw in named if not is_anonymous(raw)]
