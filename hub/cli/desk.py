"""Desk at the command line: `desk:posters` in the table of commands is the group of posters."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from hub.app.operators import open_operator
from hub.doors.command import group_of

_BESIDE: Final = {
    "approvals": "communications",
    "bounces": "messages",
    "opt_outs": "suppressions",
    "recalls": "messages",
    "replies": "cases",
    "results": "webhooks",
}
"""Noun → the folder where it stands beside that of the folder's name."""


def __getattr__(name: str) -> Any:
    nouns = import_module(f"hub.desk.{_BESIDE.get(name, name)}.noun")
    return group_of(getattr(nouns, name.upper() if name in _BESIDE else "NOUN"), open_operator)
