"""
What every hub makes of the hub's own files, made before one is forked: it has it from its parent.

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
# What is there now stays: no hub need look through it for what it may forget.
gc.freeze()
