"""Standing tasks: list them, show one, say that one is done."""

from __future__ import annotations

from datetime import date
from typing import Final

from hub.business_time.dates import as_day
from hub.catalog.standing_tasks import STANDING_TASKS
from hub.desk.tasks.rows import TaskDoneBody, TaskProgress, TaskRecorded, TaskRow
from hub.doors.act import Question
from hub.doors.operator import Operator, found
from hub.model.pages import ListQuery, Rows, rows_by
from hub.model.standing_tasks import StandingTask, TaskState
from hub.operations.publish import send_all
from hub.operations.standing_tasks import states_of
from hub.people.units import own_name
from hub.rendering.titles_es import TASKS
from hub.sla.standing_tasks import done_event, period_of

TASK: Final = "task"
PLACE: Final = "copropiedad"
_BY_NAME: Final = {task.name: task for task in STANDING_TASKS}


async def list_tasks(by: Operator, query: ListQuery) -> Rows[TaskRow]:
    """List what the policy promises and a person starts: whose it is, until when, and whether it is done."""
    rows = await _rows(by, STANDING_TASKS)
    return rows_by(rows, query, lambda row: (str(row.due_on or "9999"), row.id))


async def show_task(by: Operator, name: str) -> TaskRow:
    """Show a task in its current period, and where it is not done."""
    [row] = await _rows(by, (_task(name),))
    return row


async def ask_done(by: Operator, name: str) -> Question:
    """Ask whether a task is really done, of which no event of the hub tells."""
    row = await show_task(by, name)
    return Question(
        title="¿Ya se hizo?",
        lead=TASKS[name],
        facts={"Qué hacer": row.steps, "Falta en": ", ".join(row.lacking)},
        follows="Queda hecha hasta el próximo período, con su nombre, y a nadie se le recuerda más.",
        press="Sí, ya se hizo",
    )


async def mark_task_done(by: Operator, name: str, body: TaskDoneBody) -> TaskRecorded:
    """Say that a task of this period is done; safe to repeat."""
    task, now = _task(name), by.now
    if body.copropiedad_id is not None:
        places = await by.stores.standing_tasks.places()
        found(PLACE, next((one for one in places if one.copropiedad_id == body.copropiedad_id), None))
    await by.audit("task.done", f"task:{name}", copropiedad=body.copropiedad_id)
    event = done_event(
        task,
        period_of(task, as_day(now)),
        by=by.by,
        note=body.note,
        place=body.copropiedad_id,
        now=now,
    )
    await send_all(by.stores.publisher, [event])
    return TaskRecorded(id=name, event_id=event.id)


async def _rows(by: Operator, tasks: tuple[StandingTask, ...]) -> list[TaskRow]:
    stores = by.stores
    today = as_day(by.now)
    states = await states_of(tasks, store=stores.standing_tasks, policy=stores.policy, today=today)
    return [_row(state, today) for state in states]


def _progress(state: TaskState, today: date) -> TaskProgress:
    if state.done:
        return "done"
    if not state.known:
        return "unknown"
    return "overdue" if state.is_overdue(today) else "open"


def _row(state: TaskState, today: date) -> TaskRow:
    task = state.task
    return TaskRow(
        id=task.name,
        policy=list(task.policy),
        owner=task.owner,
        every=task.every,
        begins_on=state.since,
        due_on=state.due_on,
        state=_progress(state, today),
        last_done_at=state.last_done,
        lacking=[own_name(place.name) for place in state.lacking],
    )


def _task(name: str) -> StandingTask:
    return found(TASK, _BY_NAME.get(name))
