"""Reads of the residents' page, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record
from msgspec import convert

from hub.catalog import BY_TYPE
from hub.model import Brand, Clock, ContactPoint, type_of
from hub.model.casework import STAFF_WORDS
from hub.model.residents import (
    AnswerWay,
    CaseEvent,
    KnownResident,
    OwnConversation,
    OwnWords,
    ResidentCode,
    ResidentFile,
    ResidentMessage,
    ResidentPlace,
    ResidentSession,
    SentLine,
)
from hub.people.brands import packed_brand
from hub.people.units import short_name, unit_name
from hub.storage import clocks, consents
from hub.storage.casework import THREAD
from hub.storage.database import Runner, Store, load, read
from hub.storage.timers import PostgresTimers

_SQL: Final = load("residents")
_CLOCKS: Final = 20
"""Clocks of a case that are read at most."""
_CASES: Final = 20
"""Cases of a person that are shown at most: the latest."""


class PostgresResidents(Store):
    async def message(self, message_id: UUID) -> ResidentMessage | None:
        """Return a message with its case; None if it is not stored (any more)."""
        async with self._database.snapshot() as run:
            rows = await run.rows(_SQL["message"], message_id)
            return await _with_case(run, rows[0]) if rows else None

    async def sent(self, person: str, *, after: UUID | None, limit: int) -> Sequence[SentLine]:
        """
        Return the messages to a person of the newest events, those first told before the message `after`.

        `limit` counts events. The messages of one stand together, the last one first.
        """
        rows = await self.rows(_SQL["sent"], person, after, limit)
        return [read(SentLine, row, opened=row["opened"] or {}, unit=_unit(row)) for row in rows]

    async def cases(self, person: str) -> Sequence[ResidentMessage]:
        """Return the cases of the person's latest messages that have clocks, each once, newest first."""
        async with self._database.snapshot() as run:
            return [await _with_case(run, row) for row in await run.rows(_SQL["cases"], person, _CASES)]

    async def talk(self, person: str, case: str) -> OwnConversation:
        """Return what the person and the staff said to each other in a case: nothing of anybody else."""
        types = [type_of(name) for name in STAFF_WORDS]
        async with self._database.snapshot() as run:
            rows = await run.rows(_SQL["talk"].replace("<thread>", THREAD), case, person, types)
            ways = await run.rows(_SQL["way"], person, case)
        # Joined petitions have the same final answer, each under its own number.
        said = {(one.at, one.words): one for one in map(_words, rows) if one.words or one.files}
        return OwnConversation(said=[*said.values()], way=read(AnswerWay, ways[0]) if ways else None)

    async def file(self, person: str) -> ResidentFile | None:
        """Return the person's data of the directory and the ledger; None for a person who was removed."""
        async with self._database.snapshot() as run:
            rows = await run.rows(_SQL["person"], person)
            if not rows:
                return None
            places = await run.rows(_SQL["places"], person)
            return ResidentFile(
                person=person,
                name=rows[0]["name"],
                locale=rows[0]["locale"],
                contacts=convert(rows[0]["contact_points"] or [], list[ContactPoint]),
                places=[
                    read(ResidentPlace, row, unit=row["unit"] and unit_name(row["tower"], row["unit"]))
                    for row in places
                ],
                consents=await consents.ledger(run, [person]),
                stances=await consents.stances(run, person),
            )

    async def held_levels(self, clock: Clock, levels: Collection[int]) -> Collection[int]:
        """Return which of these levels somebody holds now in the clock's place."""
        return (await PostgresTimers(self._database).held_levels([(clock, levels)]))[clock.id]


def _words(row: Record) -> OwnWords:
    if row["mine"]:
        return OwnWords(at=row["at"], words=row["text"] or "", mine=True, files=row["files"])
    data = row["data"] or {}
    text, name = data.get(STAFF_WORDS[BY_TYPE[row["type"]].name]), data.get("agent_name")
    return OwnWords(at=row["at"], words=str(text or ""), name=str(name or ""))


def _unit(row: Record) -> str:
    return short_name(row["tower"], row["label"]) if row["label"] else ""


async def _with_case(run: Runner, row: Record) -> ResidentMessage:
    case = row["case_key"]
    events = await run.rows(_SQL["events"], case) if case else ()
    packed = packed_brand(row["branding"])
    return ResidentMessage(
        message_id=row["id"],
        person=row["person"],
        case=case,
        building=row["building"],
        recalled_at=row.get("recalled_at"),
        correction=row.get("correction"),
        brand=packed and Brand(digest=packed[0], data=row["branding"]),
        clocks=await clocks.find(run, "of_case", case, None, True, _CLOCKS) if case else (),
        events=[
            CaseEvent(name=BY_TYPE[event["type"]].name, at=event["time"], id=event["id"])
            for event in events
            if event["type"] in BY_TYPE
        ],
        opened=events[0]["opened"] or {} if events else {},
        unit=_unit(row),
    )


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
