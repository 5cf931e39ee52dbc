"""
Every page of the console in its states: section → name → path, in a hub of `console_hub.py`.

A new page needs a line here, and nothing else: axe-core, the keyboard, both schemes and both widths then
judge it, and `scripts/page_pictures.py` takes its pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "messages": {
        "messages": "/messages",
        "messages-none": "/messages?person=nosuch",
        "messages-narrowed": "/messages?state=failed&channel=print",
    },
    "cases": {
        "cases": "/cases",
        "cases-none": "/cases?mine=true",
        "cases-narrowed": "/cases?state=open&kind=pqrs_id&copropiedad=ph-alfa",
        "case": "/cases/pqrs_id:CASE-MARK",
        "case-whole": "/cases/pqrs_id:CASE-MARK?whole=true",
        "case-close": "/cases/pqrs_id:CASE-MARK/close",
    },
    "clocks": {
        "clocks": "/clocks",
        "clocks-none": "/clocks?state=met",
        "clocks-narrowed": "/clocks?level=2&copropiedad=ph-alfa",
        "clock": "/clocks/CLOCK",
    },
    "replies": {
        "replies": "/replies",
        "replies-none": "/replies?view=closed",
        "reply": "/replies/REPLY",
    },
}
