"""The page of the hub that opens what a message to staff is about. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from hub.model import Claimed, Json, Message, Purpose

_PAGES: Final = (("clock_id", "relojes"), ("letter_id", "entregas"), ("message_id", "entregas"))
"""Field of the data → the section of the console that opens it; the first one present."""
_OF_REPLIES: Final = frozenset({"inbound.message.received", "emergency.reply.received"})
"""Events whose message_id is a reply, which has no page yet: its promise has."""
_OF_CASES: Final = frozenset({"emergency.unreached"})
"""Events about a whole case, which has a page."""
_TO_STAFF: Final = frozenset({Purpose.EMERGENCY, Purpose.INTERNAL})


def page_of(claimed: Claimed, public_url: str) -> str | None:
    """
    Make the link to the page about which a message to staff is; the console where there is no such page.

    None for other messages, and without an https address: templates link to nothing else.
    """
    if claimed.message.purpose not in _TO_STAFF:
        return None  # most messages: nothing more is called for them
    data = claimed.data or {}
    if not _is_to_staff(claimed.message, data) or not public_url.startswith("https://"):
        return None
    if claimed.message.event in _OF_CASES and data.get("thread_id"):
        return f"{public_url}/cases/{quote(data['thread_id'], safe=':')}"
    return f"{public_url}/#{_section(claimed.message.event, data)}"


def _is_to_staff(message: Message, data: Mapping[str, Json]) -> bool:
    """In an emergency everybody is told; staff reads a text of its own, or that of a clock."""
    if message.purpose is Purpose.EMERGENCY:
        return message.variant is not None or "clock_id" in data
    return True


def _section(event: str, data: Mapping[str, Json]) -> str:
    if event in _OF_REPLIES:
        return "relojes"
    found = ((section, data[field]) for field, section in _PAGES if data.get(field))
    return next((f"{section}/{key}" for section, key in found), "relojes")
