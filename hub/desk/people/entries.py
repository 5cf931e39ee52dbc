"""The scope of a directory entry to be written, and the people it names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from hub.model import Event
from hub.ports import EntryScope

COMPANY: Final = frozenset({"person", "leave"})
"""
Nouns that belong to no copropiedad.

A person may live in two: a contact point that one of them corrects also receives the other's messages. A
leave applies to all duties of a person, in every copropiedad.
"""
_UPSERTED: Final = ".upserted"
_NOWHERE: Final = "none"
"""Scope of a removed entry: it takes a caller who reaches everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`scope` is where the entry will belong; None for a removal, and for a noun without a copropiedad."""

    noun: str
    scope: str | None
    people: frozenset[str]

    @classmethod
    def of(cls, noun: str, event: Event) -> Self:
        """
        Read a validated `directory.*` event.

        Only the fields of its noun count: a schema allows unknown fields, and they mean nothing.
        """
        read = _READERS.get(noun) if event.name.endswith(_UPSERTED) else None
        scope, people = (None, ()) if read is None else read(event.data)
        return cls(noun=noun, scope=scope, people=frozenset(people))

    @property
    def of_the_company(self) -> bool:
        return self.noun in COMPANY

    @property
    def person(self) -> str | None:
        """The only person it names; None if it names none or several."""
        return next(iter(self.people)) if len(self.people) == 1 else None

    def scopes_with(self, stored: EntryScope | None) -> frozenset[str]:
        """Return all scopes that the caller must reach: the stored one and the new one."""
        stands = None if stored is None else stored.scope or _NOWHERE
        return frozenset(scope for scope in (self.scope, stands) if scope is not None)


Named = tuple[str | None, Collection[str]]
"""(scope, people) of an entry."""


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Named]]] = {
    **dict.fromkeys(("copropiedad", "unit"), lambda data: (f"copropiedad:{data['copropiedad_id']}", ())),
    **dict.fromkeys(("person", "leave"), lambda data: (None, [data["person_id"]])),
    "membership": lambda data: (data["scope"], [data["person_id"]]),
    "rota": lambda data: (data["scope"], [shift["person_id"] for shift in data["shifts"]]),
}
