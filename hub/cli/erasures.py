"""`hub person erasures` and `erase-again`: the erased people, for the restore of an older copy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from msgspec import Struct

from hub.app.operators import open_operator
from hub.desk.rights import acts
from hub.desk.rights.erasing import why
from hub.doors.act import PRIVACY
from hub.doors.terminal import (
    AsJson,
    Columns,
    instant_option,
    local_time,
    print_done,
    print_list,
    read_input,
    warn,
    write_output,
)
from hub.errors import HubError
from hub.model.erasures import Erased

_COLUMNS: Final[Columns] = {
    "pedida": lambda row: local_time(row.asked_at),
    "persona": lambda row: str(row.person),
    "motivo": lambda row: str(row.reason),
}


class _Listed(Struct):
    items: list[Erased]


async def list_erasures(
    since: Annotated[datetime, instant_option("Las pedidas desde este instante.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="El archivo para erase-again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Muestra a quién se suprimió desde un instante: su referencia y el motivo, sin nombre ni contacto.

      hub person erasures --since 2026-11-26 --out erasures.json

    Guárdelo fuera del servidor, cada hora: una copia restaurada no sabe de las supresiones posteriores.
    """
    async with open_operator(PRIVACY) as by:
        found = await acts.list_erasures(by, since)
    if out is None:
        print_list(found, _COLUMNS, as_json=as_json)
        return
    write_output(out, msgspec.json.encode(_Listed(items=list(found))))
    print_done({"file": str(out), "people": len(found)}, f"{out}: {len(found)} personas.", as_json=as_json)


async def erase_listed(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Lo que escribió `erasures --out`.")],
    as_json: AsJson = False,
) -> None:
    """
    Suprime otra vez a quienes dice el archivo: en una base restaurada, antes de `hub resume all`.

      hub person erase-again erasures.json

    Se puede repetir. Termina con 1 si un deber de la copia impide alguna, y dice cuál: que los sistemas
    publiquen otra vez lo que enviaron desde la copia, y repítalo.
    """
    try:
        listed = msgspec.json.decode(read_input(file), type=_Listed).items
    except (msgspec.MsgspecError, ValueError) as exc:
        raise HubError(f"{file} no es lo que escribe `hub person erasures --out`") from exc
    async with open_operator(PRIVACY) as by:
        done = await acts.erase_again(by, listed)
    for person, duties in done.kept.items():
        warn(f"{person}: {why(duties)}")
    sentence = f"Suprimidas otra vez: {len(done.erased)}. No están en la copia: {len(done.unknown)}."
    print_done(done, sentence, as_json=as_json)
    if done.kept:
        raise typer.Exit(1)
