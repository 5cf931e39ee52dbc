"""Standing tasks: how each stands now, for reminders and for the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hub.business_time.dates import day_start
from hub.model.standing_tasks import StandingTask, TaskPlace, TaskState
from hub.policy import Policy
from hub.ports import StandingTaskStore
from hub.sla.standing_tasks import due_on, period_before, period_of


async def states_of(
    tasks: Iterable[StandingTask], *, store: StandingTaskStore, policy: Policy, today: date
) -> list[TaskState]:
    """Return how each task stands today: a statement or two for each, of the events since its last period."""
    asked = list(tasks)
    places = await store.places() if any(task.per_place for task in asked) else ()
    known = {
        since: await store.began_before(day_start(since))
        for since in {period_of(task, today) for task in asked}
    }
    states = [await _state(task, places, store=store, policy=policy, today=today) for task in asked]
    return [replace(state, known=known[state.since]) for state in states]


async def _state(
    task: StandingTask,
    places: Iterable[TaskPlace],
    *,
    store: StandingTaskStore,
    policy: Policy,
    today: date,
) -> TaskState:
    since = period_of(task, today)
    last = await store.last_done(task, day_start(period_before(task, since)))
    began = day_start(since)
    here = {place for place, at in last.items() if at >= began}
    # Said of no copropiedad, it is said of all.
    lacking = [place for place in places if task.per_place and not here & {None, place.copropiedad_id}]
    return TaskState(
        task=task,
        since=since,
        due_on=due_on(task, since, policy),
        done=not lacking if task.per_place else bool(here),
        last_done=max(last.values(), default=None),
        lacking=lacking,
    )
