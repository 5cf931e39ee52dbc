"""The pages of the console: a section of the route table. `hub.web.console.shell` has their navigation."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.web.console import case_page, live_changes, message_list
from hub.web.console.people_routes import PEOPLE
from hub.web.route import OPERATE, READ, Route, Where

_read: Final = partial(Route, needs=READ, where=Where.PLACES)
_read_company: Final = partial(Route, needs=READ, where=Where.COMPANY)
_operate: Final = partial(Route, method=hdrs.METH_POST, needs=OPERATE, where=Where.PLACES, form=True)

CONSOLE: Final[tuple[Route, ...]] = (
    _read_company(live_changes.PATH, live_changes.live),
    _read(message_list.PATH, message_list.show),
    _read("/cases/{key}", case_page.show),
    _read("/cases", case_page.search),
    *PEOPLE,
)
