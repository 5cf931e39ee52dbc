"""The routes of people, letters and surveys in the console."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.doors.act import OPERATE, PRIVACY, Where
from hub.web.console import batches, letters, people, person, person_rights, surveys
from hub.web.route import Route, press, read

_right: Final = partial(Route, needs=PRIVACY, where=Where.EVERYWHERE)
_PERSON: Final = people.PATH + "/{ref}"
_BATCH: Final = batches.PATH + "/{id}"

PEOPLE: Final[tuple[Route, ...]] = (
    read(people.PATH, people.show),
    read(_PERSON, person.show),
    _right(_PERSON + "/erase", person_rights.show_erasure),
    read(letters.PATH, letters.show),
    read(batches.PATH, batches.show),
    press(batches.PATH, batches.make),
    read(_BATCH, batches.show_batch),
    press(_BATCH + "/printed", batches.mark_printed),
    press(_BATCH + "/cancel", batches.cancel),
    press(_BATCH + "/delivered", batches.hand_over),
    read("/letters/{id}/life", letters.show_life),
    press("/letters/{id}/posted", letters.post),
    press("/letters/{id}/done", letters.hand_over),
    read(surveys.PATH, surveys.show),
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
