"""
Redis: the schedule of later work, and the live boards of clocks.

SQL is the source of truth: everything here can be rebuilt from it. Due instants are compared with Redis'
own clock.

Above 128 members a sorted set costs Redis some 125 bytes per member; below, it is packed at 30 bytes.
So a set of up to a million clocks is stored as many small sets, the shelves. An index sorts the shelves by
their lowest score, to find the lowest members of all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from struct import Struct
from typing import Final, TypeVar, cast
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.exceptions import TimeoutError as RedisTimeout

from hub.errors import AppointmentsUnavailable
from hub.model import Clock, ClockState, Lane, LiveClock, live_clock
from hub.ports import Later
from hub.storage.redis_connection import TAG, Script, at_keys, client, failures

VERSION: Final = 2
"""Version of the stored data and its keys: a hub that finds another version rebuilds everything from SQL."""
PREFIX: Final = f"{TAG}:{VERSION}:"

MANY: Final = 16_384
"""Shelves of a set for all copropiedades: a million members make some 60 per shelf."""
FEW: Final = 16
"""Shelves of a set for one copropiedad."""


@dataclass(frozen=True, slots=True)
class ShardedZset:
    """A sorted set of ids. Its index is `name`."""

    name: str
    shelves: int = MANY

    @property
    def index(self) -> str:
        return PREFIX + self.name

    def shelf(self, number: int) -> str:
        # The number comes first: a copropiedad's id may end with a number.
        return f"{PREFIX}{number}:{self.name}"

    def number_of(self, member: UUID) -> int:
        """Return the shelf of the id, from its last bytes, which are a hash."""
        return member.int % self.shelves


TIMEOUT: Final = 2.0  # seconds
PAUSE: Final = 1.0
"""
Seconds without a new call after Redis hung, for each would cost its caller TIMEOUT; or after any failure of a
cluster, for each makes the client look for the nodes anew.
"""
CLAIMED_FOR: Final = timedelta(seconds=30)
AT_ONCE: Final = 50
"""Messages or clocks per script call: other clients wait for Redis meanwhile."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

EPOCH_KEY: Final = f"{PREFIX}epoch"
_FILLING: Final = f"{PREFIX}filling"
_FILLING_FOR: Final = timedelta(seconds=10)
"""The life of the reservation of a process that died while it filled Redis."""
_ENDED: Final = f"{PREFIX}clocks:ended"
_FORMER: Final = ("due", "clocks", "epoch")
"""Names of the keys before they had a version."""

_MESSAGES: Final = {lane: ShardedZset(f"due:{lane}:m") for lane in Lane}
_CLOCKS: Final = ShardedZset("due:urgent:c")
_DUE: Final = (
    ("m:", _MESSAGES[Lane.URGENT]),
    ("c:", _CLOCKS),
    ("m:", _MESSAGES[Lane.NORMAL]),
    ("m:", _MESSAGES[Lane.BULK]),
)
"""The kinds of members and their sets, in the order in which they are claimed."""
_STATES: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)
_LEVELS: Final = (1, 2, 3, 4)
_STEPS: Final = 1024
"""
A score on a board is a due instant times this. On the board of a state the number of steps done is added:
it shows which of two updates is older.
"""

_ENTRY: Final = Struct(">16sHBdddBBBH")
"""The fields of a clock for `track.lua`: one argument for all clocks costs a tenth of ten for each."""

_Scored = tuple[bytes, float]
_ScriptCall = tuple[list[str], list[str | int | bytes]]
"""Keys and arguments of a script."""
_Item = TypeVar("_Item")


