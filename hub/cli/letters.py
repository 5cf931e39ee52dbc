"""`hub letters`: those of the desk, a file for `print`, and `done` for many at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from hub.app.operators import open_operator
from hub.desk.letters import acts
from hub.desk.letters.noun import BATCHES, NOUN
from hub.desk.letters.printer import PrintedPages
from hub.desk.letters.rows import BatchBody, BatchMade, DocumentBody, PrintBatch
from hub.doors.act import OPERATE, PRIVACY
from hub.doors.command import command_of, group_of
from hub.doors.operator import Operator
from hub.doors.terminal import (
    AsJson,
    print_done,
    print_json,
    to_uuid,
    warn,
    write_output,
)
from hub.errors import HubError, NothingToPrint
from hub.model.letters import PaperSize
from hub.rendering.figures_es import many

app = group_of(NOUN, open_operator)
for _declared in BATCHES.all:
    if _declared.word:
        app.command(_declared.word)(command_of(_declared, open_operator))

_WHAT_TO_PRINT: Final = (
    "say what to print: --copropiedad ID (`hub letters buildings`), --no-copropiedad or --batch ID"
)


@app.command("print")
async def print_batch(
    copropiedad: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The one whose open letters are printed.", show_default=False),
    ] = None,
    elsewhere: Annotated[
        bool, typer.Option("--no-copropiedad", help="Letters that belong to no copropiedad.")
    ] = False,
    again: Annotated[
        UUID | None,
        typer.Option(
            "--batch",
            parser=to_uuid,
            metavar="BATCH",
            help="This batch again: nothing is changed.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="Where the PDF is written; else here, under its own name.",
            show_default=False,
        ),
    ] = None,
    size: Annotated[
        PaperSize | None, typer.Option(help="Of the paper; else what the policy says.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Make a batch of the open letters of a copropiedad, and write it as one PDF.

      hub letters buildings
      hub letters print --copropiedad ph-rosal --out cartas.pdf
      hub letters printed 0197…

    A cover for the front desk, then each letter with its document, by tower
    and unit. Nothing is marked as printed by that: look at the paper first.

    `hub letters cancel` opens the letters again.
    """
    if sum((copropiedad is not None, elsewhere, again is not None)) != 1:
        raise HubError(_WHAT_TO_PRINT)
    async with open_operator(OPERATE | PRIVACY) as by:
        made = None
        if again is None:
            made = await _made(by, copropiedad, size)
            again = made.id
        batch, pages = await acts.put_on_paper(by, again)
    path = out or Path(_file_name(batch))
    write_output(path, pages.content)
    result = {
        "batch": batch.id,
        "made": made is not None and made.made,
        "file": str(path),
        "letters": pages.letters,
        "posters": pages.posters,
        "withdrawn": batch.withdrawn,
        "apart": pages.apart,
        "left": 0 if made is None else made.left,
    }
    print_done(result, _said(path, batch, pages), as_json=as_json)
    if made is not None and not as_json:
        _explain(made)


@app.command()
async def attach(
    letter_id: Annotated[UUID, typer.Argument(parser=to_uuid, metavar="ID", show_default=False)],
    file: Annotated[Path, typer.Argument(metavar="PDF", exists=True, dir_okay=False, show_default=False)],
    as_json: AsJson = False,
) -> None:
    """
    Give a letter the PDF that the hub could not fetch.

      hub letters list --open
      hub letters attach 0195… acta.pdf

    All letters of its event that wait for it are made anew, and print with it.
    """
    async with open_operator(OPERATE) as by:
        kept = await acts.attach_document(by, letter_id, DocumentBody(pdf=file.read_bytes()))
    if as_json:
        print_json(kept)
        return
    typer.echo(f"{kept.id}  kept, SHA-256 {kept.sha256}: {kept.letters} letters are made with it")


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
    async with open_operator(OPERATE) as by:
        of_batch = () if batch is None else await acts.to_hand_over(by, batch)
        wanted = [*(ids or ()), *(letter.id for letter in of_batch)]
        items = [await acts.hand_over(by, letter_id) for letter_id in wanted]
    if as_json:
        print_json({"items": items, "next": None})
        return
    for item in items:
        typer.echo(f"{item.id}  {'handed over' if item.changed else 'was handed over before'}")


async def _made(by: Operator, copropiedad: str | None, size: PaperSize | None) -> BatchMade:
    try:
        return await acts.make_batch(by, BatchBody(copropiedad=copropiedad, size=size))
    except NothingToPrint as exc:
        raise HubError(
            f"no letter of {copropiedad or 'no copropiedad'} waits to be printed: "
            "`hub letters buildings` shows where there are some"
        ) from exc


def _said(path: Path, batch: PrintBatch, pages: PrintedPages) -> str:
    letters = many(pages.letters, "letter", "letters")
    posters = f" and {many(pages.posters, 'poster', 'posters')} for the board" if pages.posters else ""
    lines = [f"{path}: {letters}{posters}, batch {batch.id}."]
    if batch.withdrawn:
        lines.append(f"Withdrawn since it was made: {batch.withdrawn}.")
    if pages.apart:
        lines.append(f"Documents to print by hand, named on the cover: {pages.apart}.")
    if batch.printed_at is None:
        lines.append(f"Next: print it, look at the paper, then `hub letters printed {batch.id}`.")
    return "\n".join(lines)


def _explain(made: BatchMade) -> None:
    if not made.made:
        warn("Nothing new was open: this is the batch that was made before and nobody has printed.")
    if made.left:
        warn(f"{made.left} letters did not fit into one batch: run the command again for them.")


def _file_name(batch: PrintBatch) -> str:
    """`cartas-ph-rosal-20261127-1305.pdf`."""
    place = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in batch.copropiedad_id or "")
    return f"cartas-{place[:60].strip('-') or 'hub'}-{batch.made_at:%Y%m%d-%H%M}.pdf"
