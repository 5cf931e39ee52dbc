"""`hub letters`: letters to print and hand over to people whom no other channel has reached."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from hub.app import container as hub_app
from hub.cli.audit import note
from hub.cli.common import (
    AsJson,
    Limit,
    local_time,
    print_items,
    print_json,
    print_table,
    print_whole,
    settings,
    to_uuid,
    wait,
)
from hub.errors import HubError
from hub.operations.letters import hand_over
from hub.ports import LetterStore, Page

app = typer.Typer(
    no_args_is_help=True, help="Letters to be printed and handed over: list, show, mark as done."
)


@app.command("list")
def list_letters(
    only_open: Annotated[bool, typer.Option("--open", help="Only those not handed over yet.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List letters, newest first."""
    page = wait(_list(limit, only_open=only_open))
    if as_json:
        print_items(page.items, page.next)
        return
    rows = [
        (
            local_time(row["created_at"]),
            local_time(row["handed_over_at"]),
            row["event"],
            row["person"],
            row["subject"],
            str(row["id"]),
        )
        for row in page.items
    ]
    print_table(("made", "handed over", "event", "person", "subject", "id"), rows)


async def _list(limit: int, *, only_open: bool) -> Page:
    async with hub_app.open_letters(settings()) as letters:
        return await letters.letters(handed_over=False if only_open else None, after=None, limit=limit)


@app.command()
def show(
    letter_id: Annotated[str, typer.Argument(metavar="ID")],
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page to print into this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Show a letter; with --html write its page, which any browser can print.

      hub letters show 0195… --html carta.html
    """
    letter = wait(_show(to_uuid(letter_id)))
    if html is not None:
        _write(html, letter["html"])
    if as_json:
        print_json(letter)
        return
    facts = ("name", "person", "event", "created_at", "handed_over_at", "subject")
    print_whole({fact: letter[fact] for fact in facts}, letter["text"])


async def _show(letter_id: UUID) -> dict[str, Any]:
    async with hub_app.open_letters(settings()) as letters:
        return await _audited(letters, letter_id, "letter.show")


async def _audited(letters: LetterStore, letter_id: UUID, action: str) -> dict[str, Any]:
    """Audit the action, then return the letter. Raises HubError if there is none."""
    letter = await letters.letter(letter_id)
    if letter is None:
        raise HubError(f"there is no letter {letter_id}")
    await note(action, f"letter:{letter_id}", person=letter["person"])
    return dict(letter)


def _write(file: Path, html: str) -> None:
    try:
        file.write_text(html, encoding="utf-8")
    except OSError as exc:
        raise HubError(f"cannot write {file}: {exc.strerror}") from exc


@app.command()
def done(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", show_default=False)], as_json: AsJson = False
) -> None:
    """Mark letters as handed over: their messages are delivered. Safe to repeat."""
    items = wait(_hand_over([to_uuid(text) for text in ids]))
    if as_json:
        print_items(items)
        return
    for item in items:
        typer.echo(f"{item['id']}  {'handed over' if item['changed'] else 'was handed over before'}")


async def _hand_over(ids: list[UUID]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    given = settings()
    async with hub_app.open_letters(given) as letters, hub_app.open_publisher(given) as publisher:
        for letter_id in ids:
            await _audited(letters, letter_id, "letter.done")
            changed = await hand_over(letter_id, store=letters, publisher=publisher, now=datetime.now(UTC))
            items.append({"id": letter_id, "changed": bool(changed)})
    return items
