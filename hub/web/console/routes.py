"""The pages of the console: a section of the route table. `hub.web.console.shell` has their navigation."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.web.console import (
    bulk_pages,
    case_list,
    case_page,
    channels_page,
    clock_board,
    clock_page,
    dead_discard,
    dead_page,
    event_page,
    indicators_page,
    live_changes,
    message_list,
    message_page,
    reply_list,
    reply_page,
    search_page,
    unreached_page,
)
from hub.web.console.admin_routes import ADMINISTRATION
from hub.web.console.people_routes import PEOPLE
from hub.web.route import OPERATE, PRIVACY, READ, Route, Where

_read: Final = partial(Route, needs=READ, where=Where.PLACES)
_read_company: Final = partial(Route, needs=READ, where=Where.COMPANY)
_read_private: Final = partial(Route, needs=PRIVACY, where=Where.PLACES)
_look_to_operate: Final = partial(Route, needs=OPERATE, where=Where.PLACES)
_operate: Final = partial(Route, method=hdrs.METH_POST, needs=OPERATE, where=Where.PLACES, form=True)
_operate_company: Final = partial(_operate, where=Where.EVERYWHERE)

CONSOLE: Final[tuple[Route, ...]] = (
    _read_company(live_changes.PATH, live_changes.live),
    _read(dead_page.PATH, dead_page.show),
    Route(dead_page.ONE, dead_page.show_one, needs=PRIVACY | OPERATE, where=Where.PLACES),
    _operate(dead_page.ONE, dead_page.act),
    _look_to_operate(dead_discard.OF_MANY, dead_discard.ask_many),
    _operate(dead_discard.OF_MANY, dead_discard.discard_many),
    _look_to_operate(dead_discard.OF_ONE, dead_discard.ask_one),
    _read_company(channels_page.PATH, channels_page.show),
    _operate_company(channels_page.PAUSE, channels_page.pause),
    _operate_company(channels_page.RESUME, channels_page.resume),
    _read(message_list.PATH, message_list.show),
    _read(search_page.PATH, search_page.show),
    _read(indicators_page.PATH, indicators_page.show),
    _read(unreached_page.PATH, unreached_page.show),
    _read("/messages/{id}", message_page.show),
    _read_private("/messages/{id}/html", message_page.show_html),
    _operate("/messages/{id}/resend", message_page.resend),
    _look_to_operate("/messages/{id}/cancel", message_page.ask_cancel),
    _operate("/messages/{id}/cancel", message_page.cancel),
    _operate("/messages/{id}/bounced", message_page.confirm),
    _operate("/messages/{id}/arrived", message_page.dismiss),
    _read("/events/{key}", event_page.show),
    _read(bulk_pages.PATH, bulk_pages.list_runs),
    _look_to_operate("/bulk/{kind}", bulk_pages.show_plan),
    _operate("/bulk/{kind}", bulk_pages.start),
    _read("/bulk/runs/{id}", bulk_pages.show_run),
    _operate("/bulk/runs/{id}/cancel", bulk_pages.stop),
    _read("/cases", case_list.show),
    _read("/cases/{key}", case_page.show),
    _operate("/cases/{key}/reply", case_page.reply),
    Route("/cases/{key}/close", case_page.ask_close, needs=OPERATE, where=Where.PLACES),
    _operate("/cases/{key}/close", case_page.close),
    _operate("/cases/{key}/take-on", case_page.take_on),
    _operate("/cases/{key}/release", case_page.release),
    _read(clock_board.PATH, clock_board.show),
    _read("/clocks/{id}", clock_page.show),
    _operate("/clocks/{id}/acknowledge", clock_page.acknowledge),
    _read(reply_list.PATH, reply_list.show),
    _read("/replies/{id}", reply_page.show),
    _operate("/replies/{id}/assign", reply_page.assign),
    _operate("/replies/{id}/answer", reply_page.answer),
    _operate("/replies/{id}/close", reply_page.close),
    *PEOPLE,
    *ADMINISTRATION,
)
