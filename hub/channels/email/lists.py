"""List names of mails to many people, for their filters (RFC 2919). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from unicodedata import normalize

from hub.contact_rules.purposes import REVOCABLE
from hub.model import Claimed, Json, Lane, Purpose

_LONGEST: Final = 60
_OTHER: Final = re.compile(r"[^a-z0-9]+")


def list_name(claimed: Claimed) -> str:
    """
    Return `maintenance.ph-001`, the kind and the building of a mail; empty for a mail to one person.

    Emergencies, legal notices and staff mail are of no list: no filter may put them aside.
    """
    message = claimed.message
    to_many = message.lane is Lane.BULK and message.purpose is Purpose.SERVICE
    if message.channel != "email" or not (to_many or message.purpose in REVOCABLE):
        return ""
    parts = _slug(message.event.partition(".")[0]), _slug(_place(claimed.data or {}, claimed.building))
    return ".".join(part for part in parts if part)


def _place(data: Mapping[str, Json], building: str | None) -> str:
    return str(data.get("copropiedad_id") or building or "")


def _slug(text: str) -> str:
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain)[:_LONGEST].strip("-")
