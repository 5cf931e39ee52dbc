"""`hub deliveries`: the messages, as a table or as a live feed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from rich.text import Text

from hub.app.operators import open_operator
from hub.desk.messages import acts
from hub.desk.messages.noun import MESSAGES
from hub.desk.messages.rows import MessagesQuery
from hub.doors.act import READ
from hub.doors.command import option, options_of, shaped, signed
from hub.doors.terminal import (
    STATE_STYLES,
    AsJson,
    Columns,
    cell,
    console,
    fields,
    local_time,
    print_json,
    print_list,
)
from hub.errors import StorageUnavailable
from hub.model.message_rows import ListedMessage
from hub.model.pages import Rows


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
_FOLLOW: Final = Annotated[
    bool, typer.Option("--follow", "-f", help="Keep printing: one line per new or changed message.")
]


async def _deliveries(*, follow: bool, as_json: bool, **given: Any) -> None:
    query = shaped(given, MessagesQuery)
    async with open_operator(READ) as by:
        if follow:
            with suppress(asyncio.CancelledError):  # Ctrl-C is how the user stops following
                await keep_following(partial(acts.list_messages, by, query), line_printer(as_json=as_json))
            return
        page = await acts.list_messages(by, query)
    print_list(page.items, _COLUMNS, page.next, as_json=as_json)


deliveries: Final = signed(
    _deliveries,
    [*options_of(MESSAGES), option("follow", _FOLLOW, False), option("as_json", AsJson, False)],
    """
    List messages, newest first, or follow them as they go out.

      hub deliveries --state failed

      hub deliveries --state held --reason contact_limit

      hub deliveries --event-id 3f2c… --follow

      hub deliveries --follow --json | jq .state
    """,
)


async def keep_following(
    read: Callable[[], Awaitable[Rows[Any]]], show: Callable[[ListedMessage], None], *, poll: float = _POLL
) -> None:
    """
    Show each row, and again whenever it changes, oldest first, until cancelled.

    Waits for a database that goes down later. Raises StorageUnavailable if the first read fails.
    """
    seen: dict[UUID, ListedMessage] = {}
    page = await read()
    while True:
        for row in news(seen, page.items):
            show(row)
        await asyncio.sleep(poll)
        with suppress(StorageUnavailable):
            page = await read()


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
