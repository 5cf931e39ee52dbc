"""`hub people`: the people of the directory, and who held which role on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub.app import container as hub_app
from hub.business_time.dates import asked_at
from hub.cli.audience import audience
from hub.cli.audit import note
from hub.cli.common import (
    AsJson,
    Limit,
    Whole,
    cell,
    local_time,
    print_items,
    print_json,
    print_table,
    settings,
    title,
    wait,
)
from hub.cli.import_people import import_people
from hub.cli.readiness import readiness
from hub.errors import UnknownName
from hub.model import Json, Role
from hub.ports import Holders, Page

app = typer.Typer(
    no_args_is_help=True,
    help="People of the directory: their roles now or on a day; import from a spreadsheet.",
)

Ref = Annotated[str, typer.Argument(metavar="PERSON", show_default=False, help="The person_id.")]

_COLUMNS = ("person", "name", "scope", "since", "until", "id")


def _on(text: str) -> datetime:
    try:
        return asked_at(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a date like 2026-03-09 nor an instant") from None


@app.command("who")
def who(
    role: Annotated[Role, typer.Argument(show_default=False, help="The role.")],
    unit: Annotated[str | None, typer.Option(metavar="ID", help="Of this unit.")] = None,
    copropiedad: Annotated[
        str | None, typer.Option(metavar="ID", help="Of this copropiedad and its units.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(parser=_on, metavar="DATE", help="At the end of this day in Colombia; by default now."),
    ] = None,
    after: Annotated[str | None, typer.Option(metavar="NEXT", help="The page after this one.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    List who holds a role, now or on a day. Names are masked.

      hub people who owner --unit altos-t1-101 --on 2026-03-09

      hub people who staff          the staff of the whole company
    """
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


@app.command("show")
def show(ref: Ref, whole: Whole = False, as_json: AsJson = False) -> None:
    """
    Show a person: contact points and memberships, masked. Each look is audited.

      hub people show p-maria-pena
    """
    person = wait(_look(ref, "person.show", whole=whole))
    if as_json:
        print_json({**person, "masked": not whole, "may_unmask": True})
        return
    print_table(("", ""), [(title(name), cell(person, name)) for name in ("id", "name", "locale")])
    for part in ("contact_points", "memberships"):
        columns = _PARTS[part]
        print_table(
            list(map(title, columns)), [[cell(row, name) for name in columns] for row in person[part]]
        )


async def _look(ref: str, action: str, *, whole: bool = False) -> Mapping[str, Json]:
    """Audit the look, then return the person. Raises UnknownName if there is none."""
    person = await _somebody(ref, whole=whole)
    if person is None:
        raise UnknownName(f"the directory has nobody called {ref!r}")
    await note(action, f"person:{ref}", person=ref, whole=whole)
    return person


_PARTS: Final = {
    "contact_points": ("kind", "value", "verified", "id"),
    "memberships": ("scope", "role", "duty", "since", "until", "id"),
}
_CONSENTS: Final = ("purpose", "granted", "at", "channels", "text_version", "method", "evidence_hash")


@app.command("consents")
def consents(ref: Ref, as_json: AsJson = False) -> None:
    """
    Show a person's consents and refusals, and their evidence.

      hub people consents p-maria-pena
    """
    consents_now = wait(_look(ref, "person.consents"))["consents"]
    if as_json:
        print_items(consents_now)
        return
    rows = [{**consent, "channels": ", ".join(consent["channels"]) or "all"} for consent in consents_now]
    print_table(list(map(title, _CONSENTS)), [[cell(row, name) for name in _CONSENTS] for row in rows])


async def _somebody(ref: str, *, whole: bool) -> Mapping[str, Json] | None:
    async with hub_app.open_directory_history(settings()) as store:
        return await store.somebody(ref, whole=whole)


async def _holders(asked: Holders, after: str | None, limit: int) -> Page:
    async with hub_app.open_directory_history(settings()) as store:
        page = await store.holders(asked, after=after, limit=limit)
    # The names are masked and may be many: the audit has the question, not each row.
    on = asked.on.isoformat()
    await note("people.list", asked.scope, role=asked.role, on=on, found=len(page.items))
    return page


app.command("import")(import_people)
app.command("readiness")(readiness)
app.command("audience")(audience)
