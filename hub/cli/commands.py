"""The commands of `hub`, in one table; only the module of the command that the user names is imported."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutine
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

_SHARED: Final = {
    "Print the shapes of the HTTP API instead of a table.": "Imprime lo que responde la API, y no una tabla.",
    "How many at most.": "Cuántos, a lo sumo.",
    "Names and addresses unmasked; the look is audited.": "Nombres y direcciones completos; se audita.",
}
"""Help of an option that many commands have → the same in Spanish."""


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
    """Import a command and return it as a click command. A coroutine runs on an event loop of its own."""
    target = resolve_name(entry.target)
    if isinstance(target, typer.Typer):
        loaded: Any = typer.main.get_group(target)
        loaded.help = entry.own_help
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(entry.name)(target)
        loaded = typer.main.get_command(alone)
    for command in (loaded, *getattr(loaded, "commands", {}).values()):
        command.help = _flowing(command.help or "")
        command.callback = command.callback and _waiting(command.callback, spanish=bool(entry.spanish))
        if entry.spanish:
            _speak_spanish(command)
    return loaded


def _flowing(words: str) -> str:
    """Return a help with a line for each paragraph of prose: Typer breaks each line of a docstring again."""
    lines: list[str] = []
    for line in words.splitlines():
        if lines and _is_prose(line) and _is_prose(lines[-1]):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _is_prose(line: str) -> bool:
    """Return whether a line of a help is neither empty nor an example."""
    return line != "" and not line.startswith((" ", "hub "))


def _speak_spanish(command: Any) -> None:
    """Say in Spanish what all commands share; titles of parts of the help are Typer's."""
    for parameter in command.params:
        parameter.help = _SHARED.get(parameter.help, parameter.help)
    made = command.get_help_option

    def get_help_option(context: Any) -> Any:
        option = made(context)
        option.help = "Muestra esta ayuda y termina."
        return option

    command.get_help_option = get_help_option


def _waiting(callback: Callable[..., Any], *, spanish: bool = False) -> Callable[..., Any]:
    from hub.doors.terminal import SPANISH, wait  # noqa: PLC0415 - `hub --help` needs none of it

    @wraps(callback)
    def run(**arguments: Any) -> Any:
        SPANISH.set(spanish)
        work = callback(**arguments)
        return wait(work) if iscoroutine(work) else work

    return run
