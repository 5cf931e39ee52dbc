"""A group of commands that imports only the module of the command that the user names."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from hub.cli.commands import COMMANDS, Entry

_BY_NAME: Final = {entry.name: entry for entry in COMMANDS}


class LazyGroup(TyperGroup):
    """Lists commands from the table, for help and completion; imports a command only to run it."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {
            entry.name: TyperCommand(entry.name, help=entry.help, rich_help_panel=entry.panel)
            for entry in COMMANDS
        }

    # Any: the types of click's context and command differ between Typer's releases.
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as exc:
            exc.message = exc.message.removeprefix("Value error, ")  # Typer's prefix for a bad choice
            raise

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, listed, rest = super().resolve_command(ctx, args)
        return name, load(_BY_NAME[name]) if name else listed, rest


def load(entry: Entry) -> Any:
    """Import a command and return it as a click command."""
    target = resolve_name(entry.target)
    if isinstance(target, typer.Typer):
        return typer.main.get_group(target)
    alone = typer.Typer(add_completion=False)
    alone.command(entry.name)(target)
    return typer.main.get_command(alone)
