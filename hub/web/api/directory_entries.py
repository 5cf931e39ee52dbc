"""What an entry of the directory that somebody writes belongs to, and whom it names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from hub.model import Event
from hub.ports import Standing

COMPANY: Final = frozenset({"person", "leave"})
"""
Nouns that belong to no copropiedad.

Somebody may live in two: a contact point that one of them mends is where the other's messages go. A leave
hands over whatever a person does, wherever.
"""
_UPSERTED: Final = ".upserted"
_NOWHERE: Final = "none"
"""Where a removed entry stands: nobody reaches it but who reaches everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`scope` is where it is to belong; None takes it out."""

    noun: str
    scope: str | None
    people: frozenset[str]

    @classmethod
    def of(cls, noun: str, event: Event) -> Self:
        """
        Read a `directory.*` event that was validated.

        By its noun: fields that its schema does not know are taken, and mean nothing.
        """
        read = _READERS.get(noun) if event.name.endswith(_UPSERTED) else None
        scope, people = (None, ()) if read is None else read(event.data)
        return cls(noun=noun, scope=scope, people=frozenset(people))

    @property
    def of_the_company(self) -> bool:
        return self.noun in COMPANY

    @property
    def person(self) -> str | None:
        """Whose it is, where it is one person's."""
        return next(iter(self.people)) if len(self.people) == 1 else None

    def scopes_with(self, standing: Standing | None) -> frozenset[str]:
        """Answer all that must be reached: where it stands and where it is to belong."""
        stands = None if standing is None else standing.scope or _NOWHERE
        return frozenset(scope for scope in (self.scope, stands) if scope is not None)


Named = tuple[str | None, Collection[str]]
"""Where an entry is to belong, and the people that it names."""


def _placed(data: Mapping[str, Any]) -> Named:
    return f"copropiedad:{data['copropiedad_id']}", ()


def _owned(data: Mapping[str, Any]) -> Named:
    return None, [data["person_id"]]


def _membership(data: Mapping[str, Any]) -> Named:
    return data["scope"], [data["person_id"]]


def _rota(data: Mapping[str, Any]) -> Named:
    return data["scope"], [shift["person_id"] for shift in data["shifts"]]


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Named]]] = {
    "copropiedad": _placed,
    "unit": _placed,
    "person": _owned,
    "leave": _owned,
    "membership": _membership,
    "rota": _rota,
}
