"""
Objects that every hub makes of the hub's own files, made before one is forked: it has them from its parent.

Forked hubs also look each second for what others look for every five: half of the tests wait for such a look.

Read only by the process that forks them (`forked.py`).
"""

import gc
import os
from collections import deque

from aiohttp import web

from hub.app import topology
from hub.channels.push.oauth import _private_key
from hub.cloudevents.schemas import Schemas
from hub.consumers import messages
from hub.parts.company import CompanyRules
from hub.rendering.templates import DEFAULT_LOCALE
from hub.settings import load
from hub.timers import scheduler
from hub.web.application import api_document, events_document
from hub.web.routes import ROUTES, add_routes
from tests.providers.fcm import PEM

OFTEN = frozenset({"pqrs.received", "pqrs.replied", "pqrs.responded", "admin.payment.received"})
"""Events of most tests: each hub would compile their texts again, five milliseconds a form."""

IN_A_SECOND = ((scheduler, "AUDIT"), (topology, "EVERY"), (messages, "AGAIN"))
"""Lost work, the way of the events, and the providers that a stop waits for."""

for _module, _name in IN_A_SECOND:
    assert getattr(_module, _name) > 1.0
    setattr(_module, _name, 1.0)

_RULES = CompanyRules(load({"HUB_MODE": "live"}))

for _form in _RULES.templates.compile_urgent():
    pass
for (_locale, _name, _variant), _texts in _RULES.templates.words.items():
    if _name in OFTEN and _locale == DEFAULT_LOCALE:
        deque(_texts.compile(), maxlen=0)
_ = _RULES.wording, _RULES.policy.calendar_version
api_document()
events_document(Schemas.load())
if PEM in os.environ:
    _private_key(os.environ[PEM])
add_routes(web.Application(), ROUTES)  # compiles their patterns
# Objects that are there now stay: no hub need look through them for garbage.
gc.freeze()
