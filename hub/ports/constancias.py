"""Data of a constancia besides the thread of a case: words as they were sealed, and consents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Brand, Consent, OptedOut, PropertyScope
from hub.model.evidence import SaidMessage, Seal, SealedRow
from hub.ports.by_address import NO_ADDRESS, ByAddress
from hub.ports.cases import CaseFacts, CaseStore
from hub.ports.evidence import VersionStore


class ThreadStore(CaseStore, Protocol):
    """Cases, and one person's affairs in the same form."""

    async def of_person(
        self,
        person: str,
        *,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
        also: ByAddress = NO_ADDRESS,
    ) -> CaseFacts:
        """
        Return the messages to a person, her replies and the events that left her out, whole, oldest first.

        `case` is `person:REF`. With `places`, only rows of these. `also`: those of these addresses, too.
        """


class ConstanciaStore(VersionStore, Protocol):
    """Reads only."""

    async def said(self, ids: Collection[UUID]) -> Sequence[tuple[SaidMessage, Sequence[SealedRow]]]:
        """
        Return these messages with event and calls, by id; and their attempts and endings as they are sealed.

        Both are of one moment.
        """

    async def last_before(self, minute: datetime) -> Seal | None:
        """Return the last seal of a minute before this one, without its leaves."""

    async def seals(self, after: int, limit: int) -> Sequence[Seal]:
        """Return seals with their leaves, by number, after this one."""

    async def stamps(self) -> Mapping[int, bytes]:
        """Return the authority's answers, by the number of the seal."""

    async def consents(self, people: Collection[str]) -> Sequence[Consent]:
        """Return the entries of these people in the ledger, by person, oldest first."""

    async def opted_out(self, people: Collection[str]) -> Sequence[OptedOut]:
        """Return the opt-outs of these people that were not lifted."""

    async def name_of(self, person: str) -> str | None:
        """Return the name of a person of the directory; None if unknown or removed."""

    async def brand_of(self, place: str) -> Brand | None:
        """Return the identity of a copropiedad; None for one that has none of its own."""

    async def place_names(self, places: Collection[str]) -> Sequence[str]:
        """Return the names of these copropiedades."""
