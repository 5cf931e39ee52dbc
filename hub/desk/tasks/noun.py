"""Standing tasks: their list, read and act, as the doors have them."""

from __future__ import annotations

from typing import Final

from hub.desk.tasks import acts
from hub.desk.tasks.rows import TaskDoneBody, TaskRow
from hub.doors.act import Act, List, Noun, Read, Where

_PATH: Final = "/tasks"
_ONE: Final = f"{_PATH}/{{id}}"

NOUN: Final = Noun(
    name="tasks",
    one=acts.TASK,
    audited={"task.done": "Dio por hecha una tarea de la política"},
    lists=(
        List(
            acts.list_tasks,
            _PATH,
            where=Where.EVERYWHERE,
            row=TaskRow,
            title="Tareas",
            about="Lo que la política promete y una persona empieza. A su responsable se le recuerda por "
            "correo y en su bandeja, antes del día y después, hasta que se haga.",
            empty="Ninguna tarea.",
            file="tareas",
            lines=("due_on", "state", "owner", "id", "lacking"),
        ),
    ),
    reads=(Read(acts.show_task, _ONE, where=Where.EVERYWHERE, command="show"),),
    acts=(
        Act(
            acts.mark_task_done,
            f"{_ONE}/done",
            where=Where.EVERYWHERE,
            label="Ya se hizo",
            done="Quedó como hecha: se ve en unos segundos.",
            offered=lambda row: row.state != "done",
            asks=acts.ask_done,
            says=lambda done: f"{done.id}  done: {done.event_id}",
        ),
    ),
    examples={TaskDoneBody: {"note": "Acta 14 del comité."}},
)
