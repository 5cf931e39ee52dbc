"""`hub people readiness`, `unreachable`, `audience`: who can be reached, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.desk.people.acts import show_audience
from hub.desk.people.audience import AudienceMeant
from hub.desk.people.rows import AudienceQuery
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, Limit, print_json, print_list, settings
from hub.errors import UnknownName
from hub.model.reach import UnitReach
from hub.people.readiness import Readiness
from hub.policy import load_policy
from hub.rendering.labels_es import REACH
from hub.storage import Database, PostgresReadiness


def _share(name: str) -> Callable[[Readiness], str]:
    """Make the cell of a number of people and their share."""

    def made(report: Readiness) -> str:
        number = getattr(report, name)
        return f"{number} ({number / report.people:.0%})" if report.people else str(number)

    return made


_READINESS: Final[Columns] = {
    "copropiedad": "copropiedad_id",
    "unidades": "units",
    "sin nadie": "empty_units",
    "personas": "people",
    "correo": _share("email"),
    "celular": _share("mobile"),
    "push": _share("push"),
    "solo papel": _share("letter_only"),
    "sin verificar": _share("unverified"),
    "autorizan": _share("authorised"),
    "publicidad": _share("commercial"),
    "encuestas": _share("survey"),
}


async def readiness(
    copropiedad: Annotated[str | None, typer.Option(metavar="ID", help="Solo esta copropiedad.")] = None,
    as_json: AsJson = False,
) -> None:
    """Muestra a quién se llega, por copropiedad y canal, y qué hacer antes de empezar."""
    policy = load_policy(settings().policy)
    async with Database(settings().database_url.reveal(), size=1) as database:
        reports = await PostgresReadiness(database, policy.suppression_for).of(copropiedad)
    if copropiedad is not None and not reports:
        raise UnknownName(f"there is no copropiedad {copropiedad!r}")
    print_list(reports, _READINESS, as_json=as_json)
    for report in () if as_json else reports:
        if report.to_do:
            typer.echo(f"\n{report.name}")
        for sentence in report.to_do:
            typer.echo(f"  {sentence}")


_UNREACHED: Final[Columns] = {
    "unidad": lambda row: " ".join(filter(None, (row.tower, row.label))),
    "id": "unit_id",
    "por qué": lambda row: REACH[UnitReach(row.reach)],
}


async def unreachable(
    copropiedad: Annotated[str, typer.Option(metavar="ID", help="La copropiedad.")],
    as_json: AsJson = False,
) -> None:
    """
    Muestra las unidades de una copropiedad en las que nadie tiene un contacto verificado, y por qué.

      hub people unreachable --copropiedad ph-altos
    """
    async with open_operator(READ) as by:
        units = list(await by.stores.reach.unreached(copropiedad))
    print_list(units, _UNREACHED, as_json=as_json)


_MEMBERS: Final[Columns] = {
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
    print_list(answer.items, _MEMBERS, as_json=False)
    if answer.next is not None:
        typer.echo(f"Hay más: --after {answer.next}", err=True)


def _sentence(answer: AudienceMeant) -> str:
    ways = ", ".join(f"{words} {getattr(answer.reach, name)}" for name, words in _COUNTS.items())
    reasons = "".join(f"; {reason}: {number}" for reason, number in (answer.left_out or {}).items())
    outside = f"{(answer.people or 0) - (answer.told or 0)}{reasons}"
    return f"Personas: {answer.people}. Se les avisa a {answer.told} ({ways}). Por fuera: {outside}."
