"""The actor: who acts, where, and the audit that each act writes by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.access import audit
from hub.model import Json, PropertyScope
from hub.model.actors import named_by
from hub.ports import AuditStore


class PageLooks(Protocol):
    """What an open page has looked at."""

    def repeats(self, look: tuple[object, ...]) -> bool:
        """Return whether the page asks by itself for what it has shown shortly before."""

    def put(self, look: tuple[object, ...]) -> None:
        """Keep a look that is in the audit now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """
    Who acts, as a door lets them in. An act audits itself by it, before it changes anything.

    `places` is where they may do this. `named` is the person for whom a system says that it acts.
    """

    who: str
    notes: AuditStore
    now: datetime
    places: PropertyScope = None
    named: str = ""
    looks: PageLooks | None = None
    """The looks of an open page, which repeats them by itself; a program and a command have no page."""

    @property
    def by(self) -> str:
        """The name that a row keeps of who has changed it."""
        return named_by(self.who, self.named)

    async def note(self, action: str, subject: str, *, person: str | None = None, **detail: Json) -> None:
        """Audit an act before the change. Raises StorageUnavailable, which prevents the change."""
        await audit.note(self.notes, who=self.who, action=action, subject=subject, person=person, **detail)

    async def note_look(
        self, action: str, subject: str, *, person: str | None = None, **detail: Json
    ) -> None:
        """Audit a look, unless an open page repeats by itself one that is in the audit already."""
        look = (action, subject, person, *sorted(detail.items()))
        if self.looks is not None and self.looks.repeats(look):
            return
        await self.note(action, subject, person=person, **detail)
        if self.looks is not None:
            self.looks.put(look)
