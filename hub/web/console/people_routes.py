"""The routes of people, letters and surveys in the console."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.web.console import batches, letters, people, person, person_rights, posters, surveys
from hub.web.route import OPERATE, PRIVACY, READ, Route, Where

_read: Final = partial(Route, needs=READ, where=Where.PLACES)
_operate: Final = partial(Route, method=hdrs.METH_POST, needs=OPERATE, where=Where.PLACES, form=True)
_right: Final = partial(Route, needs=PRIVACY, where=Where.EVERYWHERE)
_claim: Final = partial(_right, method=hdrs.METH_POST, form=True)
_PERSON: Final = people.PATH + "/{ref}"
_BATCH: Final = batches.PATH + "/{id}"
_POSTER: Final = posters.PATH + "/{id}"

PEOPLE: Final[tuple[Route, ...]] = (
    _read(people.PATH, people.show),
    _read(_PERSON, person.show),
    _operate(_PERSON + "/mark", person.mark),
    _operate(_PERSON + "/unmark", person.end_marks),
    _operate(_PERSON + "/preferences", person.change_preferences),
    _operate(_PERSON + "/lift", person.lift),
    _right(_PERSON + "/rectify", person_rights.show_rectify),
    _claim(_PERSON + "/rectify", person_rights.rectify),
    _right(_PERSON + "/erase", person_rights.show_erasure),
    _claim(_PERSON + "/erase", person_rights.erase),
    _read(letters.PATH, letters.show),
    _read(batches.PATH, batches.show),
    _operate(batches.PATH, batches.make),
    _read(_BATCH, batches.show_batch),
    _operate(_BATCH + "/printed", batches.mark_printed),
    _operate(_BATCH + "/cancel", batches.cancel),
    _operate(_BATCH + "/delivered", batches.hand_over),
    _read("/letters/{id}/life", letters.show_life),
    _operate("/letters/{id}/posted", letters.post),
    _operate("/letters/{id}/done", letters.hand_over),
    _read(posters.PATH, posters.show),
    _read(_POSTER, posters.show_poster),
    _operate(_POSTER + "/printed", posters.mark_printed),
    _operate(_POSTER + "/hung", posters.mark_hung),
    _operate(_POSTER + "/taken-down", posters.mark_taken_down),
    _read(surveys.PATH, surveys.show),
    Route(surveys.START, surveys.show_start, needs=OPERATE, where=Where.EVERYWHERE),
    Route(
        surveys.START,
        surveys.start,
        method=hdrs.METH_POST,
        needs=OPERATE,
        where=Where.EVERYWHERE,
        form=True,
    ),
)
