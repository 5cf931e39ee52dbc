"""
Breakpoints in the protocols between a process and its servers: kills or delays the process there.

A step of a clock is published, confirmed, recorded in SQL and armed in Redis. SQL statements are recognised
by their effect, not by the keys that they use.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final

from tests.acceptance.harness import HubProcess, hub_process, until
from tests.chaos.scenario import Scenario
from tests.chaos.wire import port_of, through, wire

_CONFIRM: Final = b"\x00\x3c\x00\x50"
"""AMQP's `basic.ack`, by its class and method."""
_PREPARED: Final = re.compile(rb"P.{4}(\w+)\x00[^\x00]*\bUPDATE clock\b", re.DOTALL)
"""PostgreSQL's `Parse` of the statement that records a clock's step, with the statement's name."""
_BOUND: Final = re.compile(rb"B.{4}\x00(\w+)\x00", re.DOTALL)
"""PostgreSQL's `Bind`: the statement of this name is about to run."""
_DONE: Final = b"UPDATE "


class Point(StrEnum):
    """Where in a clock's step the process is stopped."""

    PUBLISHED = "published"
    """The broker has the event, but has not confirmed it."""
    CONFIRMED = "confirmed"
    """The event is confirmed, but not recorded in SQL."""
    ADVANCED = "advanced"
    """Recorded in SQL, but not in Redis, which is updated after the last of the steps due together."""


class Watched:
    """The breakpoints of one process. `step` is a part of the event's id, such as `escalate:3`."""

    def __init__(self) -> None:
        self.hub: HubProcess
        self.reached = asyncio.Event()
        self._trap: tuple[Point, bytes] | None = None
        self._spring: Callable[[], Awaitable[bool]] = self._die
        self._is_sent = self._asked = self._advanced = False
        self._statements: set[bytes] = set()

    def dies(self, point: Point, step: str) -> None:
        """Kill the process there, before its message is passed on."""
        self._set(point, step, self._die)

    def waits(self, point: Point, step: str, for_: asyncio.Event) -> None:
        """Delay the process there: its message is passed on once `for_` is set."""

        async def wait() -> bool:
            return await for_.wait()

        self._set(point, step, wait)

    async def killed(self) -> None:
        """Wait until the process was killed."""
        await until(self.reached.is_set, "the kill")
        assert self.hub.process is not None
        await self.hub.process.wait()

    def _set(self, point: Point, step: str, spring: Callable[[], Awaitable[bool]]) -> None:
        self._trap, self._spring, self.reached = (point, step.encode()), spring, asyncio.Event()
        self._is_sent = self._asked = self._advanced = False

    async def to_broker(self, data: bytes) -> bool:
        if self._trap is not None and self._trap[1] in data:
            self._is_sent = True
        return True

    async def from_broker(self, data: bytes) -> bool:
        return not (self._is_sent and _CONFIRM in data) or await self._comes_to(Point.PUBLISHED)

    async def to_database(self, data: bytes) -> bool:
        self._statements.update(_PREPARED.findall(data))
        if not (self._is_sent and self._statements.intersection(_BOUND.findall(data))):
            return True
        self._asked = True
        return await self._comes_to(Point.CONFIRMED)

    async def from_database(self, data: bytes) -> bool:
        self._advanced |= self._asked and _DONE in data
        return True

    async def to_redis(self, data: bytes) -> bool:
        del data  # from here on nothing of this process reaches Redis
        return not self._advanced or await self._comes_to(Point.ADVANCED)

    async def _comes_to(self, point: Point) -> bool:
        if self._trap is None or self._trap[0] is not point:
            return True
        self._trap = None  # it triggers once, also for a process started later
        self.reached.set()
        return await self._spring()

    async def _die(self) -> bool:
        assert self.hub.process is not None
        self.hub.process.kill()
        return False


@asynccontextmanager
async def watched(trial: Scenario, role: str) -> AsyncIterator[Watched]:
    """Run a role over observed connections; after a kill it stays down until it is started again."""
    one, house = Watched(), trial.house
    async with (
        wire(port_of(house.amqp_url), there=one.to_broker, back=one.from_broker) as broker,
        wire(port_of(house.database_url), there=one.to_database, back=one.from_database) as database,
        wire(port_of(house.redis_url), there=one.to_redis) as redis,
    ):
        one.hub = house.hub(role)
        one.hub.environment = {
            **one.hub.environment,
            "HUB_AMQP_URL": through(broker.port, house.amqp_url),
            "HUB_DATABASE_URL": through(database.port, house.database_url),
            "HUB_REDIS_URL": through(redis.port, house.redis_url),
        }
        async with hub_process(one.hub):
            yield one
