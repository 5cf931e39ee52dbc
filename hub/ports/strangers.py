"""Strangers, known only by the contacts that an event named: they have no person_id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol


class StrangerStore(Protocol):
    async def known(self, refs: Collection[str]) -> Sequence[str]:
        """Return those of the references to which messages were planned."""

    async def has_open_case(self, addresses: Collection[str]) -> bool:
        """Return whether a case that still runs names one of these addresses."""
