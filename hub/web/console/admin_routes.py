"""The pages of texts, of the audit, and of who enters: a section of the route table."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.doors.act import ADMIN, PRIVACY, Where
from hub.web.console import audit_page, templates_page
from hub.web.route import Route, read, read_company

_show: Final = partial(Route, needs=ADMIN, where=Where.PLACES)
_show_company: Final = partial(Route, needs=ADMIN, where=Where.EVERYWHERE)
_change: Final = partial(_show, method=hdrs.METH_POST, form=True)
_change_company: Final = partial(_show_company, method=hdrs.METH_POST, form=True)

ADMINISTRATION: Final[tuple[Route, ...]] = (
    read_company(templates_page.PATH, templates_page.show),
    read(templates_page.ONE, templates_page.show_one),
    read(templates_page.HTML, templates_page.show_html),
    read(templates_page.PDF, templates_page.show_pdf),
    Route(audit_page.PATH, audit_page.show, needs=PRIVACY | ADMIN, where=Where.EVERYWHERE),
)
