"""`hub letters`: letters to print and hand over to people whom no other channel has reached."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from hub.app.container import open_documents, open_letters, open_publisher
from hub.cli.audit import note
from hub.cli.common import (
    AsJson,
    Id,
    Limit,
    fields,
    known,
    print_json,
    print_list,
    print_whole,
    settings,
    to_uuid,
)
from hub.errors import HubError
from hub.operations.letters import hand_over
from hub.ports import LetterStore

app = typer.Typer(no_args_is_help=True)

_COLUMNS: Final = {"made": "created_at", **fields("handed_over_at", "event", "person", "subject", "id")}
_FACTS: Final = ("name", "person", "event", "created_at", "handed_over_at", "subject", "document")


@app.command("list")
async def list_letters(
    only_open: Annotated[bool, typer.Option("--open", help="Only those not handed over yet.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List letters, newest first."""
    async with open_letters(settings()) as letters:
        page = await letters.letters(handed_over=False if only_open else None, after=None, limit=limit)
    print_list(page.items, _COLUMNS, page.next, as_json=as_json)


@app.command()
async def show(
    letter_id: Id,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page to print into this file.")
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write its document into this file."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Show a letter; with --html write its page, which any browser can print.

      hub letters show 0195… --html carta.html --document respuesta.pdf
    """
    async with open_letters(settings()) as letters:
        letter = await _audited(letters, letter_id, "letter.show")
    if html is not None:
        _write(html, letter["html"].encode())
    if document is not None:
        async with open_documents(settings()) as documents:
            found = known(await documents.of_letter(letter_id), f"document of letter {letter_id}")
        _write(document, found.content)
    if as_json:
        print_json(letter)
        return
    print_whole({fact: letter[fact] for fact in _FACTS}, letter["text"])


@app.command()
async def done(
    ids: Annotated[list[UUID], typer.Argument(parser=to_uuid, metavar="ID...", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Mark letters as handed over: their messages are delivered. Safe to repeat."""
    items: list[dict[str, Any]] = []
    given = settings()
    async with open_letters(given) as letters, open_publisher(given) as publisher:
        for letter_id in ids:
            await _audited(letters, letter_id, "letter.done")
            changed = await hand_over(letter_id, store=letters, publisher=publisher, now=datetime.now(UTC))
            items.append({"id": letter_id, "changed": bool(changed)})
    if as_json:
        print_json({"items": items, "next": None})
        return
    for item in items:
        typer.echo(f"{item['id']}  {'handed over' if item['changed'] else 'was handed over before'}")


async def _audited(letters: LetterStore, letter_id: UUID, action: str) -> dict[str, Any]:
    """Audit the action, then return the letter. Raises HubError if there is none."""
    letter = known(await letters.letter(letter_id), f"letter {letter_id}")
    await note(action, f"letter:{letter_id}", person=letter["person"])
    return dict(letter)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as exc:
        raise HubError(f"cannot write {file}: {exc.strerror}") from exc
