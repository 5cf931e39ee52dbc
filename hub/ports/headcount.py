"""Whom an audience holds, as operators and other systems ask before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.model import PropertyScope
from hub.people.audience import Group
from hub.people.headcount import Headcount
from hub.ports.log import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadcountPage:
    """A page of them, and on the first page how many."""

    headcount: Headcount | None
    page: Page


class HeadcountStore(Protocol):
    """Names are masked."""

    async def meant(
        self, groups: Sequence[Group], *, after: str | None, limit: int, places: PropertyScope = None
    ) -> HeadcountPage:
        """
        List by ref, each person once; without `after`, look all of it up and count.

        Raises StorageRefused for a cursor that is none of a list's.
        """
