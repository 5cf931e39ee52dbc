"""Limits of contacts with one person: the numbers of Ley 2300 de 2023."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.model import Purpose


class ContactLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The most contacts of one person in a day, and the most channels in an ISO week, Monday to Sunday.

    A contact over the limit waits. After `wait_at_most` it is not sent any more.
    """

    contacts_a_day: Annotated[int, Meta(ge=1)]
    channels_a_week: Annotated[int, Meta(ge=1)]
    wait_at_most: Parsed[timedelta]

    def __post_init__(self) -> None:
        if self.wait_at_most <= timedelta(0):
            raise InvalidPolicy("limits.wait_at_most is longer than nothing")


class ExclusionPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The greatest age of the register of excluded numbers, and the pause before waiting messages ask it again.

    Staff is warned `warn_before` the list in force is too old.
    """

    max_age: Parsed[timedelta]
    warn_before: Parsed[timedelta]
    look_again: Parsed[timedelta]

    def __post_init__(self) -> None:
        if self.look_again <= timedelta(0):
            raise InvalidPolicy("exclusions.look_again is longer than nothing")

    def holds(self, list_date: date | None, today: date) -> bool:
        """Return whether a list of this day may be asked; none may not."""
        return list_date is not None and today - list_date <= self.max_age

    def is_due(self, list_date: date, today: date) -> bool:
        """Return whether it is time for a newer list than that of this day."""
        return today - list_date > self.max_age - self.warn_before


MERGEABLE: Final = frozenset(Purpose) - {Purpose.EMERGENCY, Purpose.LEGAL}
"""Purposes whose messages with the same words may be sent once."""


class RepeatPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages of these purposes are sent once that say the same to a person over a channel `within` this."""

    within: Parsed[timedelta]
    purposes: tuple[Purpose, ...]

    def __post_init__(self) -> None:
        if self.within <= timedelta(0):
            raise InvalidPolicy("repeats.within is longer than nothing")
        if not MERGEABLE.issuperset(self.purposes):
            raise InvalidPolicy("repeats.purposes: each emergency and each legal message is sent")
