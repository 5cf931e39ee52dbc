"""The answer of the register of excluded numbers for one address."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from msgspec import Struct

REGISTER: Final = "register"
"""The reason of a message that waits for the register of excluded numbers."""


class ExclusionCheck(Struct, frozen=True, kw_only=True):
    """
    One look-up in the register of excluded numbers.

    `list_date` is the day of which its data are; None if there are none that could be looked up. Whoever is
    `unlisted` has neither an email address nor a number, and the register knows people by nothing else.
    """

    checked_at: datetime
    list_date: date | None = None
    excluded: bool = False
    unlisted: bool = False


class ExcludedAddress(Struct, frozen=True, kw_only=True):
    """An address of the register, and the channels over which it wants no advertising; none means all."""

    address: str
    channels: Collection[str] = ()


class ExclusionList(Struct, frozen=True, kw_only=True):
    """A loaded list: of which day it is, and how many addresses it has."""

    list_date: date
    loaded_at: datetime
    addresses: int
