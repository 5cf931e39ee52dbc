"""Bulk actions: their list, reads and acts, as the doors have them; `hub.cli.bulk` shows one."""

from __future__ import annotations

from typing import Final

from hub.desk.bulk import acts
from hub.desk.bulk.rows import BulkCancelled
from hub.doors.act import Act, List, Noun, Read
from hub.errors import NothingChosen
from hub.model.bulk import BulkItem, BulkRun

PATH: Final = "/bulk"
_ONE: Final = f"{PATH}/{{id}}"
RUNS: Final = f"{PATH}/runs"


def _stopped(done: BulkCancelled) -> str:
    return f"{done.id}  {'stopped' if done.changed else 'had ended'}"


LIST: Final = List(
    acts.list_bulk,
    PATH,
    row=BulkRun,
    live="bulk",
    lines=("id", "made_at", "kind", "state", "by", "chosen", "done", "skipped", "failed", "reason"),
)
NOUN: Final = Noun(
    name="bulk",
    one=acts.RUN,
    lists=(LIST, List(acts.list_bulk_items, f"{_ONE}/items", row=BulkItem, command="")),
    reads=(Read(acts.show_bulk, _ONE, command=""),),
    acts=(
        Act(acts.start_bulk, PATH, status=201, refuses=(NothingChosen,), command=""),
        Act(
            acts.cancel_bulk,
            f"{_ONE}/cancel",
            command="stop",
            at=f"{RUNS}/{{id}}/cancel",
            label="Detener",
            done="Se detuvo. Lo que ya se hizo queda hecho.",
            says=_stopped,
        ),
    ),
)
