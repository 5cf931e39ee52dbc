"""Desk at the command line: `desk:posters` in the table of commands is the group of posters."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hub.app.operators import open_operator
from hub.doors.command import group_of


def __getattr__(name: str) -> Any:
    return group_of(import_module(f"hub.desk.{name}.noun").NOUN, open_operator)
