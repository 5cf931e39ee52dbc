"""`hub deliveries`: the messages, as a table or as a live feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.text import Text

from hub.app.operators import open_operator
from hub.cli.names import OfChannel, OfEvent, OfEventId, OfPerson
from hub.doors.act import READ
from hub.doors.terminal import (
    STATE_STYLES,
    AsJson,
    Columns,
    Limit,
    cell,
    console,
    fields,
    local_time,
    print_json,
    print_list,
    wait,
)
from hub.errors import StorageUnavailable
from hub.model import State
from hub.model.message_rows import ListedMessage, MessageRow
from hub.ports import MessageFilter
from hub.rendering.outcomes_es import in_words
from hub.storage import PostgresLog


def _reason(row: ListedMessage) -> str:
    """Return the reason and the time of the next attempt."""
    retry = f"again at {local_time(row.next_at)}" if row.next_at else ""
    return ", ".join(part for part in (row.reason, retry) if part)


_COLUMNS: Final[Columns] = {
    "when": "created_at",
    **fields("event", "person", "channel", "state"),
    "reason": _reason,
    "event id": "event_id",
}
_WIDTHS: Final = (19, 32, 28, 8, 10, 24, 0)
"""Column widths while following, fixed in advance; a longer cell shifts the rest of its line."""
_POLL: Final = 1.0  # seconds


def deliveries(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    channel: OfChannel = None,
    event: OfEvent = None,
    event_id: OfEventId = None,
    person: OfPerson = None,
    reason: Annotated[str | None, typer.Option(help="How the reason begins: contact_limit.")] = None,
    limit: Limit = 50,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep printing: one line per new or changed message.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    List messages, newest first, or follow them as they go out.

      hub deliveries --state failed

      hub deliveries --state held --reason contact_limit

      hub deliveries --event-id 3f2c… --follow

      hub deliveries --follow --json | jq .state
    """
    message_filter = MessageFilter(
        state=state and state.value,
        channel=channel,
        event=event,
        event_id=event_id,
        person=person,
        reason=reason,
    )
    with suppress(KeyboardInterrupt):  # Ctrl-C is how the user stops following
        wait(_show(message_filter, limit, follow=follow, as_json=as_json))


async def _show(message_filter: MessageFilter, limit: int, *, follow: bool, as_json: bool) -> None:
    async with open_operator(READ) as by:
        if follow:
            await keep_following(by.stores.log, message_filter, limit, line_printer(as_json=as_json))
        page = await by.stores.log.messages(message_filter, after=None, limit=limit)
    items = [in_words(MessageRow, row) for row in page.items]
    print_list(items, _COLUMNS, page.next, as_json=as_json)


async def keep_following(
    log: PostgresLog,
    message_filter: MessageFilter,
    limit: int,
    show: Callable[[ListedMessage], None],
    *,
    poll: float = _POLL,
) -> None:
    """
    Show each row, and again whenever it changes, oldest first, until cancelled.

    Waits for a database that goes down later. Raises StorageUnavailable if the first read fails.
    """
    seen: dict[UUID, ListedMessage] = {}
    page = await log.messages(message_filter, after=None, limit=limit)
    while True:
        for row in news(seen, page.items):
            show(row)
        await asyncio.sleep(poll)
        with suppress(StorageUnavailable):
            page = await log.messages(message_filter, after=None, limit=limit)


def news(seen: dict[UUID, ListedMessage], rows: Sequence[ListedMessage]) -> Sequence[ListedMessage]:
    """Return the new or changed rows, oldest first, and store them in `seen`."""
    fresh = [row for row in reversed(rows) if seen.get(row.id) != row]
    seen.update((row.id, row) for row in fresh)
    return fresh


def line_printer(*, as_json: bool) -> Callable[[ListedMessage], None]:
    """Return a function that prints a row on one line. As text, the header is printed at once."""
    if as_json:
        return lambda row: print_json(row, indent=-1)
    out = console()

    def show(cells: Sequence[str], style: str = "") -> None:
        parts = [
            (f"{cell:<{width}}", style or STATE_STYLES.get(cell, ""))
            for cell, width in zip(cells, _WIDTHS, strict=True)
        ]
        line = Text("  ").join(Text(*part) for part in parts)
        line.rstrip()
        out.print(line, soft_wrap=True)

    show(list(_COLUMNS), "bold")
    return lambda row: show([cell(row, made) for made in _COLUMNS.values()])
