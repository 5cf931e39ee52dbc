"""Shared by all commands: settings, arguments, output as tables, lines or JSON."""

from __future__ import annotations

import asyncio
import difflib
import os
import sys
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub import logs
from hub.errors import HubError
from hub.model import Json
from hub.settings import Settings, load

T = TypeVar("T")

Columns = Mapping[str, str | Callable[[Any], str]]
"""Title of a column → the field of a row, or the function that makes its cell."""

BOGOTA: Final = ZoneInfo("America/Bogota")
SPANISH: Final = ContextVar("spanish", default=False)
"""Whether the command that runs is for the people of the company (`hub/cli/commands.toml`)."""
_PIPE_WIDTH: Final = 2000  # columns
_GAP: Final = 2
"""Blanks between two columns."""

_STATES: Final = {
    "cyan": ("queued", "sending", "open"),
    "green": ("sent", "over", "met", "replayed"),
    "bold green": ("delivered", "read"),
    "yellow": ("held", "retrying", "waiting", "at_risk"),
    "bold red": ("failed", "bounced", "breached"),
    "magenta": ("suppressed", "expired"),
    "dim": ("cancelled", "discarded"),
}
STATE_STYLES: Final = {state: style for style, states in _STATES.items() for state in states}


def settings() -> Settings:
    """Read the environment."""
    return load(os.environ)


def wait(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on a new event loop, with the logs off: the command prints its own output."""
    logs.configure(as_json=False, level="critical")
    return asyncio.run(work)


def console() -> Console:
    """Return a console; into a pipe it breaks no lines, so that `grep` finds whole rows."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def print_json(value: Json, *, indent: int = 2) -> None:
    """Print as the API would respond; `indent=-1` puts it on one line."""
    encoded = msgspec.json.encode(value)
    typer.echo((encoded if indent < 0 else msgspec.json.format(encoded, indent=indent)).decode())


def print_list(items: Sequence[Any], columns: Columns, cursor: str | None = None, *, as_json: bool) -> None:
    """Print a page of a list, as a table or as the API would respond."""
    if as_json:
        print_json({"items": items, "next": cursor})
    else:
        print_table(list(columns), ([cell(row, made) for made in columns.values()] for row in items))


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Collection[str] = ()
) -> None:
    """
    Print aligned columns, those in `numbers` to the right; "None.", or "Nada.", to stderr without rows.

    Markup in a cell is printed, not interpreted. A line is broken at a space alone, so that an id can be
    copied; rows that are too wide for the terminal even so come as a block each, a line for each cell.
    """
    found, out = list(rows), console()
    widths = _widths([*zip(columns, *found, strict=True)], out.width)
    if not found:
        typer.secho("Nada." if SPANISH.get() else "None.", dim=True, err=True)
    elif any(columns) and widths is None:
        _print_blocks(out, columns, found)
    else:
        table = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
        for column, width in zip(columns, widths or (None,) * len(columns), strict=True):
            side: Literal["left", "right"] = "right" if column in numbers else "left"
            table.add_column(column, overflow="fold", justify=side, width=width)
        for row in found:
            table.add_row(*map(_styled, row))
        out.print(table)


