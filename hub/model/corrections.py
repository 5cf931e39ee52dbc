"""Corrections: who had what was taken back."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct


class ReachCount(Struct, frozen=True, kw_only=True):
    """The number of people with messages of an event, and of those who `had` one, or may have had it."""

    people: int
    had: int


class Reader(Struct, frozen=True, kw_only=True):
    """
    A person who had messages of an event, or may have had them, and the channels by which they came.

    It is `legal` if the law required one of them.
    """

    event_key: UUID
    person: str
    channels: frozenset[str]
    legal: bool
