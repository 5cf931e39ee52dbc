"""The audit: its list, as programs have it. Its page and its command call the act themselves."""

from __future__ import annotations

from typing import Final

from hub.desk.audit import acts
from hub.doors.act import ADMIN, PRIVACY, List, Noun, Where
from hub.model.keys import NoteRow

SCOPES: Final = PRIVACY | ADMIN

NOUN: Final = Noun(
    name="audit",
    one="note",
    audited={
        "audit.export": "Descargó la auditoría",
        "audit.person": "Vio la auditoría de una persona",
    },
    lists=(List(acts.list_notes, "/audit", needs=SCOPES, where=Where.EVERYWHERE, row=NoteRow, command=""),),
)
