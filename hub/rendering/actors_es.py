"""Actors in Spanish: the name of who acted, for a page or a mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.model.actors import BOOTSTRAP, CONSOLE, HUB, THIS_MACHINE, bare

BOOTSTRAP_ES: Final = "Llave del centro"
_WORDS: Final[Mapping[str, str]] = {
    BOOTSTRAP: BOOTSTRAP_ES,
    CONSOLE: "la consola",
    HUB: "el centro",
    THIS_MACHINE: "este servidor",
}


def who_es(who: str | None, names: Mapping[str, str] | None = None) -> str:
    """
    Return the name of who acted: of an account its own (`names`: reference → name), else the bare one.

    Older rows have bare names: they stay as they are.
    """
    if not who:
        return ""
    return (names or {}).get(who) or _WORDS.get(who) or bare(who)
