"""Standing tasks over the events of a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from hub.model.standing_tasks import DONE, StandingTask, TaskPlace
from hub.testing.tables import Tables

_EVER: Final = datetime.min.replace(tzinfo=UTC)


class MemoryStandingTasks:
    """The StandingTaskStore; the hub began at `began`."""

    def __init__(self, tables: Tables, *places: TaskPlace, began: datetime = _EVER) -> None:
        self._tables, self._places, self._began = tables, places, began

    async def last_done(self, task: StandingTask, since: datetime) -> Mapping[str | None, datetime]:
        shows = {**dict.fromkeys(task.done_by, task.where), DONE: {"task": task.name}}
        found: dict[str | None, datetime] = {}
        for row in self._tables.events.values():
            event = row.event
            where = shows.get(event.name)
            if where is not None and event.time >= since and where.items() <= event.data.items():
                found[row.copropiedad_id] = max(event.time, found.get(row.copropiedad_id, event.time))
        return found

    async def places(self) -> Sequence[TaskPlace]:
        return self._places

    async def began_before(self, at: datetime) -> bool:
        return self._began < at
