"""Escalations that people have received, in PostgreSQL."""

from __future__ import annotations

from uuid import UUID

from asyncpg import Record

from hub.model import HUB_SOURCE, Acknowledgement, Escalation, EscalationStatus
from hub.policy.clocks import CALLS, ESCALATES
from hub.sla.acknowledge import ack_id
from hub.storage import clocks
from hub.storage.database import Store, load, read

_SQL = load("escalations")
_AWAY = load("directory")["away"]


class PostgresEscalations(Store):
    async def of_message(self, message_id: UUID) -> EscalationStatus | None:
        """
        Return the escalation that a message has brought, as it stands now.

        None if the message is no escalation to a level, or its clock is no longer stored.
        """
        names = sorted({*ESCALATES.values(), *CALLS.values()})
        rows = await self.rows(_SQL["of_message"], message_id, names, sorted(CALLS))
        known = await clocks.by_id(self, [UUID(row["clock_id"]) for row in rows])
        if not known:
            return None
        escalation = read(Escalation, rows[0], clock=known[0])
        taken = await self._taken(escalation)
        return EscalationStatus(
            escalation=escalation,
            is_held=await self._is_held(escalation, rows[0]["copropiedad_id"], of_desk=rows[0]["of_desk"]),
            taken=None if taken is None else read(Acknowledgement, taken),
            taker=(taken and taken["name"]) or "",
        )

    async def _is_held(self, escalation: Escalation, place: str | None, *, of_desk: bool) -> bool:
        holders = {row["id"] for row in await self.rows(_SQL["holders"], escalation.level, place, of_desk)}
        stand_ins = {row["delegate_id"] for row in await self.rows(_AWAY, sorted(holders))}
        return escalation.person in holders | stand_ins

    async def _taken(self, escalation: Escalation) -> Record | None:
        event_id = ack_id(escalation.clock.id, escalation.level)
        rows = await self.rows(_SQL["taken"], event_id, HUB_SOURCE, clocks.started([event_id]))
        return rows[0] if rows else None
