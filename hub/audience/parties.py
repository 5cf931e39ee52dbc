"""Whom an event speaks to: the words of the catalogue turned into groups that a directory can look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hub.audience.contacts import recipient
from hub.audience.groups import RESIDENTS, Addressee, Group, Unknown
from hub.model import HUB_SOURCE, Audience, EventType, Json, Move, Party, StoredEvent

ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "residents": RESIDENTS,
    "owners": ("owner",),
    "council": ("council",),
    "proxies": ("proxy",),
    "auditors": ("auditor",),
    "auditor": ("auditor",),
}
"""The words of audiences → the roles of memberships."""

Parties = Mapping[tuple[str, str], Json]

ADDRESS: Final = "address"
"""`address:notify`: who reads the email addresses that the event lists there; of none nobody waits."""

PLACE: Final = "@place"
"""The party that stands for where a case happens: {"copropiedad_id", "unit_id"}."""


def parties_of(stored: StoredEvent, event_type: EventType) -> list[Party]:
    """Answer whom the event names for its case, and the place of the case."""
    if stored.case is None:
        return []
    words = {word for audience in event_type.audiences for word in party_words(audience)}
    named = {word: stored.event.data[word] for word in sorted(words) if word in stored.event.data}
    opens = any(move.move is Move.START for move in event_type.clocks)
    if opens and stored.copropiedad_id is not None:
        named[PLACE] = {"copropiedad_id": stored.copropiedad_id, "unit_id": stored.unit_id}
    return [
        Party(case=stored.case, who=who, recipients=recipients, since=stored.event.time)
        for who, recipients in named.items()
    ]


def party_words(audience: Audience) -> list[str]:
    """Answer the words of an audience that are people named by the event or its case."""
    return [word for word in audience.who if _is_party(word)]


def addressees(audience: Audience, stored: StoredEvent, parties: Parties) -> list[Addressee]:
    """Turn the words of an audience into groups to look up, strangers, and unknown parties."""
    data = stored.event.data
    if any(str(data.get(key)) != value for key, value in audience.when.items()):
        return []
    found: list[Addressee] = []
    for word in audience.who:
        found.extend(_party(word, stored, parties) if _is_party(word) else _others(word, stored))
    return found


def _is_party(word: str) -> bool:
    return ":" not in word and word not in _PLAIN_WORDS


def _party(who: str, stored: StoredEvent, parties: Parties) -> list[Addressee]:
    recipients = stored.event.data.get(who)
    if recipients is None and stored.case is not None:
        recipients = parties.get((stored.case, who))
    if recipients is None:
        # What the hub says itself comes after the case has spoken: whom that did not name, nobody will.
        return [] if stored.event.source == HUB_SOURCE else [Unknown(who=who)]
    return [recipient(one) for one in (recipients if isinstance(recipients, list) else [recipients])]


def _others(word: str, stored: StoredEvent) -> list[Addressee]:
    kind, _, key = word.partition(":")
    if kind == ADDRESS:
        return [recipient({"email": address}) for address in stored.event.data.get(key) or ()]
    return [_group(word, stored)]


def _group(word: str, stored: StoredEvent) -> Group:
    if plain := _PLAIN_WORDS.get(word):
        return plain(stored)
    kind, _, rest = word.partition(":")
    return _KINDS[kind](rest, stored)


def _unit(roles: tuple[str, ...], stored: StoredEvent) -> Group:
    return Group(roles=roles, unit_id=stored.unit_id or "")


def _copropiedad(plural: str, stored: StoredEvent) -> Group:
    return Group(roles=ROLES[plural], copropiedad_id=stored.copropiedad_id or "")


def _zone(plural: str, stored: StoredEvent) -> Group:
    zones: Sequence[str] = stored.event.data.get("zones") or ()
    towers = tuple(sorted(zone.removeprefix("tower:") for zone in zones))
    return Group(roles=ROLES[plural], copropiedad_id=stored.copropiedad_id or "", towers=towers)


def _staff(duty: str, stored: StoredEvent) -> Group:
    return Group(
        duty=duty,
        copropiedad_id=stored.copropiedad_id,
        service_area=stored.event.data.get("service_area"),
    )


def _level(key: str, stored: StoredEvent) -> Group:
    return Group(
        level=int(stored.event.data[key]),
        copropiedad_id=stored.copropiedad_id,
        service_area=stored.event.data.get("service_area"),
    )


_PLAIN_WORDS: Final[Mapping[str, Callable[[StoredEvent], Group]]] = {
    "owner": lambda stored: _unit(("owner",), stored),
    "payer": lambda stored: _unit(("payer",), stored),
    "clock_holder": lambda stored: _level("level", stored),
}
_KINDS: Final[Mapping[str, Callable[[str, StoredEvent], Group]]] = {
    "unit": lambda plural, stored: _unit(ROLES[plural], stored),
    "copropiedad": _copropiedad,
    "zone": _zone,
    "staff": _staff,
    "level": _level,
}
