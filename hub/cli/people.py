"""`hub people`: whom the directory knows, and who was what on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hub.cli.common import AsJson, Limit, cell, local_time, print_items, print_table, settings, title, wait
from hub.errors import UnknownName
from hub.model import Json, Role

if TYPE_CHECKING:
    from hub.ports import Holders, Page

app = typer.Typer(
    no_args_is_help=True, help="People of the directory: who is or was what; load them from a spreadsheet."
)

_COLUMNS = ("person", "name", "scope", "since", "until", "id")


def _on(text: str) -> datetime:
    from hub.terms import asked_at  # noqa: PLC0415 - `hub --help` must not wait for it

    try:
        return asked_at(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a date like 2026-03-09 nor an instant") from None


@app.command("who")
def who(
    role: Annotated[Role, typer.Argument(show_default=False, help="As what.")],
    unit: Annotated[str | None, typer.Option(metavar="ID", help="Of this unit.")] = None,
    copropiedad: Annotated[
        str | None, typer.Option(metavar="ID", help="Of this copropiedad and its units.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(parser=_on, metavar="DATE", help="At the end of this day in Colombia; else now."),
    ] = None,
    after: Annotated[str | None, typer.Option(metavar="NEXT", help="The page after this one.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    List who holds a role, now or on a day. Names are masked.

      hub people who owner --unit altos-t1-101 --on 2026-03-09

      hub people who staff          those who work for the whole company
    """
    from hub.ports import Holders  # noqa: PLC0415 - `hub --help` must not wait for it

    if unit is not None and copropiedad is not None:
        raise typer.BadParameter("give --unit or --copropiedad; neither for those of the company")
    asked = Holders(role=role, unit=unit, copropiedad=copropiedad, on=on or datetime.now(UTC))
    page = wait(_holders(asked, after, limit))
    if as_json:
        print_items(page.items, page.next)
        return
    rows = [{**row, "until": local_time(row["until"])} for row in page.items]
    print_table([title(name) for name in _COLUMNS], [[cell(row, name) for name in _COLUMNS] for row in rows])
    if page.next is not None:
        typer.echo(f"There are more: --after {page.next}", err=True)


_CONSENTS: Final = ("purpose", "granted", "at", "channels", "text_version", "method", "evidence_hash")


@app.command("consents")
def consents(
    ref: Annotated[str, typer.Argument(metavar="PERSON", show_default=False, help="The person_id.")],
    as_json: AsJson = False,
) -> None:
    """
    Tell what somebody has said yes and no to, and what proves it.

      hub people consents p-maria-pena
    """
    person = wait(_somebody(ref))
    if person is None:
        raise UnknownName(f"the directory has nobody called {ref!r}")
    stand = person["consents"]
    if as_json:
        print_items(stand)
        return
    rows = [{**one, "channels": ", ".join(one["channels"]) or "all"} for one in stand]
    print_table(list(map(title, _CONSENTS)), [[cell(row, name) for name in _CONSENTS] for row in rows])


async def _somebody(ref: str) -> Mapping[str, Json] | None:
    from hub import app as hub_app  # noqa: PLC0415 - `hub --help` must not wait for it

    async with hub_app.open_roster(settings()) as store:
        return await store.somebody(ref)


async def _holders(asked: Holders, after: str | None, limit: int) -> Page:
    from hub import app as hub_app  # noqa: PLC0415 - `hub --help` must not wait for it

    async with hub_app.open_roster(settings()) as store:
        return await store.holders(asked, after=after, limit=limit)
