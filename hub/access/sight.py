"""
Sight: what of a person's data a caller sees where, by duty. Whatever masks asks here; nothing else decides.

    duty ▸ field ▸ how it is shown; of several duties in a place the best one counts

A duty is a scope in some copropiedades. Whoever must answer people there (`operate`) sees who they are and
what they say; docs/data-protection.md says why that is lawful.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from hub.model import EVERYTHING, NOWHERE, PropertyScope, Reach, Scope, union


class Duty(StrEnum):
    """Why somebody sees data of people, with the scope that gives it."""

    LOOK = Scope.READ
    """Knows how the work goes."""
    ANSWER = Scope.OPERATE
    """Must answer, call and write to people."""
    PRIVATE = Scope.PRIVACY
    """Answers for the data itself: rights, proofs, complaints."""


class Field(StrEnum):
    """A kind of data about a person."""

    NAME = "name"
    UNIT = "unit"
    WORDS = "words"
    """What a person wrote, and what was written to them."""
    OPINION = "opinion"
    """The score and the comment of a survey: whoever answers people need not know who was not satisfied."""
    CONTACT = "contact"
    """A full address or telephone number."""
    DOCUMENT = "document"
    """A document of identity, and a paper as it is printed."""
    PROOF = "proof"
    """What proves a consent or a message: bytes, headers, constancias, exports."""
    PAYLOAD = "payload"
    """The data of an event as it came."""


class Shown(IntEnum):
    """How a field is shown; a greater one shows more."""

    HIDDEN = 0
    MASKED = 1
    NOTED = 2
    """By an act of its own, which is in the audit with the person."""
    PLAIN = 3


_H, _M, _N, _P = Shown
TABLE: Final[Mapping[Field, Mapping[Duty, Shown]]] = {
    Field.NAME:     {Duty.LOOK: _M, Duty.ANSWER: _P, Duty.PRIVATE: _N},
    Field.UNIT:     {Duty.LOOK: _P, Duty.ANSWER: _P, Duty.PRIVATE: _P},
    Field.WORDS:    {Duty.LOOK: _H, Duty.ANSWER: _P, Duty.PRIVATE: _N},
    Field.OPINION:  {Duty.LOOK: _H, Duty.ANSWER: _H, Duty.PRIVATE: _N},
    Field.CONTACT:  {Duty.LOOK: _M, Duty.ANSWER: _N, Duty.PRIVATE: _N},
    Field.DOCUMENT: {Duty.LOOK: _H, Duty.ANSWER: _H, Duty.PRIVATE: _N},
    Field.PROOF:    {Duty.LOOK: _H, Duty.ANSWER: _H, Duty.PRIVATE: _N},
    Field.PAYLOAD:  {Duty.LOOK: _H, Duty.ANSWER: _H, Duty.PRIVATE: _N},
}  # fmt: skip
"""Field → duty → how it is shown; docs/access.md prints it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one caller sees, by the scopes that they have in each place."""

    reach: Reach

    def shown(self, field: Field, place: str | None) -> Shown:
        """Return how a field of what belongs to this place is shown; None is the whole company."""
        duties = TABLE[field].items()
        return max((how for duty, how in duties if _has(self.with_duty(duty), place)), default=Shown.HIDDEN)

    def is_plain(self, field: Field, place: str | None) -> bool:
        """Return whether it is shown there without an act of its own."""
        return self.shown(field, place) is Shown.PLAIN

    def names(self, place: str | None) -> bool:
        """Return whether people are named there: for lists, row by row."""
        return self.is_plain(Field.NAME, place)

    def is_plain_in(self, field: Field, places: PropertyScope) -> bool:
        """Return whether it is plain in all of these places: for rows that do not say theirs."""
        there = self.where(field, Shown.PLAIN)
        return places != NOWHERE and union(there, places) == there

    def where(self, field: Field, least: Shown = Shown.NOTED) -> PropertyScope:
        """Return the places where a field is shown at least so."""
        places = NOWHERE
        for duty, how in TABLE[field].items():
            places = union(places, self.with_duty(duty) if how >= least else NOWHERE)
        return places

    def with_duty(self, duty: Duty) -> PropertyScope:
        """Return the places where the caller has this duty."""
        return self.reach.get(Scope(duty), NOWHERE)


EVERY_SIGHT: Final = Sight(EVERYTHING)
"""That of a shell on the hub's own machine."""


def _has(places: PropertyScope, place: str | None) -> bool:
    return places is None or place in places
