"""The pages of the console: a section of the route table. `hub.web.console.shell` has their navigation."""

from __future__ import annotations

from functools import partial
from typing import Final

from hub.desk.bulk.noun import PATH as BULK
from hub.desk.calendar.noun import PATH as CALENDAR
from hub.doors.act import ADMIN, OPERATE, PRIVACY, Where
from hub.web.api import files
from hub.web.console import (
    audit_page,
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
    event_page,
    indicators_page,
    live_changes,
    marked_cases,
    mend_page,
    message_list,
    message_page,
    old_lists,
    register_page,
    reply_page,
    search_page,
    templates_page,
)
from hub.web.console.letters_page import MOST_BYTES
from hub.web.console.people_routes import PEOPLE
from hub.web.route import Route, press, read, read_company, read_words

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
    read("/clocks", old_lists.clocks),
    read("/clocks/{id}", clock_page.show),
    press("/clocks/{id}/acknowledge", clock_page.acknowledge),
    read("/replies", old_lists.replies),
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