class RedisAppointments:
    """The Appointments. Connects when first used; raises AppointmentsUnavailable, ConfigurationError."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._redis = client(url, timeout, decode=False)
        self._arm = Script(self._redis, "arm")
        self._find = Script(self._redis, "due")
        self._claim = Script(self._redis, "claim")
        self._done = Script(self._redis, "done")
        self._track = Script(self._redis, "track")
        self._silent_until = 0.0
        self._token = uuid4().bytes

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def arm_messages(self, items: Sequence[Later]) -> None:
        await self._in_portions(self._arm, _arming, items)

    async def track_clocks(self, clocks: Sequence[Clock]) -> None:
        # Silent clocks would hide the clocks that need work. The audit finds their steps in SQL.
        await self.restore_clocks([live_clock(clock) for clock in clocks if not clock.promise.silent])

    async def restore_clocks(self, clocks: Sequence[LiveClock]) -> None:
        await self._in_portions(self._track, _tracking, clocks)

    async def _in_portions(
        self, work: Script, asking: Callable[[Sequence[_Item]], _ScriptCall], items: Sequence[_Item]
    ) -> None:
        if not items:
            return
        with self._translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                for start in range(0, len(items), AT_ONCE):
                    await work.queue(pipe, *asking(items[start : start + AT_ONCE]))
                await pipe.execute()

    async def claim(self, limit: int) -> Sequence[tuple[str, float]]:
        claimed: list[tuple[str, float]] = []
        with self._translated():
            # Other processes may have taken these members meanwhile: look for more.
            while len(claimed) < limit and (found := await self._shelves(limit - len(claimed))):
                claimed += await self._take(found, limit - len(claimed))
        return claimed

    async def _shelves(self, limit: int) -> Sequence[tuple[int, int]]:
        """Return (set, shelf) of the shelves on which something is due."""
        flat = await self._find([shelved.index for _, shelved in _DUE], [limit])
        return [(position - 1, int(number)) for position, number in zip(flat[::2], flat[1::2], strict=True)]

    async def _take(self, found: Sequence[tuple[int, int]], limit: int) -> list[tuple[str, float]]:
        keys = [key for of, number in found for key in (_DUE[of][1].index, _DUE[of][1].shelf(number))]
        numbers = [number for _, number in found]
        flat = await self._claim(keys, [limit, CLAIMED_FOR // _MILLISECOND, *numbers])
        return [
            (_DUE[found[position - 1][0]][0] + str(UUID(bytes=member)), float(score))
            for position, member, score in zip(flat[::3], flat[1::3], flat[2::3], strict=True)
        ]

    async def done(self, claimed: Sequence[tuple[str, float]]) -> None:
        keys: list[str] = []
        arguments: list[int | bytes | float] = []
        for member, score in claimed:
            member_id = UUID(member[2:])
            for kind, shelved in _DUE:
                if member.startswith(kind):
                    number = shelved.number_of(member_id)
                    keys += shelved.index, shelved.shelf(number)
                    arguments += number, member_id.bytes, score
        if keys:
            with self._translated():
                await self._done(keys, arguments)

    async def board(self, state: str, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """Besides the boards of states there are, of all these, `level:2` and `copropiedad:ID`."""
        if limit <= 0:
            return []
        with self._translated():
            rows = await self._lowest(_board(state), limit)
        found = ((UUID(bytes=member), int(score) // _STEPS) for member, score in rows)
        return [(clock_id, _EPOCH + due * _MILLISECOND) for clock_id, due in found]

    async def _lowest(self, shelved: ShardedZset, limit: int) -> Sequence[_Scored]:
        """Return the members with the lowest scores: they are on the first shelves of the index."""
        found = await self._redis.zrange(shelved.index, 0, limit - 1, withscores=True)
        shelves = cast("list[_Scored]", found)
        # The lowest `limit` members have scores up to the last of these.
        highest = shelves[-1][1] if len(shelves) == limit else "+inf"
        async with self._redis.pipeline(transaction=False) as pipe:
            for number, _ in shelves:
                shelf = shelved.shelf(int(number))
                pipe.zrangebyscore(shelf, "-inf", highest, start=0, num=limit, withscores=True)
            of_shelves = cast("list[list[_Scored]]", await pipe.execute())
        return sorted((row for rows in of_shelves for row in rows), key=itemgetter(1, 0))[:limit]

    async def intact(self) -> bool:
        with self._translated():
            return bool(await self._redis.exists(EPOCH_KEY))

    async def clock(self) -> datetime:
        """Return Redis' time."""
        with self._translated():
            seconds, microseconds = await self._redis.time(**await at_keys(self._redis))
        return _EPOCH + timedelta(seconds=seconds, microseconds=microseconds)

    async def begin_filling(self) -> bool:
        with self._translated():
            free = await self._redis.set(_FILLING, self._token, nx=True, px=_FILLING_FOR)
        return bool(free) or await self.continue_filling()

    async def continue_filling(self) -> bool:
        with self._translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.get(_FILLING)
                pipe.pexpire(_FILLING, _FILLING_FOR)
                holder, _ = await pipe.execute()
        return bool(holder == self._token)

    async def begin_epoch(self) -> None:
        """Also delete the keys of older versions."""
        with self._translated():
            await self._redis.set(EPOCH_KEY, datetime.now(UTC).isoformat())
            await self._redis.unlink(_FILLING)
            place = await at_keys(self._redis)
            for name in _FORMER:
                async for key in self._redis.scan_iter(match=f"{TAG}:{name}*", count=1000, **place):
                    await self._redis.unlink(key)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        if time.monotonic() < self._silent_until:
            raise AppointmentsUnavailable
        try:
            yield
        except failures(self._redis) as exc:
            if isinstance(exc, RedisTimeout | TimeoutError) or not isinstance(self._redis, Redis):
                self._silent_until = time.monotonic() + PAUSE
            raise AppointmentsUnavailable(
                f"{AppointmentsUnavailable.__doc__} ({type(exc).__name__})"
            ) from exc


