"""The pages of the console: a section of the route table. `hub.web.console.shell` has their navigation."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.web.console import bulk_pages, case_page, event_page, live_changes, message_list, message_page
from hub.web.route import OPERATE, PRIVACY, READ, Route, Where

_read: Final = partial(Route, needs=READ, where=Where.PLACES)
_read_company: Final = partial(Route, needs=READ, where=Where.COMPANY)
_read_private: Final = partial(Route, needs=PRIVACY, where=Where.PLACES)
_look_to_operate: Final = partial(Route, needs=OPERATE, where=Where.PLACES)
_operate: Final = partial(Route, method=hdrs.METH_POST, needs=OPERATE, where=Where.PLACES, form=True)

CONSOLE: Final[tuple[Route, ...]] = (
    _read_company(live_changes.PATH, live_changes.live),
    _read(message_list.PATH, message_list.show),
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
    _read("/cases/{key}", case_page.show),
    _read("/cases", case_page.search),
)
