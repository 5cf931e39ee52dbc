"""`hub people audience`: the people of an audience, before anything is sent."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.desk.people.acts import show_audience
from hub.desk.people.audience import AudienceMeant
from hub.desk.people.rows import AudienceQuery
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, Limit, print_json, print_list

_COLUMNS: Final[Columns] = {
    "persona": "person",
    "nombre": "name",
    "unidades": lambda member: ", ".join(member.units),
    "por fuera": "left_out",
}
_COUNTS: Final = {"email": "correo", "mobile": "celular", "push": "push", "letter_only": "solo papel"}

Who = Annotated[
    list[str], typer.Argument(metavar="QUIÉN…", show_default=False, help="A quién; varios se suman.")
]


async def audience(
    who: Who,
    after: Annotated[str | None, typer.Option(metavar="NEXT", help="La página después de esta.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    Dice a quién le llegaría: cuántas personas, por dónde, quién queda por fuera. No envía nada.

    Cuenta como para un aviso de servicio; con «opted_in», como para esa finalidad.

    Respeta lo que cada persona pidió y las marcas «no contactar». No mira horas ni límites.

    QUIÉN es una palabra, un lugar detrás de @ y, si hace falta, un filtro detrás de &. Entre comillas:

      hub people audience residents@unit:altos-t1-101

      hub people audience owners@copropiedad:ph-altos council@copropiedad:ph-altos

      hub people audience residents@tower:ph-altos/1

      hub people audience staff:on_call@copropiedad:ph-altos area:administracion

      hub people audience role:tenant person:p-maria-pena

      hub people audience "owners@copropiedad:ph-altos & opted_in:commercial"

      hub people audience everyone

    Todas las palabras están en docs/audiences.md.
    """
    async with open_operator(READ) as by:
        answer = await show_audience(by, AudienceQuery(who=tuple(who), after=after, limit=limit))
    if as_json:
        print_json(answer)
        return
    if answer.people is not None:
        typer.echo(_sentence(answer))
    print_list(answer.items, _COLUMNS, as_json=False)
    if answer.next is not None:
        typer.echo(f"Hay más: --after {answer.next}", err=True)


def _sentence(answer: AudienceMeant) -> str:
    ways = ", ".join(f"{words} {getattr(answer.reach, name)}" for name, words in _COUNTS.items())
    reasons = "".join(f"; {reason}: {number}" for reason, number in (answer.left_out or {}).items())
    outside = f"{(answer.people or 0) - (answer.told or 0)}{reasons}"
    return f"Personas: {answer.people}. Se les avisa a {answer.told} ({ways}). Por fuera: {outside}."
