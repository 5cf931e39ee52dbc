"""`hub people readiness`: what is missing before a copropiedad goes live."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.common import AsJson, print_items, print_table, settings, wait
from hub.errors import UnknownName
from hub.people.readiness import Readiness
from hub.policy import load_policy
from hub.storage import Database, PostgresReadiness

_COLUMNS = (
    "copropiedad",
    "unidades",
    "sin nadie",
    "personas",
    "correo",
    "celular",
    "push",
    "solo papel",
    "sin verificar",
    "autorizan",
    "publicidad",
    "encuestas",
)


def readiness(
    copropiedad: Annotated[str | None, typer.Option(metavar="ID", help="Only this report.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who can be reached, per copropiedad and channel, and what to do before going live."""
    reports = wait(_read(copropiedad))
    if copropiedad is not None and not reports:
        raise UnknownName(f"there is no copropiedad {copropiedad!r}")
    if as_json:
        print_items(reports)
        return
    print_table(_COLUMNS, [_row(report) for report in reports])
    for report in reports:
        if report.to_do:
            typer.echo(f"\n{report.name}")
        for sentence in report.to_do:
            typer.echo(f"  {sentence}")


async def _read(copropiedad: str | None) -> list[Readiness]:
    policy = load_policy(settings().policy)
    async with Database(settings().database_url.reveal(), size=1) as database:
        return await PostgresReadiness(database, policy.suppression_for).of(copropiedad)


def _row(report: Readiness) -> tuple[str, ...]:
    shares = (
        *(report.email, report.mobile, report.push, report.letter_only, report.unverified),
        *(report.authorised, report.commercial, report.survey),
    )
    return (
        report.copropiedad_id,
        str(report.units),
        str(report.empty_units),
        str(report.people),
        *(_share(number, report.people) for number in shares),
    )


def _share(number: int, people: int) -> str:
    return f"{number} ({number / people:.0%})" if people else str(number)
