"""`hub search`: people, places, cases, events and messages in one search."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.desk.search import acts
from hub.desk.search.items_es import GROUPS
from hub.desk.search.rows import FEW, MOST, SearchAnswer, SearchQuery
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, Whole, console, fields, print_json, print_list, warn

_COLUMNS: Final[Columns] = {"qué": "title", "detalle": "detail", **fields("copropiedad"), "id": "id"}

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="WORDS",
        show_default=False,
        help="Un nombre, correo, teléfono, unidad, edificio, radicado, id, o palabras de un asunto.",
    ),
]


async def find(
    words: Words,
    whole: Whole = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=MOST, help="De cada clase.")] = FEW,
    as_json: AsJson = False,
) -> None:
    """
    Busca personas, unidades, edificios, casos, eventos y mensajes por lo que se sepa de ellos.

      hub search gomez ana            sin tildes, en cualquier orden, también con errores: Gonzales

      hub search 300 123 4567         un teléfono como se escriba; bastan sus últimos cuatro números

      hub search T2-301               una unidad; también «torre 2 apto 301»

      hub search PQ-2026-000901       un radicado, la clave de un caso, el id de un evento o un mensaje

      hub search corte de agua        palabras de un asunto, o la clase de un evento: pago recibido

    La consulta queda en `hub audit`, con cada persona y sin las palabras
    buscadas.
    """
    async with open_operator(READ) as by:
        answer = await acts.find(by, SearchQuery(q=" ".join(words), limit=limit, whole=whole))
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _print(answer: SearchAnswer) -> None:
    for words in answer.notes:
        warn(words)
    if not answer.groups:
        warn("No se encontró nada. Pruebe con menos palabras, o con un número: `hub search --help`.")
    for group in answer.groups:
        console().print(f"\n{GROUPS[group.kind]}{' (hay más)' if group.more else ''}", style="bold")
        print_list(group.items, _COLUMNS, as_json=False)
