"""The pages of the console: a section of the route table. `hub.web.console.shell` has their navigation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from hub.desk.buildings.noun import PATH as BUILDINGS
from hub.desk.bulk.noun import PATH as BULK
from hub.desk.calendar.noun import PATH as CALENDAR
from hub.desk.imports.noun import ONE as IMPORT
from hub.desk.imports.noun import PATH as IMPORTS
from hub.desk.letters.noun import PATH, PATH_OF_BATCHES
from hub.doors.act import ADMIN, OPERATE, PRIVACY, Where
from hub.rendering.page_links import CASES
from hub.web.api import files
from hub.web.console import (
    audit_page,
    buildings,
    bulk_pages,
    calendar_page,
    case_list,
    case_page,
    channels_page,
    clock_page,
    communication_page,
    compose_looks,
    compose_page,
    compose_people,
    contact,
    event_page,
    imports_page,
    indicators_page,
    letters_page,
    live_changes,
    marked_cases,
    mend_page,
    message_list,
    message_page,
    people,
    person,
    person_correction,
    register_page,
    reply_page,
    search_page,
    surveys,
    templates_page,
    write_page,
)
from hub.web.console.letters_page import MOST_BYTES
from hub.web.route import Route, press, read, read_company, read_words

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


_OF_CLOCKS: Final[Mapping[str, Mapping[str, str]]] = {
    "breached": {"view": "overdue"},
    "at_risk": {"view": "at_risk"},
    "met": {"view": "all", "state": "closed"},
    "cancelled": {"view": "all", "state": "closed"},
}
"""State of a promise → the view of its matters."""
_OF_REPLIES: Final[Mapping[str, Mapping[str, str]]] = {
    "mine": {"view": "mine"},
    "unassigned": {"view": "unowned"},
    "answered": {"view": "all"},
    "closed": {"view": "all"},
    "emergency": {"kind": "emergencies"},
}
_KEPT: Final = ("copropiedad", "area", "level", "format")


async def clocks(request: web.Request) -> web.StreamResponse:
    """Lead from the board of promises to its view."""
    given = request.query
    asked = dict(_OF_CLOCKS.get(given.get("state", ""), {}))
    asked |= {"promise": name} if (name := given.get("name")) else {} if asked else {"kind": "promises"}
    return _lead(request, asked)


async def replies(request: web.Request) -> web.StreamResponse:
    """Lead from the list of replies to its view."""
    return _lead(request, {"kind": "replies", **_OF_REPLIES.get(request.query.get("view", ""), {})})


def _lead(request: web.Request, asked: Mapping[str, str]) -> web.Response:
    kept = {name: value for name in _KEPT if (value := request.query.get(name))}
    query = urlencode({**asked, **kept})
    return web.Response(status=308, headers={hdrs.LOCATION: f"{CASES}?{query}" if query else CASES})


_look_to_operate: Final = partial(Route, needs=OPERATE, where=Where.PLACES)
_press_company: Final = partial(press, where=Where.EVERYWHERE)

CONSOLE: Final[tuple[Route, ...]] = (
    read_company(live_changes.PATH, live_changes.live),
    _press_company(mend_page.MEND, mend_page.mend),
    _look_to_operate(mend_page.REPLAY, mend_page.ask_replay),
    press(mend_page.REPLAY, mend_page.replay),
    _look_to_operate(mend_page.MANY, mend_page.discard_many),
    read_company(channels_page.PATH, channels_page.show, live="channels messages"),
    _press_company(channels_page.PAUSE, channels_page.pause),
    _press_company(channels_page.RESUME, channels_page.resume),
    read(message_list.PATH, message_list.show, live="messages"),
    read(search_page.PATH, search_page.show),
    read(indicators_page.PATH, indicators_page.show),
    _look_to_operate(communication_page.NEW, communication_page.show_kinds),
    press(communication_page.NEW, communication_page.begin),
    press(compose_page.PREVIEW, compose_page.preview),
    read(communication_page.ONE, communication_page.show, live="communications messages"),
    press(compose_page.SAVE, compose_page.save, upload=MOST_BYTES),
    _look_to_operate(compose_looks.LOOK, compose_looks.show_look),
    _look_to_operate(compose_people.PEOPLE, compose_people.show_people),
    press(compose_page.SEND, compose_page.press),
    press(communication_page.COPY, communication_page.copy),
    _look_to_operate(communication_page.DOCUMENT, communication_page.show_document),
    read(CALENDAR, calendar_page.show),
    read("/messages/{id}", message_page.show),
    read_words("/messages/{id}/html", message_page.show_html),
    press("/messages/{id}/resend", message_page.resend),
    _look_to_operate("/messages/{id}/cancel", message_page.ask_cancel),
    press("/messages/{id}/cancel", message_page.cancel),
    read("/events/{key}", event_page.show),
    read(BULK, bulk_pages.list_runs, live="bulk"),
    _look_to_operate("/bulk/{kind}", bulk_pages.show_plan),
    press("/bulk/{kind}", bulk_pages.start),
    read("/bulk/runs/{id}", bulk_pages.show_run, live="bulk"),
    read("/cases", case_list.show, live="cases clocks replies"),
    press("/matters/take-on", marked_cases.take_on),
    press("/matters/release", marked_cases.release),
    press("/matters/close", marked_cases.close),
    press("/matters/hand-over", marked_cases.hand_over),
    read("/cases/{key}", case_page.show),
    press("/cases/{key}/reply", case_page.reply, upload=MOST_BYTES),
    _look_to_operate(register_page.NEW, register_page.show),
    press(register_page.PATH, register_page.register, upload=MOST_BYTES),
    read("/clocks", clocks),
    read("/clocks/{id}", clock_page.show),
    press("/clocks/{id}/acknowledge", clock_page.acknowledge),
    read("/replies", replies),
    read("/replies/{id}", reply_page.show),
    read_words(files.PATH, files.show_file),
    *PEOPLE,
    # Texts, and the audit.
    read_company(templates_page.PATH, templates_page.show),
    read(templates_page.ONE, templates_page.show_one),
    read(templates_page.HTML, templates_page.show_html),
    read(templates_page.PDF, templates_page.show_pdf),
    Route(audit_page.PATH, audit_page.show, needs=PRIVACY | ADMIN, where=Where.EVERYWHERE),
)
