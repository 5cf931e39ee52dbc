"""`hub posters`: what is to be printed for the notice boards, hangs there, and is to be taken down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from hub.app.papers import open_posters
from hub.cli.audit import note, operator
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
    write_output,
)
from hub.model.posters import PosterState, PosterStep

app = typer.Typer(no_args_is_help=True)

_COLUMNS: Final = {"made": "created_at", **fields("state", "building", "event", "title", "holds_until", "id")}
_FACTS: Final = (
    *("state", "event", "building", "zones", "created_at", "holds_until", "ended_by"),
    *("printed_at", "printed_by", "hung_at", "hung_by", "taken_down_at", "taken_down_by", "sha256"),
)


@app.command("list")
async def list_posters(
    state: Annotated[PosterState | None, typer.Option(help="Only those in this state.")] = None,
    copropiedad: Annotated[str | None, typer.Option(metavar="ID", help="Only those of this one.")] = None,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="The `next` of the page before.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    List posters, newest first.

      hub posters list --state to_print --copropiedad ph-altos-del-rosal
    """
    async with open_posters(settings()) as posters:
        page = await posters.store.posters(state=state, building=copropiedad, after=after, limit=limit)
    print_list(page.items, _COLUMNS, page.next, as_json=as_json)


@app.command()
async def show(
    poster_id: Id,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write its page into this file.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="FILE", help="Write its PDF into this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Show a poster; with --pdf write what is to be printed.

      hub posters show 0195… --pdf cartel.pdf

    Its page is made when it is asked for first, and never changes after.
    """
    async with open_posters(settings()) as posters:
        page = known(await posters.page(poster_id), f"poster {poster_id}")
        poster = dict(known(await posters.store.poster(poster_id), f"poster {poster_id}"))
        if pdf is not None:
            write_output(pdf, await posters.set_page(page))
    if html is not None:
        write_output(html, page.html.encode())
    poster |= {"sha256": page.sha256.hex()}
    if as_json:
        print_json(poster | {"html": page.html})
        return
    print_whole({fact: poster[fact] for fact in _FACTS}, page.title)


@app.command()
async def printed(poster_id: Id, as_json: AsJson = False) -> None:
    """Record that a poster is printed. Safe to repeat."""
    await _record(poster_id, PosterStep.PRINTED, as_json=as_json)


@app.command()
async def hung(poster_id: Id, as_json: AsJson = False) -> None:
    """Record that a poster hangs on its board. Safe to repeat."""
    await _record(poster_id, PosterStep.HUNG, as_json=as_json)


@app.command("taken-down")
async def taken_down(poster_id: Id, as_json: AsJson = False) -> None:
    """Record that a poster hangs no more. Safe to repeat."""
    await _record(poster_id, PosterStep.TAKEN_DOWN, as_json=as_json)


async def _record(poster_id: UUID, step: PosterStep, *, as_json: bool) -> None:
    async with open_posters(settings()) as posters:
        known(await posters.store.poster(poster_id), f"poster {poster_id}")
        await note(f"poster.{step}", f"poster:{poster_id}")
        changed = await posters.record(poster_id, step, by=operator())
        state = known(await posters.store.poster(poster_id), f"poster {poster_id}")["state"]
    if as_json:
        print_json({"id": poster_id, "changed": bool(changed), "state": state})
    else:
        typer.echo(f"{poster_id}  {'recorded' if changed else 'nothing to record'}: {state}")
