"""Events that their publishers take back: messages that nobody has yet are cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from hub.model import HUB_SOURCE, Recall
from hub.model.notice_digests import digest_id
from hub.model.state_machine import UNSENT
from hub.storage.database import Runner, load, write

_SQL = load("recalls")


async def add(run: Runner, recalls: Sequence[Recall]) -> None:
    rows = sorted((recall.source, recall.event_id, recall.by) for recall in recalls)
    await write(run, _SQL["keep"], rows)
    found = await run.rows(_SQL["events"], *zip(*(row[:2] for row in rows), strict=True))
    await withdraw(run, [row["key"] for row in found])
    by = {(recall.source, recall.event_id): recall.by for recall in recalls}
    await _with_digests(run, {row["key"]: by[row["source"], row["event_id"]] for row in found})


async def withdraw(run: Runner, keys: Sequence[UUID]) -> None:
    """Cancel what nobody has yet of these recalled events; their entries of inboxes stay, struck through."""
    # In the order in which a hand-over and a reader lock them.
    withdrawn = [row["id"] for name in ("letters", "inbox") for row in await run.rows(_SQL[name], keys)]
    await run.rows(_SQL["cancel"], keys, sorted(UNSENT), withdrawn)


async def _with_digests(run: Runner, by_event: Mapping[UUID, UUID]) -> None:
    """
    Take back the digests that have messages of these events, which recalls `by` their events name.

    Kept as recalls of their own: so one that is planned only later does not leave either.
    """
    digests = await run.rows(_SQL["digests"], sorted(by_event))
    if not digests:
        return
    rows = {(HUB_SOURCE, digest_id(row["person"], row["due_at"])): by_event[row["of"]] for row in digests}
    await write(run, _SQL["keep"], sorted((*named, by) for named, by in rows.items()))
    await run.rows(_SQL["cancel"], sorted({row["event_key"] for row in digests}), sorted(UNSENT), [])
