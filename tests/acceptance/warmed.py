"""
Objects that every hub makes of the hub's own files, made before one is forked: it has them from its parent.

Read only by the process that forks them (`forked.py`).
"""

from __future__ import annotations

import gc
import os

from aiohttp import web

from hub.channels.push.oauth import _private_key
from hub.cloudevents.schemas import Schemas
from hub.parts.company import CompanyRules
from hub.settings import load
from hub.web.application import _documents
from hub.web.routes import ROUTES, add_routes
from tests.providers.fcm import PEM

_RULES = CompanyRules(load({"HUB_MODE": "live"}))

for _form in _RULES.templates.compile_urgent():
    pass
_ = _RULES.wording, _RULES.policy.calendar_version
_documents(Schemas.load())
if PEM in os.environ:
    _private_key(os.environ[PEM])
add_routes(web.Application(), ROUTES)  # compiles their patterns
# Objects that are there now stay: no hub need look through them for garbage.
gc.freeze()
