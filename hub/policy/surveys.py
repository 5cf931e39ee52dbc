"""Surveys of the company: their frequency, their duration, and the score from which it calls people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy

HIGHEST: Final = 10
"""The highest score of a survey; the lowest is 0."""


class SurveyPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The rules of surveys.

    A person gets one survey `once_per` this time. The hub's own page takes an answer while the survey is
    open, `open_for` after it was asked unless its event says until when, and changes of it `change_within`
    the first one. A person with a score of at most `detractor_at_most` is called. The figures of fewer
    answers than `fewest` are not shown, because somebody could tell who has given them.
    """

    once_per: Parsed[timedelta]
    open_for: Parsed[timedelta]
    change_within: Parsed[timedelta]
    detractor_at_most: Annotated[int, Meta(ge=0, lt=HIGHEST)]
    fewest: Annotated[int, Meta(ge=1)]

    def closes_at(self, asked_at: datetime, named: datetime | None) -> datetime:
        """Return until when a survey takes its first answer; `named` is what its event says."""
        return named or asked_at + self.open_for

    def __post_init__(self) -> None:
        if min(self.once_per, self.open_for) <= timedelta(0):
            raise InvalidPolicy("surveys.once_per and surveys.open_for are longer than nothing")
