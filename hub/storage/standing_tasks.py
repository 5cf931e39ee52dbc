"""Standing tasks in PostgreSQL: by the events that show them done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from hub.model import Json, type_of
from hub.model.standing_tasks import DONE, StandingTask, TaskPlace
from hub.storage.database import Store, load, read

_SQL: Final = load("standing_tasks")


class PostgresStandingTasks(Store):
    """The StandingTaskStore."""

    async def last_done(self, task: StandingTask, since: datetime) -> Mapping[str | None, datetime]:
        found: dict[str | None, datetime] = {}
        for statement, where in statements_of(task):
            for row in await self.rows(statement, since, msgspec.json.encode(where)):
                place, at = row["copropiedad_id"], row["at"]
                found[place] = max(at, found.get(place, at))
        return found

    async def places(self) -> Sequence[TaskPlace]:
        return [read(TaskPlace, row) for row in await self.rows(_SQL["places"])]

    async def began_before(self, at: datetime) -> bool:
        [row] = await self.rows(_SQL["began_before"], at)
        return bool(row["began"])


def statements_of(task: StandingTask) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Yield a statement for each type of event, written out: a parameter would use no partial index."""
    shows = {**dict.fromkeys(task.done_by, task.where), DONE: {"task": task.name}}
    for event, where in shows.items():
        yield _SQL["last_done"].replace("{type}", type_of(event)), where
