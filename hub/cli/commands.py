"""The commands of `hub`, in one table: for its help, and for importing a command's module."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final, NamedTuple


class Entry(NamedTuple):
    """A command or a group of commands, imported only when the user names it."""

    name: str
    target: str
    panel: str
    help: str
    """Its sentence in the map."""

    spanish: str = ""
    """The same for the people of the company, whose commands speak Spanish; empty: it speaks English."""

    @property
    def own_help(self) -> str:
        return self.spanish or self.help


_TABLE: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

COMMANDS: Final = tuple(
    Entry(name, f"hub.cli.{target}", panel, *words)
    for panel, commands in _TABLE.items()
    for name, (target, *words) in commands.items()
)
