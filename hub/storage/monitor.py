"""The monitor in PostgreSQL: ages, heartbeats, incidents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from asyncpg import Record

from hub.model import Gap, Incident, Lane, Period, Symptom
from hub.model.contracts import ContractDecision
from hub.model.exclusions import ExclusionList
from hub.model.incidents import UNKNOWN_CODES, excess_of
from hub.model.webhooks import LateWebhook, WebhookFigures
from hub.people.audience import Group
from hub.ports.monitor import MANY_HELD, MANY_UNREAD
from hub.storage import contracts, people
from hub.storage.database import Database, Store, load, read
from hub.storage.exclusions import in_force
from hub.storage.lookback import EVER, Lookback

_SQL = load("monitor")


class PostgresMonitor(Store):
    """The MonitorStore, and incidents and figures for operators; `queues` are all channels and lanes."""

    def __init__(self, database: Database, queues: Sequence[tuple[str, Lane]]) -> None:
        super().__init__(database)
        self._channels = [channel for channel, _ in queues]
        self._lanes = [str(lane) for _, lane in queues]
        self._waiting = Lookback()

    async def clock(self) -> datetime:
        """Return the database's time."""
        [row] = await self.rows(_SQL["clock"])
        at: datetime = row["now"]
        return at

    async def beat(self, process: str, states: Mapping[str, str]) -> None:
        """Write this process's report of itself, and delete the rows of ended processes."""
        await self.rows(_SQL["beat"], process, list(states), list(states.values()))
        await self.rows(_SQL["forget"])

    async def open_circuits(self, fresh: timedelta) -> Sequence[str]:
        return [row["place"] for row in await self.rows(_SQL["open_circuits"], fresh)]

    async def gaps(self, fresh: timedelta) -> Sequence[Gap]:
        return [Gap.read(row["state"]) for row in await self.rows(_SQL["gaps"], fresh)]

    async def excess(self, fresh: timedelta) -> Mapping[tuple[Lane, str], int]:
        rows = await self.rows(_SQL["excess"], fresh)
        return {excess_of(row["subject"]): row["events"] for row in rows}

    async def clock_offsets(self, fresh: timedelta) -> Mapping[str, timedelta]:
        rows = await self.rows(_SQL["clock_offsets"], fresh)
        return {row["host"]: row["offset"] for row in rows}

    async def audit_age(self) -> timedelta | None:
        [row] = await self.rows(_SQL["audit_age"])
        age: timedelta | None = row["age"]
        return age

    async def planned_stops(self) -> Mapping[str, bool]:
        return {row["role"]: row["back"] for row in await self.rows(_SQL["planned_stops"])}

    async def oldest_waiting(self) -> Mapping[tuple[str, Lane], timedelta]:
        return await self._waiting.look(
            self._oldest_waiting, lambda found: max(found.values(), default=timedelta(0))
        )

    async def _oldest_waiting(self, reach: timedelta) -> Mapping[tuple[str, Lane], timedelta]:
        rows = await self.rows(_SQL["oldest_waiting"], self._channels, self._lanes, reach)
        return {(row["channel"], Lane(row["lane"])): row["age"] for row in rows}

    async def open_letters(self, lately: timedelta) -> tuple[int, int]:
        [row] = await self.rows(_SQL["open_letters"], lately)
        return row["opened"], row["lately"]

    async def wrong_senders(self, lately: timedelta) -> Sequence[tuple[str | None, str | None]]:
        rows = await self.rows(_SQL["wrong_senders"], lately)
        return [(row["source"], row["sender"]) for row in rows]

    async def webhooks_off(self) -> Sequence[tuple[str, str, str]]:
        rows = await self.rows(_SQL["webhooks_off"])
        return [(row["id"], row["source"], row["error"]) for row in rows]

    async def webhooks_late(self, after: timedelta) -> Sequence[LateWebhook]:
        return [read(LateWebhook, row) for row in await self.rows(_SQL["webhooks_late"], after)]

    async def webhook_figures(self) -> WebhookFigures:
        """Count webhooks by state, and the events that wait for them; each count ends at a limit."""
        [row] = await self.rows(_SQL["webhook_figures"])
        return read(WebhookFigures, row)

    async def exclusion_list(self) -> ExclusionList | None:
        return await in_force(self)

    async def held(self, within: timedelta | None = None) -> Mapping[str, int]:
        rows = await self.rows(_SQL["held"], EVER if within is None else within, MANY_HELD)
        return {row["reason"]: row["n"] for row in rows}

    async def unrecognised(self, lately: timedelta) -> int:
        [row] = await self.rows(_SQL["unrecognised"], lately)
        found: int = row["n"]
        return found

    async def unknown_codes(self, fresh: timedelta) -> int:
        [row] = await self.rows(_SQL["unknown_codes"], UNKNOWN_CODES, fresh)
        found: int = row["n"]
        return found

    async def anybody_on_duty(self, duty: str = "ops") -> bool:
        group = Group(duty=duty)
        found = (await people.look_up(self, [group]))[group]
        return any(person.left_out is None for person in found)

    async def see(self, symptoms: Sequence[Symptom]) -> None:
        """Open incidents or update their measurement; the unique index lets only one process open each."""
        if symptoms:
            by_key = {symptom.key: symptom.measured for symptom in symptoms}
            await self.rows(_SQL["see"], sorted(by_key), [by_key[key] for key in sorted(by_key)])

    async def resolve(self, kinds: Sequence[str], clear_after: timedelta) -> None:
        await self.rows(_SQL["resolve"], list(kinds), clear_after)

    async def unpublished(self) -> Sequence[Incident]:
        return [_incident(row) for row in await self.rows(_SQL["unpublished"])]

    async def mark_published(self, incident: Incident) -> None:
        statement = _SQL["mark_begun" if incident.told_at is None else "mark_over"]
        await self.rows(statement, incident.key, incident.since)

    async def incidents(self, limit: int) -> Sequence[Incident]:
        """List the open incidents, the oldest first, then the resolved ones, the latest first."""
        return [_incident(row) for row in await self.rows(_SQL["troubles"], limit)]

    async def promises(self) -> Mapping[tuple[str, int, str], int]:
        """Count the clocks that have not ended, by (name, level, state)."""
        rows = await self.rows(_SQL["promises"])
        return {(row["name"], row["level"], row["state"]): row["n"] for row in rows}

    async def unread(self) -> int:
        """Count the unread entries of people's inboxes, up to a limit."""
        [row] = await self.rows(_SQL["unread"], MANY_UNREAD)
        found: int = row["n"]
        return found

    async def contract_decisions(self, within: timedelta) -> Sequence[ContractDecision]:
        """Return which contracts were renewed or ended in this time up to now, in the order of time."""
        now = await self.clock()
        return await contracts.decisions(self, Period(since=now - within, until=now))


def _incident(row: Record) -> Incident:
    return read(Incident, row, measured=row["detail"]["measured"])
