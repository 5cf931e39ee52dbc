"""The register of excluded numbers (RNE), in which people refuse advertising by channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Protocol

from hub.model.exclusions import ExcludedAddress, ExclusionCheck, ExclusionList


class ExclusionRegistry(Protocol):
    async def check(self, address: str, channel: str, at: datetime) -> ExclusionCheck:
        """
        Look an address up: an email address or a number in E.164.

        Raises Unavailable if the register does not answer.
        """


class ExclusionLists(Protocol):
    async def replace(self, entries: Iterable[ExcludedAddress], *, list_date: date) -> int:
        """
        Load a list instead of the one before, in one transaction; return how many addresses it has.

        Raises TooLate if a newer list is loaded.
        """

    async def loaded(self) -> ExclusionList | None:
        """Return the list in force."""

    async def by_channel(self) -> Mapping[str, int]:
        """Count the addresses of the list by channel; `all` are those excluded over every one."""
