"""Evidence as stored: the sent words, and the seals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model.evidence import SaidMessage, Seal, SealedRow, StoredState
from hub.model.months import StoredMonth


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """
    A look at the running transactions, at the database's time `at`.

    Rows recorded before `at` have a transaction id below `own`; transactions below `oldest` are all over.
    """

    at: datetime
    own: int
    oldest: int


class SealStore(Protocol):
    async def horizon(self) -> Horizon: ...

    async def seal_next(self, until: datetime) -> Seal | None:
        """
        Seal the next minute that has rows and ends by `until`; None where there is none.

        Everything recorded before `until` must be visible. Raises StorageConflict while another seals.
        """

    async def last_before(self, minute: datetime) -> Seal | None:
        """Return the last seal of a minute before this one, without its leaves."""

    async def stamped(self, number: int) -> Mapping[int, bytes]:
        """Return the time stamp of this seal, by its number; empty if it has none."""

    async def keep_stamp(self, number: int, reply: bytes) -> None:
        """Store the authority's answer over this seal; the first one stays."""


class VersionStore(Protocol):
    async def versions(self, digests: Collection[bytes]) -> Mapping[bytes, bytes]:
        """Return the packed wordings of these digests, where they are stored."""

    async def document(self, sha256: bytes) -> bytes | None:
        """Return the bytes of a document; None if they are not stored (any more)."""


class EvidenceStore(VersionStore, Protocol):
    async def said(self, message_id: UUID) -> SaidMessage | None:
        """Return a message with its event and calls; None if it is not stored (any more)."""

    async def said_each(self, message_ids: Collection[UUID]) -> Mapping[UUID, SaidMessage]:
        """Return those of these messages that are stored, in a fixed number of statements."""

    async def version_digests(self) -> Sequence[bytes]:
        """Return the digests of all stored versions."""

    async def seals(self, after: int, limit: int) -> Sequence[Seal]:
        """Return seals with their leaves, by number, after this one."""

    async def last_before(self, minute: datetime) -> Seal | None: ...

    async def count_seals(self, since: datetime, until: datetime) -> int:
        """Return how many seals there are of the minutes of a period."""

    async def recorded(
        self, since: datetime, until: datetime, after: SealedRow | None, limit: int
    ) -> Sequence[tuple[SealedRow, bytes | None]]:
        """Return rows recorded in a period, in the order of the seals, each with its kept bytes."""

    async def find_rows(self, keys: Collection[tuple[UUID, datetime]]) -> Sequence[SealedRow]:
        """Return those of these attempts that are stored, whenever they say they were recorded."""

    async def unrecorded(
        self, since: datetime, until: datetime, limit: int
    ) -> Sequence[tuple[UUID, datetime]]:
        """Return attempts of a period, since the first seal, that state no instant of recording."""

    async def states(self, after: UUID, until: UUID, limit: int) -> Sequence[StoredState]:
        """Return messages by id, after this one and before `until`, each with its record."""

    async def stamps(self) -> Mapping[int, bytes]:
        """Return the authority's answers, by the number of the seal, in its order."""

    async def months(self) -> Sequence[StoredMonth]: ...
