"""Reads of the residents' page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Clock
from hub.model.residents import (
    KnownResident,
    OwnConversation,
    ResidentCode,
    ResidentFile,
    ResidentMessage,
    ResidentSession,
    SentLine,
)


class LevelStore(Protocol):
    async def held_levels(self, clock: Clock, levels: Collection[int]) -> Collection[int]:
        """Return which of these levels somebody holds now in the clock's place."""


class ResidentStore(LevelStore, Protocol):
    async def message(self, message_id: UUID) -> ResidentMessage | None:
        """Return a message with its case; None if it is not stored (any more)."""

    async def sent(self, person: str, *, after: UUID | None, limit: int) -> Sequence[SentLine]:
        """
        Return the messages to a person of the newest events, those first told before the message `after`.

        `limit` counts events. The messages of one stand together, the last one first.
        """

    async def cases(self, person: str) -> Sequence[ResidentMessage]:
        """Return the cases of the person's latest messages that have clocks, each once, newest first."""

    async def talk(self, person: str, case: str) -> OwnConversation:
        """Return what the person and the staff said to each other in a case: nothing of anybody else."""

    async def file(self, person: str) -> ResidentFile | None:
        """Return the person's data of the directory and the ledger; None for a person who was removed."""


class ResidentAccess(Protocol):
    """The codes and sessions of a person's own page. Rows are found by the hash of a cookie."""

    async def resident(self, message_id: UUID) -> KnownResident | None:
        """Return the recipient of a message; None without one in the directory."""

    async def add_code(self, code: ResidentCode, *, most: int, since: datetime) -> bool:
        """
        Store a code; false if the person has got `most` since then that nobody has entered.

        The limit holds for any number of requests at once.
        """

    async def code(self, hash: bytes) -> ResidentCode | None: ...  # noqa: A002 - the field's name

    async def try_code(self, hash: bytes, *, most: int, now: datetime) -> ResidentCode | None:  # noqa: A002 - the same
        """Count a try of a code that lasts, and return it; None if it has ended or was tried `most` times."""

    async def open_session(self, code: ResidentCode, session: ResidentSession) -> bool:
        """Use up the code and store the session; false if the code was used up already."""

    async def session(self, hash: bytes) -> ResidentSession | None: ...  # noqa: A002 - the same

    async def end_session(self, hash: bytes) -> None: ...  # noqa: A002 - the same
