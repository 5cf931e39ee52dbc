"""`hub people audience`: whom some words mean, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from hub.cli.audit import note
from hub.cli.common import AsJson, Limit, cell, print_json, print_table, settings, wait

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hub.model import Json
    from hub.people.headcount import Headcount
    from hub.ports import HeadcountPage

_COLUMNS: Final = {
    "person": "persona",
    "name": "nombre",
    "units": "unidades",
    "left_out": "por fuera",
}
_COUNTS: Final = {"email": "correo", "mobile": "celular", "push": "push", "letter_only": "solo papel"}

Who = Annotated[
    list[str], typer.Argument(metavar="QUIÉN…", show_default=False, help="A quién; varios se suman.")
]


def audience(
    who: Who,
    after: Annotated[str | None, typer.Option(metavar="NEXT", help="La página después de esta.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    Dice a quién le llegaría: cuántas personas, por dónde, quién queda por fuera. No envía nada.

    QUIÉN es una palabra, un lugar detrás de @ y, si hace falta, un filtro detrás de &. Entre comillas:

      hub people audience residents@unit:altos-t1-101

      hub people audience owners@copropiedad:ph-altos council@copropiedad:ph-altos

      hub people audience residents@tower:ph-altos/1

      hub people audience staff:on_call@copropiedad:ph-altos area:administracion

      hub people audience role:tenant person:p-maria-pena

      hub people audience "owners@copropiedad:ph-altos & opted_in:commercial"

      hub people audience everyone

    Todas las palabras están en docs/audiences.md. Los nombres van ocultos.
    """
    from hub.web.api.audiences import answer_of  # noqa: PLC0415 - `hub --help` must not wait for it

    meant = wait(_meant(who, after, limit))
    if as_json:
        print_json(answer_of(who, meant))
        return
    if meant.headcount is not None:
        typer.echo(_sentence(meant.headcount))
    print_table(list(_COLUMNS.values()), map(_row, meant.page.items))
    if meant.page.next is not None:
        typer.echo(f"There are more: --after {meant.page.next}", err=True)


def _row(row: Mapping[str, Json]) -> list[str]:
    return [cell({**row, "units": ", ".join(row["units"])}, name) for name in _COLUMNS]


def _sentence(count: Headcount) -> str:
    ways = ", ".join(f"{words} {getattr(count, name)}" for name, words in _COUNTS.items())
    reasons = "".join(f"; {reason}: {number}" for reason, number in count.left_out.items())
    outside = f"{count.people - count.told}{reasons}"
    return f"Personas: {count.people}. Se les avisa a {count.told} ({ways}). Por fuera: {outside}."


async def _meant(who: Sequence[str], after: str | None, limit: int) -> HeadcountPage:
    from hub.people.audience import asked  # noqa: PLC0415 - `hub --help` must not wait for it
    from hub.policy import load_policy  # noqa: PLC0415 - the same
    from hub.storage import Database, PostgresHeadcount  # noqa: PLC0415 - the same

    policy = load_policy(settings().policy)
    async with Database(settings().database_url.reveal(), size=1) as database:
        store = PostgresHeadcount(database, policy.suppression_for)
        meant = await store.meant(asked(who), after=after, limit=limit)
    # The names are masked and may be many: the question is noted, not each answer.
    await note("audience.show", "audience", asked=list(who), found=len(meant.page.items))
    return meant
