"""Preferences and marks: their reads and acts, as the doors have them."""

from __future__ import annotations

from http import HTTPMethod
from typing import Final

from hub.desk.preferences import acts
from hub.doors.act import Act, Noun, Read

_PERSON: Final = "/people/{ref}"
_PREFERENCES: Final = f"{_PERSON}/preferences"
_MARKS: Final = f"{_PERSON}/do-not-contact"

NOUN: Final = Noun(
    name="preferences",
    one=acts.PERSON,
    audited={
        "person.mark": "Marcó a una persona para no contactarla",
        "person.mark.end": "Quitó la marca de no contactar",
        "person.marks": "Vio las marcas de una persona",
        "person.preferences": "Vio las preferencias de una persona",
    },
    reads=(
        Read(acts.show_preferences, _PREFERENCES, command=""),
        Read(acts.list_marks, _MARKS, command=""),
    ),
    acts=(
        Act(
            acts.put_preferences,
            _PREFERENCES,
            method=HTTPMethod.PUT,
            command="",
            label="Guardar",
            form=acts.preferences_of_form,
            done="Quedó como la persona lo pidió.",
        ),
        Act(
            acts.mark_person,
            _MARKS,
            command="",
            label="Marcar",
            at=f"{_PERSON}/mark",
            form=acts.mark_of_form,
            done="La persona quedó marcada: no se le escribe, salvo lo que la ley exige.",
        ),
        Act(
            acts.end_marks,
            _MARKS,
            method=HTTPMethod.DELETE,
            command="",
            label="Terminar la marca",
            at=f"{_PERSON}/unmark",
            done="La marca terminó: se le escribe otra vez.",
        ),
    ),
)
