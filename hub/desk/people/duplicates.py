"""
Duplicates: entries of the directory that may be one person, and joining two of them.

The roles and contacts of the other entry go to the person; it stays without roles, and nothing is sent to it.
Its messages, consents and proofs stay under its own reference: nobody can say afterwards whose yes it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import uuid4

from msgspec.structs import replace

from hub.desk.people.corrections import correction_event, kept_here, to_correct
from hub.desk.people.queries import PeopleList
from hub.desk.people.rows import (
    DuplicateRow,
    DuplicatesQuery,
    JoinBody,
    Joined,
    JoinQuery,
    UndoJoinBody,
)
from hub.doors.act import Question
from hub.doors.operator import Operator, found
from hub.errors import InvalidEntry, KeptElsewhere
from hub.model import Event, within
from hub.model.ids import uuid8
from hub.model.pages import Rows
from hub.people.importing.entries import MEMBERSHIP, PERSON, StoredEntry
from hub.people.masking import mask_name
from hub.people.versions import entry_of
from hub.storage import imports
from hub.storage.database import encode
from hub.storage.sheet_imports import way_back

JOIN: Final = "join"


async def list_duplicates(by: Operator, query: DuplicatesQuery) -> Rows[DuplicateRow]:
    """List pairs of people of a copropiedad who may be one: by contact and name, or by name and unit."""
    here = within(by.places, query.copropiedad)
    rows = await PeopleList(by.db).duplicates_of_place(query.copropiedad) if here else []
    await by.audit("people.duplicates", f"copropiedad:{query.copropiedad}", found=len(rows))
    if by.sight.names(query.copropiedad):
        return Rows(items=list(rows), next=None)
    masked = [replace(row, name=mask_name(row.name), other_name=mask_name(row.other_name)) for row in rows]
    return Rows(items=masked, next=None)


async def ask_join(by: Operator, ref: str, query: JoinQuery) -> Question:
    """Ask before two entries are joined; say who to ask where another system keeps one of them."""
    try:
        kept, other = await _both(by, ref, query.other)
    except KeptElsewhere as error:
        system = error.source.rpartition(":")[2]
        return Question(
            title="No se pueden juntar aquí",
            lead=f"Una de las dos es del sistema «{system}»: su próxima versión las separaría.",
            follows=f"Pida a quien maneja «{system}» que deje una sola.",
        )
    roles = len(await PeopleList(by.db).roles_of(query.other))
    return Question(
        title=f"¿Son la misma persona {kept.data['names']}?",
        lead="Sus papeles y contactos quedan en una sola ficha.",
        facts={
            "Se queda": kept.data["names"],
            "Queda sin papeles": other.data["names"],
            "Papeles que pasan": roles,
            "Su historia y autorizaciones": "se quedan en su ficha",
            "Deshacer": "sí, desde la ficha que queda",
        },
        press="Sí, juntarlas",
        kept={"other": query.other},
    )


async def join_people(by: Operator, ref: str, body: JoinBody) -> Joined:
    """
    Join two entries of one person: the other's roles and contacts go to this one.

    Raises KeptElsewhere if another system keeps an entry that would change.
    """
    kept, other = await _both(by, ref, body.other)
    held = [await kept_here(by, MEMBERSHIP, one) for one in await PeopleList(by.db).roles_of(body.other)]
    mine = {_what(await kept_here(by, MEMBERSHIP, one)) for one in await PeopleList(by.db).roles_of(ref)}
    await by.audit("person.join", f"person:{ref}", person=ref, roles=len(held))
    await by.audit("person.join", f"person:{body.other}", person=body.other, roles=len(held))
    events = [*_contacts(by, kept, other), *(one for role in held for one in _moved(by, ref, role, mine))]
    done = Joined(id=uuid8(by.now, JOIN, uuid4().hex), roles=len(held))
    written = [(*entry_of(one), one.data["version"]) for one in events]
    async with by.db.transaction() as run:
        await imports.apply(run, events)
        await PeopleList.add_join(run, done.id, by.by, ref, body.other, encode(written))
    return done


async def undo_join(by: Operator, ref: str, body: UndoJoinBody) -> Joined:
    """Take a joining back, where nobody has changed the entries since."""
    await to_correct(by, ref)
    await by.audit("person.join.undo", f"person:{ref}", person=ref)
    async with by.db.transaction() as run:
        written = found(JOIN, await PeopleList.end_join(run, body.join, ref))
        rows = [dict(zip(("noun", "id", "version"), one, strict=True)) for one in written]
        back = await way_back(run, rows, by.now)
        await imports.apply(run, back)
    return Joined(id=body.join, roles=sum(entry_of(one)[0] == MEMBERSHIP for one in back))


async def _both(by: Operator, ref: str, other: str) -> tuple[StoredEntry, StoredEntry]:
    if ref == other:
        raise InvalidEntry("Es la misma ficha.")
    return await to_correct(by, ref), await to_correct(by, other)


def _contacts(by: Operator, kept: StoredEntry, other: StoredEntry) -> Iterator[Event]:
    mine: Sequence[Any] = kept.data.get("contact_points") or ()
    theirs: Sequence[Any] = other.data.get("contact_points") or ()
    known, ids = {(one["kind"], one["value"]) for one in mine}, {one["id"] for one in mine}
    more = [
        {**one, "id": one["id"] if one["id"] not in ids else f"console:{uuid4()}"}
        for one in theirs
        if (one["kind"], one["value"]) not in known
    ]
    if more:
        yield correction_event(by, PERSON, kept, {"contact_points": [*mine, *more]})


def _moved(by: Operator, ref: str, role: StoredEntry, mine: set[tuple[Any, ...]]) -> Iterator[Event]:
    yield correction_event(by, MEMBERSHIP, role, {"until": by.now.isoformat()})
    if _what(role) not in mine:
        fresh = StoredEntry(id=f"console:{uuid4()}", version=0, removed=False, data=role.data)
        yield correction_event(by, MEMBERSHIP, fresh, {"person_id": ref, "since": by.now.isoformat()})


def _what(role: StoredEntry) -> tuple[Any, ...]:
    return role.data["scope"], role.data["role"], role.data.get("duty")
