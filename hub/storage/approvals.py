"""Approvals in PostgreSQL: who is asked to release a communication, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import structs

from hub.model import PropertyScope
from hub.model.communications import Communication, CommunicationState, Origin
from hub.model.pages import PageQuery, Rows
from hub.model.reviews import Approval, Decision, HeldState, Verdict, WaitingApproval
from hub.storage import communications, held_events
from hub.storage.communication_drafts import unchanged
from hub.storage.communications import Move
from hub.storage.database import Runner, Store, load, read, read_first, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_FIELDS: Final = ", ".join(f"approval.{field.name}" for field in structs.fields(Approval))
_SQL: Final = {name: text.replace("{fields}", _FIELDS) for name, text in load("approvals").items()}


async def ask(run: Runner, asked: Approval) -> None:
    """Ask for a release, unless somebody is asked already."""
    who = asked.asked_by, asked.asked_person, asked.approver
    bound = asked.plan, asked.digest, asked.people, asked.senior, asked.ends_at
    await run.rows(_SQL["ask"], asked.communication, asked.asked_at, *who, *bound)


class PostgresApprovals(Store):
    """Askings, and the decisions over them, each in the transaction that moves its communication."""

    ask_again = ask

    async def ask(self, row: Communication, asked: Approval) -> Communication | None:
        """Let a draft wait for a release; None if it or its plan has changed since it was read."""
        async with self._database.transaction() as run:
            if not await unchanged(run, row, asked.plan, asked.digest):
                return None
            move = Move(to=CommunicationState.WAITING, at=asked.asked_at, plan=asked.plan)
            moved = await communications.move(run, row.id, move)
            if moved is not None:
                await ask(run, asked)
            return moved

    async def asked(self, communication: UUID) -> Approval | None:
        """Return the newest asking."""
        return read_first(Approval, await self.rows(_SQL["asked"], communication))

    async def waiting(self, query: PageQuery, places: PropertyScope) -> Rows[WaitingApproval]:
        """List open askings, the newest first."""
        return await rows_of(WaitingApproval, self, _SQL["waiting"], query, listed(places), by="asked_at")

    async def decide(self, row: Communication, asked: Approval, decided: Decision) -> Communication | None:
        """
        Decide an open asking, and move its communication; None if somebody was first, or it has changed.

        What is refused of people is a draft again; of another system, its event ends.
        """
        values = decided.verdict, decided.at, decided.by, decided.person, storable(decided.reason)
        async with self._database.transaction() as run:
            if not await unchanged(run, row):
                return None
            proof = decided.shown, decided.shown_sha256
            if not await run.rows(_SQL["decide"], row.id, asked.digest, *values, *proof):
                return None
            if row.origin is Origin.EVENT:
                await held_events.decide(run, row.id, HeldState(decided.verdict), decided.reason)
            if decided.verdict is Verdict.RELEASED:
                return await communications.leave(run, row, asked.plan, decided.at)
            ended = row.origin is Origin.EVENT
            to = CommunicationState.CANCELLED if ended else CommunicationState.DRAFT
            return await communications.move(run, row.id, Move(to=to, at=decided.at, why=decided.verdict))

    async def lapse(self, now: datetime) -> Sequence[UUID]:
        """End the askings whose time is over; return their communications."""
        return [row["communication"] for row in await self.rows(_SQL["lapse"], now)]

    async def void(self, communication: UUID, now: datetime) -> None:
        """End an asking for what has changed since."""
        await self.rows(_SQL["void"], communication, now)

    async def untold(self, limit: int) -> Sequence[Approval]:
        """Return askings of which nobody has been told since they began or ended, oldest first."""
        return [read(Approval, row) for row in await self.rows(_SQL["untold"], limit)]

    async def told(self, told: Approval, now: datetime) -> None:
        """Mark it as told, unless it has ended meanwhile."""
        await self.rows(_SQL["told"], told.communication, told.asked_at, now, told.verdict)

    async def twins(self, people: Collection[str]) -> frozenset[str]:
        """Return all entries of the directory that are one person with one of these."""
        return frozenset(row["person"] for row in await self.rows(_SQL["twins"], list(people)))
