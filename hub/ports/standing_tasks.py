"""Standing tasks as the events of the hub show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hub.model.standing_tasks import StandingTask, TaskPlace


class StandingTaskStore(Protocol):
    """Reads of a few rare types of events, since an instant."""

    async def last_done(self, task: StandingTask, since: datetime) -> Mapping[str | None, datetime]:
        """Return copropiedad → when the task was last done there since then; None: of no copropiedad."""

    async def places(self) -> Sequence[TaskPlace]:
        """List the copropiedades of the directory, by name."""

    async def began_before(self, at: datetime) -> bool:
        """Return whether the hub took in events before this instant."""
