"""The routes of people, letters and surveys in the console."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.desk.buildings.noun import PATH as BUILDINGS
from hub.desk.imports.noun import ONE as IMPORT
from hub.desk.imports.noun import PATH as IMPORTS
from hub.desk.letters.noun import PATH, PATH_OF_BATCHES
from hub.doors.act import OPERATE, PRIVACY, Where
from hub.web.console import (
    buildings,
    contact,
    imports_page,
    letters_page,
    people,
    person,
    person_correction,
    surveys,
    write_page,
)
from hub.web.route import Route, press, read

_right: Final = partial(Route, needs=PRIVACY, where=Where.EVERYWHERE)
_everywhere: Final = partial(Route, needs=OPERATE, where=Where.EVERYWHERE)
_gives: Final = partial(press, where=Where.EVERYWHERE)
_edits: Final = partial(Route, needs=OPERATE, where=Where.PLACES)
_PERSON: Final = people.PATH + "/{ref}"

PEOPLE: Final[tuple[Route, ...]] = (
    read(people.PATH, people.show),
    read("/duplicates", people.show_duplicates),
    read(_PERSON, person.show),
    press(_PERSON + "/contact", contact.press, needs=contact.NEEDS),
    _edits(person_correction.CORRECT, person_correction.show),
    press(person_correction.CORRECT, person_correction.correct),
    press(person_correction.ROLES, person_correction.add_role),
    press(person_correction.END_ROLE, person_correction.end_role),
    _edits(write_page.PATH, write_page.show),
    press(write_page.PATH, write_page.write, upload=letters_page.MOST_BYTES),
    _right(_PERSON + "/erase", person.show_erasure),
    _everywhere(IMPORTS, imports_page.show_all),
    _gives(IMPORTS, imports_page.give, upload=imports_page.MOST_BYTES),
    _everywhere(IMPORT, imports_page.show, live="imports"),
    _gives(f"{IMPORT}/apply", imports_page.apply),
    _gives(f"{IMPORT}/undo", imports_page.undo),
    read(BUILDINGS, buildings.show_all),
    read(f"{BUILDINGS}/{{ref}}", buildings.show),
    read(PATH, letters_page.show, live="letters"),
    read("/letters/{id}/life", letters_page.show_life),
    press("/letters/{id}/document", letters_page.attach_document, upload=letters_page.MOST_BYTES),
    read(PATH_OF_BATCHES, letters_page.show_batches, live="letters"),
    press(PATH_OF_BATCHES, letters_page.make_batch),
    read(f"{PATH_OF_BATCHES}/{{id}}", letters_page.show_batch, live="letters"),
    read(surveys.PATH, surveys.show, live="surveys clocks"),
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