def _widths(cells_of: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return how wide each column is, its longest word at least; None if that is wider than the terminal."""
    found = [max(map(_longest_word, cells)) for cells in cells_of]
    wanted = [max(map(cell_len, cells)) for cells in cells_of]
    left = width - sum(found) - _GAP * (len(found) - 1)
    for _ in range(max(left, 0)):
        growing = [place for place, each in enumerate(found) if each < wanted[place]]
        if growing:
            found[min(growing, key=found.__getitem__)] += 1
    return found if left >= 0 else None


def _print_blocks(out: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print each row as a block without its empty cells, as psql does with `\\x auto`."""
    width = max(map(cell_len, columns))
    for number, row in enumerate(rows):
        if number:
            out.print()
        for title, cell in zip(columns, row, strict=True):
            if cell:
                name = Text().append(f"{title}{' ' * (width - cell_len(title) + _GAP)}", style="bold")
                out.print(name.append_text(_styled(cell)), soft_wrap=True)


def _styled(cell: str) -> Text:
    return Text(cell, style=STATE_STYLES.get(cell, ""))


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def print_facts(row: Any, columns: Columns) -> None:
    """Print the fields of one record, one per line."""
    print_table(("", ""), [(words, cell(row, made)) for words, made in columns.items()])


def print_whole(facts: Mapping[str, Json], text: str) -> None:
    """Print one record: its fields, one per line, then its text."""
    print_facts(facts, fields(*(name for name, value in facts.items() if value not in (None, ""))))
    console().print(f"\n{text}", markup=False, soft_wrap=True)


def print_done(done: Json, sentence: str, *, as_json: bool) -> None:
    """Print the result of an action, in a sentence or as the API would respond."""
    if as_json:
        print_json(done)
    else:
        typer.echo(sentence)


def warn(sentence: str) -> None:
    """Print a warning to stderr, which an operator must see and a pipe must not get."""
    typer.secho(sentence, fg=typer.colors.YELLOW, err=True)


def fields(*names: str) -> Columns:
    """Return columns with the titles of the API's fields: `received_at` → `received`."""
    return {name.removesuffix("_at").replace("_", " "): name for name in names}


def cell(row: Any, made: str | Callable[[Any], str]) -> str:
    """
    Format a field of the API: an instant in Bogotá's time, a list in one line, nothing for None.

    `paused.since` is a field of a part of the row, which may be None.
    """
    if callable(made):
        return made(row)
    part, _, rest = made.partition(".")
    value = row[part] if isinstance(row, Mapping) else getattr(row, part)
    if rest:
        return "" if value is None else cell(value, rest)
    if made in {"at", "since"} or made.endswith(("_at", "_since", "_until")):
        return local_time(value)
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)


def local_time(value: Json) -> str:
    """Format an instant of the API (datetime or RFC 3339 text) in Bogotá's time; nothing for None."""
    if value is None:
        return ""
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return instant.astimezone(BOGOTA).strftime("%Y-%m-%d %H:%M:%S")


def local_minute(value: Json) -> str:
    """Format an instant as `local_time` does, without its seconds."""
    return local_time(value)[:16]


def short_case(case: str) -> str:
    """Leave out the field that names the case: `pqrs_id:PQRS-1` → `PQRS-1`."""
    return case.partition(":")[2] or case


def known(record: T | None, what: str) -> T:
    """Return the record. Raises HubError if there is none."""
    if record is None:
        raise HubError(f"there is no {what}")
    return record


def one_of(noun: str, names: Collection[str]) -> Callable[[str], str]:
    """Return a reader of a name from the command line; for an unknown one it suggests those that are near."""

    def read(text: str) -> str:
        if text in names:
            return text
        near = difflib.get_close_matches(text, names, n=3)
        known = f"near: {', '.join(near)}" if near else f"there are {', '.join(sorted(names))}"
        raise typer.BadParameter(f"there is no {noun} {text!r}; {known}")

    return read


def read_input(path: str) -> bytes:
    """Read a file, or standard input for `-`."""
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a path of the command line, opened once
            return file.read()
    except OSError as exc:
        raise HubError(f"cannot read {path}: {exc.strerror}") from exc


def write_output(file: Path, content: bytes) -> None:
    """Write a file that a command was asked for."""
    try:
        file.write_bytes(content)
    except OSError as exc:
        raise HubError(f"cannot write {file}: {exc.strerror}") from exc


def to_uuid(text: str) -> UUID:
    """Read an id from the command line."""
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not an id; the list commands print them") from None


def as_instant(text: str) -> datetime:
    """Read an instant from the command line; without an offset it is Bogotá's time."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time like 2026-03-09T08:00") from None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=BOGOTA)


def as_object(text: str) -> dict[str, Json]:
    """Read a JSON object from the command line."""
    try:
        return msgspec.json.decode(text, type=dict[str, Json])
    except msgspec.MsgspecError:
        raise typer.BadParameter('it is no JSON object like {"subject": "Ruido"}') from None


def instant_option(words: str) -> Any:
    """Make an option that takes an instant."""
    return typer.Option(parser=as_instant, metavar="TIME", help=words)


AsJson = Annotated[bool, typer.Option("--json", help="Print the shapes of the HTTP API instead of a table.")]
Id = Annotated[UUID, typer.Argument(parser=to_uuid, metavar="ID")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=500, help="How many at most.")]
Whole = Annotated[bool, typer.Option("--whole", help="Names and addresses unmasked; the look is audited.")]
