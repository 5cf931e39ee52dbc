"""What staff says of standing tasks at the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from hub.desk.tasks import acts
from hub.desk.tasks.rows import TaskDoneBody
from hub.errors import NoSuch
from hub.model.pages import ListQuery
from hub.model.standing_tasks import TaskPlace
from hub.testing import MemoryAudit, MemoryPublisher, MemoryStore, SettableClock
from hub.testing.standing_tasks import MemoryStandingTasks
from tests.operators import operator


async def test_period_that_began_before_the_hub_did_is_not_open() -> None:
    """The hub cannot know what was done before it was there, and reminds nobody of it."""
    now = datetime.now(UTC)
    tables = MemoryStore(SettableClock(now)).tables
    states = {}
    for began in (now, now - timedelta(days=800)):
        by = operator(cast(Any, None), standing_tasks=MemoryStandingTasks(tables, began=began))
        states[began] = {row.state for row in (await acts.list_tasks(by, ListQuery())).items}

    assert {"unknown"} == states.pop(now) - {"done"}
    assert {"open", "overdue", "done"} >= set().union(*states.values())


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
