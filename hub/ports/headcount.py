"""The people of an audience, as operators and other systems query them before anything is sent."""

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
    """A page of people, with the headcount on the first page."""

    headcount: Headcount | None
    page: Page


class HeadcountStore(Protocol):
    """Names are masked unless `named`."""

    async def meant(
        self,
        groups: Sequence[Group],
        *,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
        named: bool = False,
    ) -> HeadcountPage:
        """
        List people by ref, each person once; without `after`, also count the whole audience.

        Raises StorageRefused for a cursor that this list did not give.
        """
