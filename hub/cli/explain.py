"""`hub explain`: whether a person was notified of an event, when and by which channel, or why not."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.app.operators import open_operator
from hub.desk.explain.acts import judged
from hub.desk.explain.rows import shown
from hub.doors.act import READ
from hub.doors.terminal import AsJson, console, print_json
from hub.operations.explain.messages import commands
from hub.operations.explain.verdict import DEAD_LETTER, UNKNOWN, Verdict


async def explain(
    event: Annotated[
        str,
        typer.Argument(
            metavar="EVENT",
            show_default=False,
            help="El id que le dio quien lo publicó, o la clave del hub.",
        ),
    ],
    person: Annotated[
        str,
        typer.Argument(metavar="PERSON", show_default=False, help="La referencia de la persona: per-0042."),
    ],
    source: Annotated[
        str | None,
        typer.Option(metavar="SOURCE", help="De cuál sistema, si varios tienen un evento con ese id."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Explica si a una persona se le avisó de un evento: cuándo y por qué medio, o por qué no.

      hub explain 3f2c… per-0042

    De cada mensaje dice cuándo salió, llegó y se leyó; hasta cuándo espera y
    por qué; qué falló y qué hacer.

    Si no hubo mensaje, dice la razón: en licencia, sin autorización, con otro
    rol, en otra torre, agregada después, o que el hub todavía no lo sabía.

    `hub deliveries` muestra los ids de los eventos y las referencias de las
    personas. Las direcciones salen ocultas; la consulta queda en `hub audit`.
    """
    async with open_operator(READ) as by:
        verdict = await judged(by, event, person, source=source)
    if as_json:
        print_json(shown(verdict))
    else:
        lines = [*verdict.sentences, *_in_a_shell(verdict)]
        console().print("\n".join(lines), markup=False, soft_wrap=True)
    if verdict.outcome in UNKNOWN:
        raise typer.Exit(1)


def _in_a_shell(verdict: Verdict) -> list[str]:
    """Return the commands for the next steps of the sentences; pages give the sentences alone."""
    found = ["hub dead list"] if verdict.reason == DEAD_LETTER else commands(verdict.messages)
    return [f"Por línea de comandos: {', '.join(found)}."] if found else []
