"""`hub person erasures` and `erase-again`: who was erased, for the day on which an older copy is restored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from msgspec import Struct

from hub.app.openers import open_erasures
from hub.cli.audit import acting, note
from hub.doors.terminal import (
    AsJson,
    Columns,
    instant_option,
    local_time,
    print_done,
    print_list,
    read_input,
    settings,
    warn,
    write_output,
)
from hub.errors import HubError
from hub.model.erasures import Erased
from hub.operations.erase_person import erase_again, kept_since, why
from hub.policy import load_policy

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
    async with open_erasures(settings()) as store:
        found = await store.erased_since(since)
    await note("person.erasures", "erasures", found=len(found))
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
    given = settings()
    try:
        listed = msgspec.json.decode(read_input(file), type=_Listed).items
    except (msgspec.MsgspecError, ValueError) as exc:
        raise HubError(f"{file} no es lo que escribe `hub person erasures --out`") from exc
    legal_since = kept_since(datetime.now(UTC), load_policy(given.policy).retention.legal)
    async with open_erasures(given) as store, acting() as by:
        done = await erase_again(by, store, listed, legal_since=legal_since)
    for person, duties in done.kept.items():
        warn(f"{person}: {why(duties)}")
    sentence = f"Suprimidas otra vez: {len(done.erased)}. No están en la copia: {len(done.unknown)}."
    print_done(done, sentence, as_json=as_json)
    if done.kept:
        raise typer.Exit(1)
