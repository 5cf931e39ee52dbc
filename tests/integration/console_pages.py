"""
Every page of the console in its states: section → name → path, in a hub of `console_hub.py`.

A new page needs a line here, and nothing else: axe-core, the keyboard, both schemes and both widths then
judge it, and `scripts/page_pictures.py` takes its pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "now": {
        "now": "/",
        "channels": "/channels",
    },
    "dead": {
        "dead": "/dead",
        "dead-none": "/dead?reason=nosuch",
        "dead-letter": "/dead/DEAD",
    },
    "search": {
        "search": "/search",
        "search-found": "/search?q=p-MARK",
        "search-names": "/search?q=persona&whole=true",
        "search-none": "/search?q=nosuch",
    },
    "indicators": {
        "indicators": "/indicators?from=2026-03-01&to=2026-03-31",
        "indicators-none": "/indicators?period=last&area=nosuch",
    },
    "messages": {
        "messages": "/messages",
        "messages-none": "/messages?person=nosuch",
        "messages-narrowed": "/messages?state=failed&channel=print",
    },
}
