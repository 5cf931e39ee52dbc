"""Needs of event types: what each needs from the database, worked out once at start. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from hub import sla
from hub.model import EventType
from hub.people.audience.parties import OPENING, party_words

NO_CASES: Final = frozenset({"unit_id", "subject_id"})
"""Fields whose cases belong to nobody: many systems write about a unit or a person, and none opens it."""


class Needs(Struct, frozen=True, kw_only=True):
    """
    The needs of an event type.

    `audiences` tells whether it has any, `moves` whether it can move clocks or end collection, `reminders`
    whether it has reminders or ends those of others, `schedules` the same of follow-ups, `collects` whether
    it asks for money, and `ends` whether it may end unsent messages of its case, or has messages that others
    may end. `parties` are the parties that its audiences name; `names_parties` tells whether it may name
    them, or the place, for other events of its case. `towers` tells whether the case may say for it which
    towers it is about. `alone` tells whether such an event must see, and be
    seen by, every other event of its case: then no other may be processed at the same time. `opens` tells
    whether it opens its case, whose owner its source then is, or adds to one; None: the case has no owner.
    """

    audiences: bool
    moves: bool
    reminders: bool
    collects: bool
    ends: bool
    schedules: bool
    parties: frozenset[str]
    names_parties: bool
    towers: bool
    alone: bool
    opens: bool | None

    @property
    def lock(self) -> bool:
        """Whether the event concerns the other events of its case."""
        return self.alone or self.moves


def needs_of(kind: EventType) -> Needs:
    """Return the needs of an event type."""
    schedules = bool(kind.follow_ups) or kind.ends_follow_ups
    reminders = bool(kind.reminders) or kind.ends_reminders
    parties = frozenset(word for audience in kind.audiences for word in party_words(audience))
    opening = any(move.move in OPENING for move in kind.clocks)
    moves = bool(kind.clocks) or kind.ends_collection or schedules
    alone = reminders or kind.collects or bool(parties) or not sla.only_ends(kind)
    return Needs(
        audiences=bool(kind.audiences),
        moves=moves,
        reminders=reminders,
        collects=kind.collects,
        ends=reminders or kind.collects or kind.ends_collection,
        schedules=schedules,
        parties=parties,
        names_parties=bool(parties) or opening,
        towers=not opening and any(audience.other_towers for audience in kind.audiences),
        alone=alone,
        opens=opening if (alone or moves) and kind.case not in NO_CASES else None,
    )


def skipping_cases(catalog: Iterable[EventType], needs: Mapping[str, Needs]) -> frozenset[str]:
    """Return the kinds of cases, such as `unit_id`, in which an event may be stored without a replay."""
    skipping = (kind for kind in catalog if needs[kind.name].moves and not needs[kind.name].alone)
    return frozenset(kind.realm + kind.case for kind in skipping)
