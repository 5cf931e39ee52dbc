"""People: their reads, as the doors have them. Their pages and entries are handlers of their own."""

from __future__ import annotations

from functools import partial
from typing import Final

from hub.desk.people import acts, contact, corrections, duplicates
from hub.desk.people.rows import DuplicateRow, Holder
from hub.doors.act import OPERATE, PRIVACY, Act, List, Noun, Read
from hub.errors import ChangedMeanwhile, InvalidEntry, KeptElsewhere

_PEOPLE: Final = "/people"
_PERSON: Final = f"{_PEOPLE}/{{ref}}"
_read: Final = partial(Read, command="")
_act: Final = partial(Act, command="", refuses=(InvalidEntry, KeptElsewhere, ChangedMeanwhile))

NOUN: Final = Noun(
    name="people",
    one=acts.PERSON,
    audited={
        "people.find": "Buscó personas en el directorio",
        "person.contact": "Vio completo el contacto de una persona",
        "people.list": "Vio quiénes tienen un papel",
        "people.duplicates": "Buscó personas repetidas",
        "person.join": "Juntó dos fichas de una persona",
        "person.join.undo": "Separó dos fichas que estaban juntas",
        "person.correct": "Corrigió los datos de una persona",
        "person.correct.look": "Miró los datos de una persona para corregirlos",
        "person.role.add": "Dio un papel a una persona",
        "person.role.end": "Terminó un papel de una persona",
        "person.consents": "Vio las autorizaciones de una persona",
    },
    lists=(
        List(acts.list_people, _PEOPLE, row=Holder, command=""),
        List(duplicates.list_duplicates, "/duplicates", row=DuplicateRow, command=""),
    ),
    examples={contact.ContactBody: {"kind": "phone", "page": "/cases/pqrs_id%3Apqrs-1"}},
    reads=(
        _read(acts.find_people, "/directory/people"),
        _read(acts.show_person, _PERSON),
        _read(acts.show_overview, f"{_PERSON}/overview"),
        _read(acts.show_audience, "/audience"),
    ),
    acts=(
        Act(contact.show_contact, f"{_PERSON}/contact", needs=OPERATE | PRIVACY, command=""),
        _act(corrections.correct_person, f"{_PERSON}/correct"),
        _act(
            duplicates.join_people,
            f"{_PERSON}/join",
            asks=duplicates.ask_join,
            label="Juntar",
            leads_to=_PERSON,
            done="Quedó una sola ficha con los papeles de las dos.",
        ),
        _act(
            duplicates.undo_join,
            f"{_PERSON}/join/undo",
            label="Deshacer",
            leads_to=_PERSON,
            done="Otra vez son dos fichas. Lo que alguien cambió después queda como está.",
        ),
        _act(corrections.add_role, f"{_PERSON}/roles"),
        _act(corrections.end_role, f"{_PERSON}/roles/end"),
    ),
)
