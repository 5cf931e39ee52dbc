"""The fixed words of each event's subjects in Spanish: what somebody remembers of a mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from hub.rendering.templates import BUILT_IN, DEFAULT_LOCALE
from hub.rendering.titles_es import EVENTS

_SUBJECT: Final = re.compile(r"{% block \w*subject %}(.*?){% endblock %}", re.DOTALL)
_GAP: Final = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)


@lru_cache(maxsize=1)
def subjects() -> Mapping[str, str]:
    """Return event name → its title, and the words of its subjects without what the gaps are filled with."""
    return {name: f"{title} {_fixed(name)}" for name, title in EVENTS.items()}


def _fixed(name: str) -> str:
    file = BUILT_IN / DEFAULT_LOCALE / f"{name}.j2"
    if not file.exists():
        return ""
    return " ".join(_GAP.sub(" ", text) for text in _SUBJECT.findall(file.read_text(encoding="utf-8")))
