"""What staff says of standing tasks at the desk."""

from __future__ import annotations

from typing import Any, cast

import pytest

from hub.desk.tasks import acts
from hub.desk.tasks.rows import TaskDoneBody
from hub.errors import NoSuch
from hub.model.standing_tasks import TaskPlace
from hub.testing import MemoryAudit, MemoryPublisher
from hub.testing.standing_tasks import MemoryStandingTasks
from tests.operators import operator


async def test_task_is_done_in_a_copropiedad_that_there_is() -> None:
    """A mistyped one would read as done, and its building would be reminded of it all the same."""
    publisher = MemoryPublisher()
    tasks = MemoryStandingTasks(cast(Any, None), TaskPlace(copropiedad_id="ph-1", name="Altos del Rosal"))
    by = operator(cast(Any, None), standing_tasks=tasks, publisher=publisher, audit=MemoryAudit())

    with pytest.raises(NoSuch):
        await acts.mark_task_done(by, "pqrs_analysis", TaskDoneBody(copropiedad_id="ph-l"))
    assert [] == publisher.events

    await acts.mark_task_done(by, "pqrs_analysis", TaskDoneBody(copropiedad_id="ph-1"))
    assert ["ph-1"] == [one.data["copropiedad_id"] for one in publisher.events]
