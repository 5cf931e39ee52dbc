"""
The limit of codes for one person: anybody to whom a mail was forwarded has its link, too.

Without it a stranger uses up the person's codes of a day, and each is a mail or a paid text.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

BETWEEN: Final = timedelta(minutes=1)
"""The shortest time between two codes of one link."""
OF_AN_ADDRESS: Final = 3
"""Codes in an hour of one person for one address. Not of all people: a building may share an address."""
RESERVED: Final = 2
"""Codes of a person's day that one link cannot use up: they are there for the links of other messages."""
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_REMEMBERED: Final = 10_000


class CodeRefusal(StrEnum):
    """Why no code is sent now."""

    TOO_SOON = "too_soon"
    USED_UP = "used_up"


class _Request(Struct, frozen=True):
    at: datetime
    link: UUID
    address: str
    code: bytes


class CodeRate:
    """Kept in the memory of this process, so a restart clears it; the limit of the person's day is stored."""

    def __init__(self) -> None:
        self._requests: OrderedDict[str, Sequence[_Request]] = OrderedDict()

    def begin(
        self, person: str, link: UUID, address: str, code: bytes, *, most: int, now: datetime
    ) -> CodeRefusal | None:
        """Count a request, or say why not; `most` are the codes of a person's day."""
        lately = [one for one in self._requests.get(person, ()) if one.at > now - _DAY]
        same_link = [one for one in lately if one.link == link]
        if any(one.at > now - BETWEEN for one in same_link):
            return CodeRefusal.TOO_SOON
        same_address = [one for one in lately if one.address == address and one.at > now - _HOUR]
        if len(same_address) >= OF_AN_ADDRESS or len(same_link) >= max(1, most - RESERVED):
            return CodeRefusal.USED_UP
        self._requests[person] = [*lately, _Request(now, link, address, code)]
        self._requests.move_to_end(person)
        if len(self._requests) > _REMEMBERED:
            self._requests.popitem(last=False)
        return None

    def entered(self, person: str, code: bytes) -> None:
        """Forget the request of a code that was entered: that was the person, no stranger."""
        requests = self._requests.get(person, ())
        self._requests[person] = [one for one in requests if one.code != code]
