"""The pages of the console: a section of the route table. `hub.web.console.shell` has their navigation."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.web.console import (
    case_page,
    channels_page,
    dead_page,
    indicators_page,
    live_changes,
    message_list,
    search_page,
)
from hub.web.route import OPERATE, PRIVACY, READ, Route, Where

_read: Final = partial(Route, needs=READ, where=Where.PLACES)
_read_company: Final = partial(Route, needs=READ, where=Where.COMPANY)
_operate: Final = partial(Route, method=hdrs.METH_POST, needs=OPERATE, where=Where.PLACES, form=True)
_operate_company: Final = partial(_operate, where=Where.EVERYWHERE)

CONSOLE: Final[tuple[Route, ...]] = (
    _read_company(live_changes.PATH, live_changes.live),
    _read(dead_page.PATH, dead_page.show),
    Route(dead_page.ONE, dead_page.show_one, needs=PRIVACY | OPERATE, where=Where.PLACES),
    _operate(dead_page.ONE, dead_page.act),
    _read_company(channels_page.PATH, channels_page.show),
    _operate_company(channels_page.PAUSE, channels_page.pause),
    _operate_company(channels_page.RESUME, channels_page.resume),
    _read(message_list.PATH, message_list.show),
    _read(search_page.PATH, search_page.show),
    _read(indicators_page.PATH, indicators_page.show),
    _read("/cases/{key}", case_page.show),
    _read("/cases", case_page.search),
)
