"""Actors: the one name of who acts, in the audit and in every row that says by whom something was done."""

from __future__ import annotations

from typing import Final

ACCOUNT: Final = "account:"
"""Who has signed in at the console."""
KEY: Final = "key:"
"""The system whose API key was used."""
SHELL: Final = "cli:"
"""Somebody at the command line of the server."""
LINK: Final = "link:"
"""Whoever has opened the link that a person was sent."""
PERSON: Final = "person:"
"""A person on their own page."""
BOOTSTRAP: Final = "HUB_API_KEY"
"""Whoever has the hub's first key."""
HUB: Final = "hub"
"""The hub itself, by its timers."""
CONSOLE: Final = "console"
"""Whoever has opened the console of a hub that asks for no key."""
THIS_MACHINE: Final = "this machine"
"""A program of the same machine, where the hub asks for no key."""
_NAMES: Final = "/"
"""Between a system and the person whom it names: no name of a key has it."""


def canonical(name: str) -> str:
    """Return the stored form of an account's name, in lower case without outer blanks."""
    return name.strip().casefold()


def of_account(name: str) -> str:
    return f"{ACCOUNT}{name}"


def of_key(name: str) -> str:
    return f"{KEY}{name}"


def of_shell(user: str) -> str:
    return f"{SHELL}{user}"


def of_link(person: str) -> str:
    return f"{LINK}{person}"


def of_person(person: str) -> str:
    return f"{PERSON}{person}"


def named_by(system: str, name: str) -> str:
    """Return a system's name with that of the person for whom it says it acts: `key:crm/luz.marina`."""
    return f"{system}{_NAMES}{name}" if name else system


def bare(who: str) -> str:
    """Return the name alone: `ana` of `account:ana`, `cli:ana` or an older row's `ana`."""
    system, named, name = who.partition(_NAMES)
    return name if named else system.rpartition(":")[2]
