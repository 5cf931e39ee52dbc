"""Codes and cookies that open a resident's own page, in PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import convert

from hub.model import ContactPoint
from hub.model.residents import KnownResident, ResidentCode, ResidentSession
from hub.storage.database import Store, load, read

_SQL: Final = load("resident_access")
_KINDS: Final = frozenset({"email", "phone"})


class PostgresResidentAccess(Store):
    """The codes and sessions of a person's own page. Rows are found by the hash of a cookie."""

    async def resident(self, message_id: UUID) -> KnownResident | None:
        """Return the recipient of a message; None without one in the directory."""
        rows = await self.rows(_SQL["resident"], message_id)
        if not rows:
            return None
        points = convert(rows[0]["contact_points"] or [], list[ContactPoint])
        contacts = [point for point in points if point.verified and point.kind in _KINDS]
        return KnownResident(person=rows[0]["person"], name=rows[0]["name"], contacts=contacts)

    async def add_code(self, code: ResidentCode, *, most: int, since: datetime) -> bool:
        """
        Store a code; false if the person has got `most` since then that nobody has entered.

        The limit holds for any number of requests at once.
        """
        columns = code.hash, code.person, code.digest, code.shown, code.created_at, code.ends_at
        async with self._database.transaction() as run:
            await run.rows(_SQL["one_at_a_time"], code.person)
            await run.rows(_SQL["forget_codes"], since)
            return bool(await run.rows(_SQL["add_code"], *columns, since, most))

    async def code(self, hash: bytes) -> ResidentCode | None:  # noqa: A002 - the field's name
        rows = await self.rows(_SQL["code"], hash)
        return read(ResidentCode, rows[0]) if rows else None

    async def try_code(self, hash: bytes, *, most: int, now: datetime) -> ResidentCode | None:  # noqa: A002 - the same
        """Count a try of a code that lasts, and return it; None if it has ended or was tried `most` times."""
        rows = await self.rows(_SQL["try_code"], hash, most, now)
        return read(ResidentCode, rows[0]) if rows else None

    async def open_session(self, code: ResidentCode, session: ResidentSession) -> bool:
        """Use up the code and store the session; false if the code was used up already."""
        async with self._database.transaction() as run:
            if not await run.rows(_SQL["use_code"], code.hash):
                return False
            await run.rows(_SQL["forget_sessions"], session.created_at)
            columns = session.hash, session.person, session.created_at, session.ends_at
            await run.rows(_SQL["add_session"], *columns)
        return True

    async def session(self, hash: bytes) -> ResidentSession | None:  # noqa: A002 - the same
        rows = await self.rows(_SQL["session"], hash)
        return read(ResidentSession, rows[0]) if rows else None

    async def end_session(self, hash: bytes) -> None:  # noqa: A002 - the same
        await self.rows(_SQL["end_session"], hash)
