"""What Redis keeps, by sort of key, and whether it agrees with SQL."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from redis.asyncio import Redis

from benchmarks.clocks.figures import Kept
from hub.storage import Database
from hub.storage.appointments import PREFIX

_AT_ONCE: Final = 1000
_SHELF: Final = re.compile(r"(?:\d+:)?(.*)")

_SQL: Final = """
SELECT 'due:urgent:c' AS name, count(*) AS members FROM clock WHERE next_at IS NOT NULL
UNION ALL SELECT 'clocks:' || state, count(*) FROM clock WHERE ended_at IS NULL GROUP BY state
UNION ALL SELECT 'clocks:level:' || level, count(*) FROM clock WHERE ended_at IS NULL GROUP BY level
UNION ALL SELECT 'clocks:copropiedad', count(copropiedad_id) FROM clock WHERE ended_at IS NULL
"""


async def used(redis: Redis) -> int:
    """Answer how many bytes Redis has given out."""
    return int((await redis.info("memory"))["used_memory"])


async def kept(redis: Redis) -> Sequence[Kept]:
    """Look at every key, which takes its time; an index counts with its shelves, without its own members."""
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    async for names in _pages(redis):
        async with redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.memory_usage(name, samples=0)
                pipe.zcard(name)
            answers = await pipe.execute(raise_on_error=False)
        for name, size, members in zip(names, answers[::2], answers[1::2], strict=True):
            shelf = name[len(PREFIX) :]
            counted = members if shelf[0].isdigit() else 0
            found[_sort(shelf)].append((size or 0, counted))
    return [
        Kept(
            name=name,
            keys=len(rows),
            members=sum(members for _, members in rows),
            bytes=sum(size for size, _ in rows),
        )
        for name, rows in sorted(found.items())
    ]


async def _pages(redis: Redis) -> AsyncIterator[list[str]]:
    page: list[str] = []
    async for name in redis.scan_iter(match=f"{PREFIX}*", count=_AT_ONCE):
        page.append(name)
        if len(page) == _AT_ONCE:
            yield page
            page = []
    if page:
        yield page


def _sort(shelf: str) -> str:
    found = _SHELF.fullmatch(shelf)
    name = found[1] if found else shelf
    return "clocks:copropiedad" if name.startswith("clocks:copropiedad:") else name


async def disagreements(redis: Redis, database: Database) -> list[str]:
    """Answer where Redis keeps another number of clocks than SQL."""
    in_redis = {key.name: key.members for key in await kept(redis) if key.members}
    in_sql: Mapping[str, int] = {row["name"]: row["members"] for row in await database.rows(_SQL)}
    return [
        f"{name}: {in_redis.get(name, 0):,} in Redis, {in_sql.get(name, 0):,} in SQL"
        for name in sorted({*in_redis, *in_sql})
        if in_redis.get(name, 0) != in_sql.get(name, 0)
    ]
