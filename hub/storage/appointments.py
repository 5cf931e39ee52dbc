"""
Redis: what must happen later, and the live boards of clocks.

Nothing here is the truth: all of it can be made again from SQL. The hash tag keeps all keys on one
node of a cluster. Due instants are compared with Redis' own clock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final, cast
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from hub.errors import AppointmentsUnavailable, ConfigurationError
from hub.model import Clock, ClockState, Lane

TIMEOUT: Final = 2.0  # seconds
PAUSE: Final = 1.0
"""Seconds in which a Redis that hangs is not asked again: each question would cost its caller TIMEOUT."""
CLAIMED_FOR: Final = timedelta(seconds=30)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

EPOCH_KEY: Final = "{hub}:epoch"
_MESSAGES: Final = {lane: f"{{hub}}:due:{lane}:m" for lane in Lane}
_CLOCKS: Final = "{hub}:due:urgent:c"
_DUE: Final = (_MESSAGES[Lane.URGENT], _CLOCKS, _MESSAGES[Lane.NORMAL], _MESSAGES[Lane.BULK])
"""In the order in which they are claimed."""
_DONE_STEPS: Final = "{hub}:clocks:done_steps"
_ENDED: Final = "{hub}:clocks:ended"
_STATES: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)
_LEVELS: Final = (1, 2, 3, 4)


class RedisAppointments:
    """The Appointments. Connects when first used; raises AppointmentsUnavailable, ConfigurationError."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._redis = client(url, timeout)
        self._claim = self._redis.register_script(script("claim"))
        self._done = self._redis.register_script(script("done"))
        self._track = self._redis.register_script(script("track"))
        self._silent_until = 0.0

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def arm_messages(self, items: Sequence[tuple[UUID, Lane, datetime]]) -> None:
        """Set when each message wants to be looked at again."""
        if not items:
            return
        with self._translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                for lane in Lane:
                    scores = {f"m:{message}": _score(at) for message, of, at in items if of is lane}
                    if scores:
                        pipe.zadd(_MESSAGES[lane], scores)
                await pipe.execute()

    async def track_clocks(self, clocks: Sequence[Clock]) -> None:
        """Put each clock on its boards and arm its next step; an ended one leaves all boards."""
        if not clocks:
            return
        with self._translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                for clock in clocks:
                    await self._track(*_track_arguments(clock), client=pipe)
                await pipe.execute()

    async def claim(self, limit: int) -> Sequence[tuple[str, float]]:
        """Take due members, urgent first; their scores go 30 s ahead, so that a crash repeats them."""
        with self._translated():
            flat = await self._claim(_DUE, [limit, CLAIMED_FOR // _MILLISECOND])
        return [(member, float(score)) for member, score in zip(flat[::2], flat[1::2], strict=True)]

    async def done(self, claimed: Sequence[tuple[str, float]]) -> None:
        """Remove members whose score is still the claimed one."""
        if not claimed:
            return
        with self._translated():
            await self._done(_DUE, [part for one in claimed for part in one])

    async def board(self, state: str, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """
        Answer the clocks on a board, soonest due first.

        Boards are `open`, `at_risk`, `breached`, and of all these `level:2`, `copropiedad:ID`.
        """
        if limit <= 0:
            return []
        with self._translated():
            found = await self._redis.zrange(_board(state), 0, limit - 1, withscores=True)
        rows = cast("list[tuple[str, float]]", found)
        return [(UUID(member.removeprefix("c:")), _EPOCH + score * _MILLISECOND) for member, score in rows]

    async def intact(self) -> bool:
        """Tell whether the epoch key is there; false after a flush or on an empty server."""
        with self._translated():
            return bool(await self._redis.exists(EPOCH_KEY))

    async def clock(self) -> datetime:
        """Tell Redis' time."""
        with self._translated():
            seconds, microseconds = await self._redis.time()
        return _EPOCH + timedelta(seconds=seconds, microseconds=microseconds)

    async def begin_epoch(self) -> None:
        """Say that everything has been armed again."""
        with self._translated():
            await self._redis.set(EPOCH_KEY, datetime.now(UTC).isoformat())

    @contextmanager
    def _translated(self) -> Iterator[None]:
        if time.monotonic() < self._silent_until:
            raise AppointmentsUnavailable
        try:
            yield
        except (RedisError, OSError) as exc:
            if isinstance(exc, RedisTimeout | TimeoutError):
                self._silent_until = time.monotonic() + PAUSE
            raise AppointmentsUnavailable(
                f"{AppointmentsUnavailable.__doc__} ({type(exc).__name__})"
            ) from exc


def client(url: str, timeout: float) -> Redis:
    """Make a client that connects when first used; raises ConfigurationError."""
    try:
        return Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            # Once more, at once: a connection of the pool may have died unnoticed.
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError as exc:
        raise ConfigurationError("HUB_REDIS_URL is not the address of a Redis server.") from exc


def _track_arguments(clock: Clock) -> tuple[list[str], list[str | int]]:
    """Answer the keys and arguments of `track.lua`."""
    place = clock.context.get("copropiedad_id")
    boards = [clock.state.value, f"level:{clock.level}", *([f"copropiedad:{place}"] if place else [])]
    others = [name for name in (*_STATES, *(f"level:{level}" for level in _LEVELS)) if name not in boards]
    ended = clock.ended_at is not None
    keys = [_CLOCKS, _DONE_STEPS, _ENDED, *map(_board, [*boards, *others])]
    return keys, [
        f"c:{clock.id}",
        _score(clock.due_at),
        "" if clock.next_at is None else _score(clock.next_at),
        "" if ended else clock.fired,
        0 if ended else len(boards),
        f"c:{clock.id}:{len(clock.course.reopened)}",
    ]


def _board(name: str) -> str:
    return f"{{hub}}:clocks:{name}"


def _score(at: datetime) -> int:
    """Make milliseconds, rounded up: when Redis says that it is time, SQL must agree."""
    return -((_EPOCH - at) // _MILLISECOND)


def script(name: str) -> str:
    """Read one of our Lua scripts."""
    return files("hub.storage").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")
