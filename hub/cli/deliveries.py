"""`hub deliveries`: the messages, as a table or as they move."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Final

import typer
from rich.text import Text

from hub.app import process
from hub.cli.common import (
    STATE_STYLES,
    AsJson,
    Limit,
    console,
    local_time,
    print_items,
    print_json,
    print_table,
    settings,
    wait,
)
from hub.cli.names import OfChannel, OfEvent
from hub.errors import StorageUnavailable
from hub.model import Json, State
from hub.ports import LogStore, MessageFilter

Row = Mapping[str, "Json"]

_COLUMNS: Final = ("when", "event", "person", "channel", "state", "reason", "event id")
_WIDTHS: Final = (19, 32, 28, 8, 10, 24, 0)
"""Of each column while following, where no line knows the next one; a longer cell moves what follows it."""
_POLL: Final = 1.0  # seconds


def deliveries(
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    channel: OfChannel = None,
    event: OfEvent = None,
    event_id: Annotated[str | None, typer.Option(help="The id that the publisher gave the event.")] = None,
    person: Annotated[str | None, typer.Option(help="A person's reference.")] = None,
    limit: Limit = 50,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on: each new or changed one is a line.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    List messages, newest first, or follow them as they go out.

      hub deliveries --state failed

      hub deliveries --event-id 3f2c… --follow

      hub deliveries --follow --json | jq .state
    """
    narrowed = MessageFilter(
        state=state and state.value, channel=channel, event=event, event_id=event_id, person=person
    )
    with suppress(KeyboardInterrupt):  # that is how one stops following
        wait(_show(narrowed, limit, follow=follow, as_json=as_json))


async def _show(narrowed: MessageFilter, limit: int, *, follow: bool, as_json: bool) -> None:
    async with process.open_log(settings()) as log:
        if follow:
            await keep_following(log, narrowed, limit, line_printer(as_json=as_json))
        page = await log.messages(narrowed, after=None, limit=limit)
    if as_json:
        print_items(page.items, page.next)
    else:
        print_table(_COLUMNS, [_cells(row) for row in page.items])


async def keep_following(
    log: LogStore, narrowed: MessageFilter, limit: int, show: Callable[[Row], None], *, poll: float = _POLL
) -> None:
    """
    Show each row once and again whenever it has changed, oldest first, until cancelled.

    A database that goes away later on is waited for; one that never answered raises.
    """
    seen: dict[str, Row] = {}
    page = await log.messages(narrowed, after=None, limit=limit)
    while True:
        for row in news(seen, page.items):
            show(row)
        await asyncio.sleep(poll)
        with suppress(StorageUnavailable):
            page = await log.messages(narrowed, after=None, limit=limit)


def news(seen: dict[str, Row], rows: Sequence[Row]) -> Sequence[Row]:
    """Answer the rows that are new or changed, oldest first, and remember them."""
    fresh = [row for row in reversed(rows) if seen.get(str(row["id"])) != row]
    seen.update((str(row["id"]), row) for row in fresh)
    return fresh


def line_printer(*, as_json: bool) -> Callable[[Row], None]:
    """Answer what prints one row on one line; as text, below a head that is printed now."""
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

    show(_COLUMNS, "bold")
    return lambda row: show(_cells(row))


def _cells(row: Row) -> tuple[str, ...]:
    return (
        local_time(row["created_at"]),
        str(row["event"]),
        str(row["person"]),
        str(row["channel"]),
        str(row["state"]),
        _reason(row),
        str(row["event_id"]),
    )


def _reason(row: Row) -> str:
    """Say why, and when it is looked at again."""
    again = f"again at {local_time(row['next_at'])}" if row["next_at"] else ""
    return ", ".join(part for part in (row["reason"], again) if part)
