"""The actor: who acts, where, and the audit that each act writes by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.access import audit
from hub.model import Json, PropertyScope
from hub.model.actors import named_by
from hub.ports import AuditStore


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

    @property
    def by(self) -> str:
        """The name that a row keeps of who has changed it."""
        return named_by(self.who, self.named)

    async def note(self, action: str, subject: str, *, person: str | None = None, **detail: Json) -> None:
        """Audit an act before the change. Raises StorageUnavailable, which prevents the change."""
        await audit.note(self.notes, who=self.who, action=action, subject=subject, person=person, **detail)
