"""
Objects that every hub makes of the hub's own files, made before one is forked: it has them from its parent.

Read only by the process that forks them (`forked.py`).
"""

from __future__ import annotations

import gc

from hub.cloudevents.schemas import Schemas
from hub.parts.company import CompanyRules
from hub.settings import load
from hub.web.application import _documents

_RULES = CompanyRules(load({"HUB_MODE": "live"}))

for _form in _RULES.templates.compile_urgent():
    pass
_documents(Schemas.load())
# Objects that are there now stay: no hub need look through them for garbage.
gc.freeze()
