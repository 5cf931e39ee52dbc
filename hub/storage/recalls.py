"""Events that their publishers take back: what nobody has yet of their messages is cancelled."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import Recall
from hub.model.state_machine import UNSENT
from hub.storage.database import Runner, load, write

_SQL = load("recalls")


async def add(run: Runner, recalls: Sequence[Recall]) -> None:
    rows = sorted((recall.source, recall.event_id, recall.by) for recall in recalls)
    await write(run, _SQL["keep"], rows)
    keys = [
        row["key"] for row in await run.rows(_SQL["events"], *zip(*(row[:2] for row in rows), strict=True))
    ]
    # In the order in which a hand-over and a reader lock them.
    withdrawn = [row["id"] for name in ("letters", "inbox") for row in await run.rows(_SQL[name], keys)]
    await run.rows(_SQL["cancel"], keys, sorted(UNSENT), withdrawn)
