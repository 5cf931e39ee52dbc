"""`hub letters print`, `batches`, `printed`, `cancel`: what of one copropiedad is printed together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from hub.app.openers import open_batches, open_letter_printer
from hub.cli.audit import acting, note, note_all
from hub.doors.terminal import (
    AsJson,
    Columns,
    Id,
    Limit,
    known,
    print_done,
    print_list,
    settings,
    to_uuid,
    warn,
    write_output,
)
from hub.errors import HubError, NothingToPrint
from hub.model.letters import MadeBatch, PrintBatch
from hub.model.paper import PaperSize
from hub.operations.letters import PrintedPages, make_batch
from hub.parts.company import CompanyRules

_COLUMNS: Final[Columns] = {
    "made": "made_at",
    "copropiedad": lambda row: row["copropiedad"] or row["copropiedad_id"] or "–",
    **{name: name for name in ("letters", "withdrawn", "missing")},
    "printed": "printed_at",
    **{name: name for name in ("posted", "delivered")},
    "cancelled": "cancelled_at",
    "by": "made_by",
    "id": "id",
}

Copropiedad = Annotated[
    str | None,
    typer.Option(
        "--copropiedad",
        metavar="ID",
        help="The one whose open letters are printed.",
        show_default=False,
    ),
]


async def print_batch(
    copropiedad: Copropiedad = None,
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
        raise HubError(
            "say what to print: --copropiedad ID (`hub letters buildings`), --no-copropiedad or --batch ID"
        )
    made = await _made(copropiedad, size) if again is None else MadeBatch(batch=again, made=False)
    async with open_batches(settings()) as store:
        batch = known(await store.batch(made.batch), f"batch {made.batch}")
    async with open_letter_printer(settings()) as printer:
        pages = await printer.of_batch(batch)
    await note_all("batch.print", f"batch:{batch.id}", pages.people)
    path = out or Path(_file_name(batch))
    write_output(path, pages.content)
    counted = {"letters": pages.letters, "posters": pages.posters, "withdrawn": batch.withdrawn}
    done = {"batch": batch.id, "made": made.made, "file": str(path), **counted}
    print_done({**done, "apart": pages.apart, "left": made.left}, _said(path, batch, pages), as_json=as_json)
    if again is None and not as_json:
        _explain(made)


async def batches(
    copropiedad: Annotated[
        str | None, typer.Option(metavar="ID", help="Only of this one.", show_default=False)
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="The `next` of the page before.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    List batches, newest first, and how far their letters have come.

    `withdrawn` letters were recalled or erased since; `missing` are documents
    that staff had to print itself.
    """
    async with open_batches(settings()) as store:
        page = await store.batches(copropiedad_id=copropiedad, after=after, limit=limit)
    print_list(page.items, _COLUMNS, page.next, as_json=as_json)


async def printed(batch_id: Id, as_json: AsJson = False) -> None:
    """
    Mark a batch as printed: its letters are on paper. Safe to repeat.

    Then post them (`hub letters posted`) or hand them over (`hub letters done --batch BATCH`).
    """
    async with open_batches(settings()) as store:
        known(await store.batch(batch_id), f"batch {batch_id}")
        await note("batch.printed", f"batch:{batch_id}")
        changed = await store.mark_printed(batch_id)
    words = f"printed. When they are handed over: hub letters done --batch {batch_id}"
    _changed(batch_id, changed, words if changed else "was marked as printed before", as_json=as_json)


async def cancel(batch_id: Id, as_json: AsJson = False) -> None:
    """Undo a batch that nobody has printed: its letters are open again. Safe to repeat."""
    async with open_batches(settings()) as store:
        known(await store.batch(batch_id), f"batch {batch_id}")
        await note("batch.cancelled", f"batch:{batch_id}")
        changed = await store.cancel(batch_id)
    words = "cancelled: its letters are open again" if changed else "was cancelled before"
    _changed(batch_id, changed, words, as_json=as_json)


def _changed(batch_id: UUID, changed: bool, words: str, *, as_json: bool) -> None:
    print_done({"id": batch_id, "changed": changed}, f"{batch_id}  {words}", as_json=as_json)


async def _made(copropiedad: str | None, size: PaperSize | None) -> MadeBatch:
    size = size or CompanyRules(settings()).policy.paper.size
    async with open_batches(settings()) as store, acting() as by:
        try:
            return await make_batch(by, store, copropiedad, size=size)
        except NothingToPrint as exc:
            raise HubError(
                f"no letter of {copropiedad or 'no copropiedad'} waits to be printed: "
                "`hub letters buildings` shows where there are some"
            ) from exc


def _said(path: Path, batch: PrintBatch, pages: PrintedPages) -> str:
    letters = _counted(pages.letters, "letter")
    posters = f" and {_counted(pages.posters, 'poster')} for the board" if pages.posters else ""
    lines = [f"{path}: {letters}{posters}, batch {batch.id}."]
    if batch.withdrawn:
        lines.append(f"Withdrawn since it was made: {batch.withdrawn}.")
    if pages.apart:
        lines.append(f"Documents to print by hand, named on the cover: {pages.apart}.")
    if batch.printed_at is None:
        lines.append(f"Next: print it, look at the paper, then `hub letters printed {batch.id}`.")
    return "\n".join(lines)


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def _explain(made: MadeBatch) -> None:
    if not made.made:
        warn("Nothing new was open: this is the batch that was made before and nobody has printed.")
    if made.left:
        warn(f"{made.left} letters did not fit into one batch: run the command again for them.")


def _file_name(batch: PrintBatch) -> str:
    """`cartas-ph-rosal-20261127-1305.pdf`."""
    place = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in batch.copropiedad_id or "")
    return f"cartas-{place[:60].strip('-') or 'hub'}-{batch.made_at:%Y%m%d-%H%M}.pdf"
