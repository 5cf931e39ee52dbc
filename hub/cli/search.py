"""`hub search`: people, places, cases, events and messages by whatever somebody knows of them."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from hub.app.openers import open_search
from hub.cli.audit import note
from hub.doors.terminal import AsJson, Columns, Whole, console, fields, print_json, print_list, settings, warn
from hub.operations.search.items_es import GROUPS
from hub.operations.search.schemas import SearchAnswer
from hub.operations.search.search import MOST, SearchRequest, audited, search

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
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=MOST, help="De cada clase.")] = 5,
    as_json: AsJson = False,
) -> None:
    """
    Busca personas, unidades, edificios, casos, eventos y mensajes por lo que se sepa de ellos.

      hub search gomez ana            sin tildes, en cualquier orden, también con errores: Gonzales

      hub search 300 123 4567         un teléfono como se escriba; bastan sus últimos cuatro números

      hub search T2-301               una unidad; también «torre 2 apto 301»

      hub search PQ-2026-000901       un radicado, la clave de un caso, el id de un evento o un mensaje

      hub search corte de agua        palabras de un asunto, o la clase de un evento: pago recibido

    Los nombres salen ocultos; con --whole, completos. La consulta queda en
    `hub audit`, sin las palabras buscadas.
    """
    asked = SearchRequest(typed=" ".join(words), limit=limit, whole=whole, private=None)
    async with open_search(settings()) as deps:
        found = await search(deps, asked)
    for person, detail in audited(found):
        await note("search", "search", person=person, **detail)
    if as_json:
        print_json(found.answer)
        return
    _print(found.answer)


def _print(answer: SearchAnswer) -> None:
    for words in answer.notes:
        warn(words)
    if not answer.groups:
        warn("No se encontró nada. Pruebe con menos palabras, o con un número: `hub search --help`.")
    for group in answer.groups:
        console().print(f"\n{GROUPS[group.kind]}{' (hay más)' if group.more else ''}", style="bold")
        print_list(group.items, _COLUMNS, as_json=False)
