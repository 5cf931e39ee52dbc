"""What an import asks of the directory: what is there of what a file speaks of, and to write all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from hub.model import Event
from hub.people.importing import KnownDirectory, Part, Stored


class ImportTransaction(Protocol):
    """One transaction: what is read in it is what is compared and written."""

    async def alone(self) -> None:
        """Wait until no other import writes: each would read what the other is about to change."""

    async def copropiedades(self) -> Mapping[str, str]:
        """Answer all of the company: id → name."""

    async def known(self, part: Part, people: Collection[str]) -> KnownDirectory:
        """
        Answer what is there of some copropiedades: units, memberships, and their people.

        Besides these, the people with these ids. Of memberships and people nothing that is removed;
        the copropiedades themselves are asked for before.
        """

    async def stored(self, ids: Mapping[str, Collection[str]]) -> Stored:
        """Answer the rows of these ids, by noun, also removed ones."""

    async def apply(self, events: Sequence[Event]) -> None:
        """Apply `directory.*` events; all of them are kept, or nothing of the transaction."""


class ImportStore(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[ImportTransaction]:
        """Open a transaction; it commits at the end of the block, and rolls back when that raises."""
