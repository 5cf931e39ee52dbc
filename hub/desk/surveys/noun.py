"""Surveys: their reads and their act, as the doors have them; the page is one of its own."""

from __future__ import annotations

from typing import Final

from hub.desk.surveys import acts
from hub.doors.act import Act, Noun, Read, Where

_PATH: Final = "/surveys"

NOUN: Final = Noun(
    name="surveys",
    one="survey",
    audited={
        "survey.answer": "Leyó lo que alguien respondió en una encuesta",
        "surveys.start": "Empezó una ronda de encuestas",
    },
    reads=(
        Read(acts.list_surveys, _PATH, command=""),
        Read(acts.list_calls, f"{_PATH}/calls", command=""),
    ),
    acts=(Act(acts.start, _PATH, where=Where.EVERYWHERE, command=""),),
)
