"""`hub letters`: letters to print and hand over to people whom no other channel has reached."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from hub.app.openers import open_batches, open_documents, open_letter_printer, open_letters, open_publisher
from hub.cli.audit import note
from hub.cli.print_batches import batches, cancel, print_batch, printed
from hub.doors.terminal import (
    AsJson,
    Id,
    Limit,
    fields,
    known,
    print_done,
    print_json,
    print_list,
    print_whole,
    settings,
    to_uuid,
    write_output,
)
from hub.errors import HubError
from hub.model.letters import LetterState
from hub.operations.letters import hand_over, post, to_hand_over
from hub.ports import LetterFilter, LetterStore
from hub.rendering.attempts_es import posted_sentence

app = typer.Typer(no_args_is_help=True)

_COLUMNS: Final = {"made": "created_at", **fields("state", "guide", "event", "person", "subject", "id")}
_FACTS: Final = (
    *("name", "person", "event", "state", "copropiedad_id", "created_at", "batch", "printed_at", "posted_at"),
    *("guide", "handed_over_at", "subject", "document"),
)
_BUILDINGS: Final = fields(
    "copropiedad", "copropiedad_id", "open", "batched", "printed", "posted", "documents"
)
_NO_PAPER: Final = (
    "letter {id} has no page: its document is at a link. Print that, then `hub letters done {id}`"
)

Building = Annotated[
    str | None,
    typer.Option("--copropiedad", metavar="ID", help="Only of this one.", show_default=False),
]


@app.command("list")
async def list_letters(
    building: Building = None,
    state: Annotated[LetterState | None, typer.Option(help="Only those that have come this far.")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those not handed over yet.")] = False,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="The `next` of the page before.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    List letters, newest first, and documents that must be printed without one.

      hub letters list --copropiedad ph-rosal --state open

    open: nobody has printed it. batched: in a batch that is not printed yet.
    printed: on paper. posted: on its way by certified post. delivered: handed
    over.
    """
    asked = LetterFilter(state=state, handed_over=False if only_open else None, copropiedad_id=building)
    async with open_letters(settings()) as letters:
        page = await letters.letters(asked, after=after, limit=limit)
    print_list(page.items, _COLUMNS, page.next, as_json=as_json)


@app.command()
async def buildings(as_json: AsJson = False) -> None:
    """
    Count what waits in each copropiedad: what to print, what to hand over.

    `open` is what `hub letters print --copropiedad ID` would print; `documents`
    must be printed by hand.
    """
    async with open_letters(settings()) as letters:
        print_list(list(await letters.buildings()), _BUILDINGS, as_json=as_json)


app.command("print")(print_batch)
app.command("batches")(batches)
app.command("printed")(printed)
app.command("cancel")(cancel)


@app.command()
async def posted(
    letter_id: Id,
    guide: Annotated[
        str,
        typer.Option(metavar="NUMBER", help="Of the guide, as the post has given it.", show_default=False),
    ],
    as_json: AsJson = False,
) -> None:
    """
    Record that a letter left by certified post. Another number corrects it.

      hub letters posted 0195… --guide RA123456789CO

    It is not delivered by that: when the post says so, `hub letters done ID`.
    """
    async with open_letters(settings()) as letters:
        await _audited(letters, letter_id, "letter.posted")
        changed = await post(letter_id, guide, store=letters)
    done = "posted" if changed else "was posted with this guide before"
    print_done({"id": letter_id, "changed": bool(changed)}, f"{letter_id}  {done}", as_json=as_json)


@app.command()
async def show(
    letter_id: Id,
    pdf: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write letter and document into this file, as one PDF."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page as it was stored into this file.")
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write its document into this file."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Show a letter; with --pdf write it as it is printed, without a batch.

      hub letters show 0195… --pdf carta.pdf
    """
    async with open_letters(settings()) as letters:
        letter = await _audited(letters, letter_id, "letter.show")
    if pdf is not None:
        async with open_letter_printer(settings()) as printer:
            made = await printer.of_letter(letter_id, at=datetime.fromisoformat(letter["created_at"]))
        if made is None:
            raise HubError(_NO_PAPER.format(id=letter_id))
        write_output(pdf, made.content)
    if html is not None:
        write_output(html, letter["html"].encode())
    if document is not None:
        async with open_documents(settings()) as documents:
            found = known(await documents.of_letter(letter_id), f"document of letter {letter_id}")
        write_output(document, found.content)
    if as_json:
        print_json(letter)
        return
    print_whole({fact: letter[fact] for fact in _FACTS}, letter["text"])
    if letter["posted_at"] is not None:
        typer.echo(f"\n{posted_sentence(datetime.fromisoformat(letter['posted_at']), letter['guide'])}")


@app.command()
async def done(
    ids: Annotated[
        list[UUID] | None, typer.Argument(parser=to_uuid, metavar="ID...", show_default=False)
    ] = None,
    batch: Annotated[
        UUID | None,
        typer.Option(parser=to_uuid, metavar="BATCH", help="Of this printed batch, what is not posted."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Mark letters as handed over: their messages are delivered. Safe to repeat.

      hub letters done 0195… 0196…
      hub letters done --batch 0197…

    With --batch all that nobody has handed over or posted yet. If a letter
    came back, give the ids of the others instead. What was posted is marked by
    its own id, when the post has delivered it.
    """
    if not ids and batch is None:
        raise HubError("name letters (`hub letters list`), or --batch (`hub letters batches`)")
    items: list[dict[str, Any]] = []
    given = settings()
    wanted = [*(ids or ()), *(await _of_batch(batch) if batch is not None else ())]
    async with open_letters(given) as letters, open_publisher(given) as publisher:
        for letter_id in wanted:
            await _audited(letters, letter_id, "letter.done")
            changed = await hand_over(letter_id, store=letters, publisher=publisher, now=datetime.now(UTC))
            items.append({"id": letter_id, "changed": bool(changed)})
    if as_json:
        print_json({"items": items, "next": None})
        return
    for item in items:
        typer.echo(f"{item['id']}  {'handed over' if item['changed'] else 'was handed over before'}")


async def _of_batch(batch_id: UUID) -> list[UUID]:
    async with open_batches(settings()) as store:
        batch = known(await store.batch(batch_id), f"batch {batch_id}")
        return [letter.id for letter in await to_hand_over(batch, store)]


async def _audited(letters: LetterStore, letter_id: UUID, action: str) -> dict[str, Any]:
    """Audit the action, then return the letter. Raises HubError if there is none."""
    letter = known(await letters.letter(letter_id), f"letter {letter_id}")
    await note(action, f"letter:{letter_id}", person=letter["person"])
    return dict(letter)
