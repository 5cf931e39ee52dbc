"""The pages of the console: a section of the route table. `hub.web.console.shell` has their navigation."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.web.console import (
    accounts_page,
    audit_page,
    case_page,
    channels_page,
    dead_page,
    keys_page,
    live_changes,
    message_list,
    templates_page,
    webhooks_page,
)
from hub.web.route import ADMIN, OPERATE, PRIVACY, READ, Route, Where

_read: Final = partial(Route, needs=READ, where=Where.PLACES)
_read_company: Final = partial(Route, needs=READ, where=Where.COMPANY)
_operate: Final = partial(Route, method=hdrs.METH_POST, needs=OPERATE, where=Where.PLACES, form=True)
_operate_company: Final = partial(_operate, where=Where.EVERYWHERE)
_administer: Final = partial(Route, needs=ADMIN, where=Where.PLACES)
_administer_company: Final = partial(Route, needs=ADMIN, where=Where.EVERYWHERE)

CONSOLE: Final[tuple[Route, ...]] = (
    _read_company(live_changes.PATH, live_changes.live),
    _read(dead_page.PATH, dead_page.show),
    Route(dead_page.ONE, dead_page.show_one, needs=PRIVACY | OPERATE, where=Where.PLACES),
    _operate(dead_page.ONE, dead_page.act),
    _read_company(channels_page.PATH, channels_page.show),
    _operate_company(channels_page.PAUSE, channels_page.pause),
    _operate_company(channels_page.RESUME, channels_page.resume),
    _read(message_list.PATH, message_list.show),
    _read_company(templates_page.PATH, templates_page.show),
    _read(templates_page.ONE, templates_page.show_one),
    _read(templates_page.HTML, templates_page.show_html),
    _read(templates_page.PDF, templates_page.show_pdf),
    Route(audit_page.PATH, audit_page.show, needs=PRIVACY | ADMIN, where=Where.EVERYWHERE),
    _administer(accounts_page.PATH, accounts_page.show),
    _administer(accounts_page.PATH, accounts_page.create, method=hdrs.METH_POST, form=True),
    _administer(accounts_page.ONE, accounts_page.show_one),
    _administer(accounts_page.ONE, accounts_page.act, method=hdrs.METH_POST, form=True),
    _administer_company(keys_page.PATH, keys_page.show),
    _administer_company(keys_page.PATH, keys_page.create, method=hdrs.METH_POST, form=True),
    _administer_company(keys_page.ONE, keys_page.show_one),
    _administer_company(keys_page.ONE, keys_page.act, method=hdrs.METH_POST, form=True),
    _administer_company(webhooks_page.PATH, webhooks_page.show),
    _administer_company(webhooks_page.PATH, webhooks_page.listen, method=hdrs.METH_POST, form=True),
    _administer_company(webhooks_page.ONE, webhooks_page.show_one),
    _administer_company(webhooks_page.ONE, webhooks_page.act, method=hdrs.METH_POST, form=True),
    _read("/cases/{key}", case_page.show),
    _read("/cases", case_page.search),
)
