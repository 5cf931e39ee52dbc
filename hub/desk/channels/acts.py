"""Channels: list them and their pauses, pause one, an event or everything, and let it go on."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Final
from uuid import UUID

from hub.catalog import BY_NAME
from hub.channels.registry import NAMES
from hub.desk.channels import queries
from hub.desk.channels.rows import (
    ChannelRow,
    PauseBody,
    Paused,
    PauseRow,
    PauseWhole,
    Resumed,
    ResumeQuery,
)
from hub.desk.channels.state import read_channels, read_depths, read_pause
from hub.doors.operator import Operator, found
from hub.errors import NothingChosen, NotRestored, UnknownName
from hub.messages.delivery.pausing import release_settled
from hub.model.bulk import BulkFilter, BulkKind
from hub.model.pages import ListQuery, Rows, rows_by
from hub.operations.bulk import runs
from hub.ports import EVERYTHING

AT_MOST: Final = 10_000
"""Most messages that one request releases."""
PAUSE: Final = "pause"
_SHOWN: Final = 50


async def list_channels(by: Operator, query: ListQuery) -> Rows[ChannelRow]:
    """List the channels: providers, pauses, waiting messages."""
    rows = await read_channels(by.stores, await read_depths(by.stores.publisher))
    return rows_by(rows, query, lambda row: (row.name,))


async def list_pauses(by: Operator, query: ListQuery) -> Rows[PauseRow]:
    """List the paused channels and events."""
    return rows_by(await queries.pauses(by.db), query, lambda row: (row.subject,))


async def show_pause(by: Operator, name: str) -> PauseWhole:
    """Show a pause, how much waits for its end, and how much of that is from before it."""
    return found(PAUSE, await read_pause(by.db, subject_of(name)))


async def pause(by: Operator, name: str, body: PauseBody) -> Paused:
    """Pause a channel (`sms`) or an event (`pqrs.received`), emergencies too; safe to repeat."""
    subject, by = subject_of(name), by.for_whom(body.by)
    await by.audit("pause", subject, ends_at=body.ends_at and body.ends_at.isoformat())
    changed = await queries.pause(by.db, subject, by=by.by, reason=body.reason, ends_at=body.ends_at)
    return Paused(subject=subject, changed=changed, urgent=await queries.urgent(by.db, subject))


async def resume(by: Operator, name: str, query: ResumeQuery) -> Resumed:
    """
    End a pause and release the messages it held; safe to repeat.

    Where a bulk run first cancels the older messages, the pause ends with that run, which `run` names.
    """
    return await end_pause(by, name, cancels_older=query.older is not None, at_most=AT_MOST)


async def end_pause(
    by: Operator,
    name: str,
    *,
    cancels_older: bool,
    at_most: int | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Resumed:
    """
    End a pause and release its messages, up to `at_most`; or, if asked, start to cancel the older ones.

    `on_progress` is called with the count so far. Messages held by another pause stay held. Raises
    UnknownName, and NotRestored where it is not the pause of a restored hub. A refusal leaves no row in the
    audit.
    """
    subject = subject_of(name)
    restored = await _restored(by) if subject == EVERYTHING else None
    if cancels_older and restored is None:
        raise NotRestored
    await by.audit("resume", subject)
    run = await _cancelling(by, restored, starts=cancels_older) if restored else None
    if run is not None:
        return Resumed(subject=subject, changed=False, released=0, more=False, run=run)
    changed = await queries.resume(by.db, subject)
    released, more = await release_settled(
        by.stores.pauses, by.stores.publisher, ended=changed, at_most=at_most, on_progress=on_progress
    )
    if released:
        await by.audit("resume", subject, released=released)
    return Resumed(subject=subject, changed=changed, released=released, more=more)


async def _restored(by: Operator) -> PauseRow | None:
    """
    Return the pause of a restored hub, the only one whose older messages may be cancelled without a list.

    With any other all messages planned before it would go, urgent and legal ones too.
    """
    return next((row for row in await queries.pauses(by.db) if row.is_restored), None)


async def _cancelling(by: Operator, restored: PauseRow, *, starts: bool) -> UUID | None:
    """
    Return the run that cancels messages older than the copy, a new one if it `starts`; None without one.

    While it works nobody can end the pause: messages that it has not reached would leave.
    """
    running = await queries.cancelling(by.db)
    return await _start(by, restored) if running is None and starts else running


async def _start(by: Operator, restored: PauseRow) -> UUID | None:
    order = runs.BulkOrder(kind=BulkKind.CANCEL, asked=BulkFilter(older=True), reason=restored.reason)
    try:
        return (await runs.start(by.stores.bulk, order, by.actor)).id
    except NothingChosen:
        return None


async def mark(by: Operator) -> object:
    """Return a value that differs once a channel is broken, paused or goes on."""
    incidents = await by.stores.incidents.incidents(_SHOWN)
    return [incidents, await queries.pauses(by.db), await queries.held(by.db)]


def subject_of(name: str) -> str:
    """Return the subject of `all`, a channel's or an event's name. Raises UnknownName with known names."""
    if name == EVERYTHING:
        return name
    if name in NAMES:
        return f"channel:{name}"
    if name in BY_NAME:
        return f"event:{name}"
    near = difflib.get_close_matches(name, [*NAMES, *BY_NAME], n=3)
    known = (
        f"near: {', '.join(near)}"
        if near
        else f"channels: {', '.join(NAMES)}; an event's name; or {EVERYTHING}"
    )
    raise UnknownName(f"there is no channel and no event {name!r}; {known}")
