"""What an entry of the directory that somebody writes belongs to, and whom it names. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from hub.model import Event
from hub.ports import Standing

COMPANY: Final = frozenset({"person", "leave"})
"""
Nouns that belong to no copropiedad.

Somebody may live in two: a contact point that one of them mends is where the other's messages go. A leave
hands over whatever a person does, wherever.
"""
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
        """Read a `directory.*` event that was validated."""
        data = event.data
        placed = data.get("copropiedad_id")
        scope = f"copropiedad:{placed}" if placed is not None else data.get("scope")
        named = [data.get("person_id"), *(shift.get("person_id") for shift in data.get("shifts") or ())]
        return cls(noun=noun, scope=scope, people=frozenset(ref for ref in named if ref is not None))

    @property
    def of_the_company(self) -> bool:
        return self.noun in COMPANY

    def scopes_with(self, standing: Standing | None) -> frozenset[str]:
        """Answer all that must be reached: where it stands and where it is to belong."""
        stands = None if standing is None else standing.scope or _NOWHERE
        return frozenset(scope for scope in (self.scope, stands) if scope is not None)
