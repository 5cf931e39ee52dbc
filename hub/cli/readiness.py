"""`hub people readiness`: what to do before a copropiedad goes live."""

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
    copropiedad: Annotated[str | None, typer.Option(metavar="ID", help="Only this one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell who could be reached, per copropiedad and channel, and what to do before going live."""
    found = wait(_read(copropiedad))
    if copropiedad is not None and not found:
        raise UnknownName(f"there is no copropiedad {copropiedad!r}")
    if as_json:
        print_items(found)
        return
    print_table(_COLUMNS, [_row(one) for one in found])
    for one in found:
        if one.to_do:
            typer.echo(f"\n{one.name}")
        for sentence in one.to_do:
            typer.echo(f"  {sentence}")


async def _read(copropiedad: str | None) -> list[Readiness]:
    policy = load_policy(settings().policy)
    async with Database(settings().database_url.reveal(), size=1) as database:
        return await PostgresReadiness(database, policy.suppression_for).of(copropiedad)


def _row(one: Readiness) -> tuple[str, ...]:
    shares = (
        *(one.email, one.mobile, one.push, one.letter_only, one.unverified),
        *(one.authorised, one.commercial, one.survey),
    )
    return (
        one.copropiedad_id,
        str(one.units),
        str(one.empty_units),
        str(one.people),
        *(_share(number, one.people) for number in shares),
    )


def _share(number: int, people: int) -> str:
    return f"{number} ({number / people:.0%})" if people else str(number)
