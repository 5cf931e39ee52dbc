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
    reads=(
        Read(acts.show_preferences, _PREFERENCES, command=""),
        Read(acts.list_marks, _MARKS, command=""),
    ),
    acts=(
        Act(acts.put_preferences, _PREFERENCES, method=HTTPMethod.PUT, command=""),
        Act(acts.mark_person, _MARKS, command=""),
        Act(acts.end_marks, _MARKS, method=HTTPMethod.DELETE, command=""),
        # The forms of the page of a person.
        Act(
            acts.preferred,
            _PREFERENCES,
            api=False,
            command="",
            label="Guardar",
            done="Quedó como la persona lo pidió.",
        ),
        Act(
            acts.marked,
            f"{_PERSON}/mark",
            api=False,
            command="",
            label="Marcar",
            done="La persona quedó marcada: no se le escribe, salvo lo que la ley exige.",
        ),
        Act(
            acts.end_marks,
            f"{_PERSON}/unmark",
            api=False,
            command="",
            label="Terminar la marca",
            done="La marca terminó: se le escribe otra vez.",
        ),
    ),
)
