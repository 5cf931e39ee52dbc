"""`hub people unreachable` and `readiness`: units that no message reaches, and gaps before a start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, print_list, settings
from hub.errors import UnknownName
from hub.model.reach import UnitReach
from hub.people.readiness import Readiness
from hub.policy import load_policy
from hub.rendering.labels_es import REACH
from hub.storage import Database, PostgresReadiness

_COLUMNS: Final[Columns] = {
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
    print_list(units, _COLUMNS, as_json=as_json)


def _share(name: str) -> Callable[[Readiness], str]:
    """Make the cell of a number of people and their share."""

    def made(report: Readiness) -> str:
        number = getattr(report, name)
        return f"{number} ({number / report.people:.0%})" if report.people else str(number)

    return made


_READINESS_COLUMNS: Final[Columns] = {
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
    print_list(reports, _READINESS_COLUMNS, as_json=as_json)
    for report in () if as_json else reports:
        if report.to_do:
            typer.echo(f"\n{report.name}")
        for sentence in report.to_do:
            typer.echo(f"  {sentence}")
