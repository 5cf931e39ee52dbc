"""Doors of before the desk: each of their routes, commands and options answers still."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hub.cli.commands import COMMANDS, load
from hub.web.routes import ROUTES

_ROOT: Final = Path(__file__).parent.parent.parent
BEFORE: Final = json.loads((_ROOT / "tests/vectors/doors_at_8c0cd13.json").read_text(encoding="utf-8"))
_FORMS: Final = "Forms of Llaves, Webhooks y resultados and Cuentas go to an address of their own"
MOVED: Final[dict[str, str]] = {
    **dict.fromkeys(("POST /accounts/{name}", "POST /keys/{name}", "POST /webhooks/{id}"), _FORMS),
    "POST /dead/{id}": "`POST /dead/{id}/replay`, `/discard` or `/mend`",
    "POST /dead/discard": "`/bulk/discard`",
}
"""A route or option of before → what the CHANGELOG says of it."""


def commands() -> Iterator[tuple[str, Any]]:
    for entry in COMMANDS:
        loaded = load(entry)
        for name, command in getattr(loaded, "commands", {"": loaded}).items():
            yield f"{entry.name} {name}".strip(), command


def options_of(command: Any) -> set[str]:
    named = {
        option
        for one in command.params
        if one.param_type_name == "option"
        for option in (*one.opts, *one.secondary_opts)
    }
    return named | {one.metavar or one.name for one in command.params if one.param_type_name == "argument"}


def test_every_route_of_before_still_answers() -> None:
    now = {f"{route.method} {route.path}" for route in ROUTES}

    assert set() == set(BEFORE["routes"]) - now - MOVED.keys()


def test_every_command_of_before_has_its_arguments_and_options() -> None:
    now = {name: options_of(command) for name, command in commands()}
    lost = {
        f"{name} {option}"
        for name, options in BEFORE["commands"].items()
        for option in set(options) - now.get(name, set())
    }

    assert set() == lost - MOVED.keys()
    assert set() == BEFORE["commands"].keys() - now.keys() - MOVED.keys()


def test_what_has_moved_is_named_in_the_changelog() -> None:
    changes = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert [] == [words for words in MOVED.values() if words not in changes]
