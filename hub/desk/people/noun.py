"""People: their reads, as the doors have them. Their pages and entries are handlers of their own."""

from __future__ import annotations

from functools import partial
from typing import Final

from hub.desk.people import acts, contact, corrections
from hub.desk.people.rows import Holder
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
        "person.correct": "Corrigió los datos de una persona",
        "person.correct.look": "Miró los datos de una persona para corregirlos",
        "person.role.add": "Dio un papel a una persona",
        "person.role.end": "Terminó un papel de una persona",
        "person.consents": "Vio las autorizaciones de una persona",
    },
    lists=(List(acts.list_people, _PEOPLE, row=Holder, command=""),),
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
        _act(corrections.add_role, f"{_PERSON}/roles"),
        _act(corrections.end_role, f"{_PERSON}/roles/end"),
    ),
)
