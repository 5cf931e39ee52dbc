"""Whom an audience holds, as operators and other systems ask before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.audience import Group
from hub.headcount import Headcount
from hub.model import Places
from hub.ports.log import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """How many, and a page of them."""

    headcount: Headcount
    page: Page


class HeadcountStore(Protocol):
    """Names are masked."""

    async def meant(
        self, groups: Sequence[Group], *, after: str | None, limit: int, places: Places = None
    ) -> Meant:
        """
        Look all of it up and count each person once; list by ref.

        Raises StorageRefused for a cursor that is none of a list's.
        """
