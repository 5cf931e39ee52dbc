"""The page of the hub that opens what a message to staff is about. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from hub.access.colleague_calls import MATTER
from hub.catalog import BY_NAME
from hub.contact_rules.purposes import TO_STAFF
from hub.model import Claimed, Json, Message, Purpose
from hub.settings.values import carries_links

CASES: Final = "/cases"
CLOCKS: Final = "/clocks"
_CLOCK: Final = "clock_id"
_WITHOUT_PAGE: Final = frozenset({"trouble_id", "summary_id", "day", "reminder_id", "call_id"})
"""Keys that tie the hub's own events together: they are nobody's case."""
_PAGES: Final = (
    ("reminder_id", "/tasks"),
    (MATTER, f"{CASES}/{{}}"),
    ("letter_id", "/letters/{}/life"),
    ("message_id", "/messages/{}"),
    ("communication_id", "/communications/{}"),
)
"""Field of the data → the page of the console, where there is no case; the first one present."""


def case_path(key: str) -> str:
    """Return the path of a case's page. It stays the same: mails have it."""
    return f"{CASES}/{quote(key, safe='')}"


def clock_path(clock_id: str) -> str:
    """Return the path of a promise's page. It stays the same: mails have it."""
    return f"{CLOCKS}/{quote(clock_id, safe='')}"


def person_path(ref: str) -> str:
    return f"/people/{quote(ref, safe='')}"


def building_path(ref: str) -> str:
    return f"/buildings/{quote(ref, safe='')}"


def account_path(name: str) -> str:
    return f"/accounts/{quote(name, safe='')}"


def key_path(name: str) -> str:
    return f"/keys/{quote(name, safe='')}"


def page_of(claimed: Claimed, public_url: str) -> str | None:
    """
    Make the link to the promise or the case about which a message to staff is; else to the console.

    None for other messages, and without an address that carries links: templates link to nothing else.
    """
    if claimed.message.purpose not in TO_STAFF:
        return None  # most messages: nothing more is called for them
    data = claimed.data or {}
    if not _is_to_staff(claimed.message, data) or not carries_links(public_url):
        return None
    if clock := data.get(_CLOCK):
        return f"{public_url}{clock_path(str(clock))}"
    key = _case_of(claimed.message.event, data)
    return f"{public_url}{case_path(key) if key else _page(data)}"


def _is_to_staff(message: Message, data: Mapping[str, Json]) -> bool:
    """In an emergency everybody is told; staff reads a text of its own, or that of a clock."""
    if message.purpose is Purpose.EMERGENCY:
        return BY_NAME[message.event].is_for_staff(message.variant) or _CLOCK in data
    return True


def _case_of(event: str, data: Mapping[str, Json]) -> str | None:
    kind = BY_NAME.get(event)
    return None if kind is None or kind.case in _WITHOUT_PAGE else kind.case_of(data)


def _page(data: Mapping[str, Json]) -> str:
    found = ((page, quote(str(data[field]), safe="")) for field, page in _PAGES if data.get(field))
    return next((page.format(key) for page, key in found), CLOCKS)
