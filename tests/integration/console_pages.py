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
        "messages-lost": "/messages?only=lost",
        "messages-held": "/messages?only=held",
    },
    "message": {
        "message": "/messages/MESSAGE",
        "message-sent": "/messages/TEXT",
        "message-text": "/messages/MESSAGE?part=text",
        "message-html": "/messages/MESSAGE?part=html",
        "message-headers": "/messages/MAIL?part=headers",
        "message-attempts": "/messages/TEXT?part=attempts",
        "message-evidence": "/messages/TEXT?part=evidence",
        "message-explain": "/messages/MESSAGE?part=explain",
        "message-skipped": "/messages/MESSAGE?why=told",
        "message-cancel": "/messages/MESSAGE/cancel",
        "event": "/events/event-MARK",
    },
    "bulk": {
        "bulk-plan": "/bulk/resend?state=failed",
        "bulk-plan-none": "/bulk/cancel?state=failed",
        "bulk-plan-dead": "/bulk/replay",
        "bulk-plan-letters": "/bulk/printed",
        "bulk-runs": "/bulk",
        "bulk-run": "/bulk/runs/RUN",
        "bulk-run-done": "/bulk/runs/RUN?result=done",
    },
}
