"""The directory as an import needs it: read the entries of a file, and write all of the file or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from hub.model import Event
from hub.people.importing import KnownDirectory, Part, Stored


class ImportTransaction(Protocol):
    """One transaction: an import reads, compares and writes in it."""

    async def alone(self) -> None:
        """Wait until no other import writes: else each would read rows that the other is about to change."""

    async def copropiedades(self) -> Mapping[str, str]:
        """Return all copropiedades of the company: id → name."""

    async def known(self, part: Part, people: Collection[str]) -> KnownDirectory:
        """
        Return the stored units, memberships and people of a part, and the people with these ids.

        Removed memberships and people are left out. Call `copropiedades` for the copropiedades themselves.
        """

    async def stored(self, ids: Mapping[str, Collection[str]]) -> Stored:
        """Return the rows with these ids, by noun, including removed ones."""

    async def apply(self, events: Sequence[Event]) -> None:
        """Apply `directory.*` events: all of them are stored, or nothing of the transaction."""


class ImportStore(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[ImportTransaction]:
        """Open a transaction; it commits at the end of the block, and rolls back when that raises."""