def _arming(items: Iterable[Later]) -> _ScriptCall:
    """Return the keys and arguments of `arm.lua`."""
    keys: list[str] = []
    arguments: list[str | int | bytes] = []
    for message, lane, at in items:
        number = _MESSAGES[lane].number_of(message)
        keys += _MESSAGES[lane].index, _MESSAGES[lane].shelf(number)
        arguments += number, message.bytes, _score(at)
    return keys, arguments


def _tracking(clocks: Iterable[LiveClock]) -> _ScriptCall:
    """Return the keys and arguments of `track.lua`."""
    keys = [_ENDED, *(shelved.index for shelved in _OF_ALL)]
    entries: list[bytes] = []
    for clock in clocks:
        number, due_at = _CLOCKS.number_of(clock.id), _score(clock.due_at) * _STEPS
        of_place = _board(f"copropiedad:{clock.place}")
        place_number = of_place.number_of(clock.id)
        keys += [shelved.shelf(number) for shelved in _OF_ALL]
        keys += of_place.index, of_place.shelf(place_number)
        entry = _ENTRY.pack(
            clock.id.bytes,
            number,
            place_number,
            due_at,
            due_at + min(clock.fired, _STEPS - 1),
            0 if clock.next_at is None else _score(clock.next_at),
            0 if clock.ended else _STATES.index(clock.state) + 1,
            clock.level if clock.level in _LEVELS else 0,
            1 if clock.place else 0,
            clock.reopened,
        )
        entries.append(entry)
    return keys, [b"".join(entries)]


def _board(name: str) -> ShardedZset:
    return ShardedZset(f"clocks:{name}", FEW if name.startswith("copropiedad:") else MANY)


_OF_ALL: Final = (_CLOCKS, *map(_board, _STATES), *(_board(f"level:{level}") for level in _LEVELS))
"""The sets of all copropiedades, in the order of `track.lua`."""


def _score(at: datetime) -> int:
    """Return milliseconds, rounded up: an appointment that is due in Redis must also be due in SQL."""
    return -((_EPOCH - at) // _MILLISECOND)
