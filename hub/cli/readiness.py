"""`hub people readiness`: the gaps to close before a copropiedad goes live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import typer

from hub.doors.terminal import AsJson, Columns, print_list, settings
from hub.errors import UnknownName
from hub.people.readiness import Readiness
from hub.policy import load_policy
from hub.storage import Database, PostgresReadiness


def _share(name: str) -> Callable[[Readiness], str]:
    """Make the cell of a number of people and their share."""

    def made(report: Readiness) -> str:
        number = getattr(report, name)
        return f"{number} ({number / report.people:.0%})" if report.people else str(number)

    return made


_COLUMNS: Final[Columns] = {
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
    print_list(reports, _COLUMNS, as_json=as_json)
    for report in () if as_json else reports:
        if report.to_do:
            typer.echo(f"\n{report.name}")
        for sentence in report.to_do:
            typer.echo(f"  {sentence}")
