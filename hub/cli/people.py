"""`hub people`: the people of the directory, and the holders of a role on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.business_time.dates import query_instant
from hub.cli.audience import audience
from hub.cli.import_people import import_people
from hub.cli.preferences import do_not_contact, preferences
from hub.cli.reach import unreachable
from hub.cli.readiness import readiness
from hub.desk.people import acts
from hub.desk.people.rows import Consented, PersonWhole
from hub.doors.act import READ
from hub.doors.terminal import (
    AsJson,
    Columns,
    Limit,
    Whole,
    fields,
    local_time,
    print_facts,
    print_json,
    print_list,
)
from hub.model import Role
from hub.model.looks import WholeQuery
from hub.ports import Holders

app = typer.Typer(no_args_is_help=True)

Ref = Annotated[str, typer.Argument(metavar="PERSON", show_default=False, help="The person_id.")]

_HOLDERS: Final[Columns] = {
    **fields("person", "name", "scope", "since"),
    "until": lambda row: local_time(row.until),
    "id": "id",
}
_PARTS: Final[Mapping[str, Columns]] = {
    "contact_points": fields("kind", "value", "verified", "id"),
    "memberships": fields("scope", "role", "duty", "since", "until", "id"),
}


def _granted(consent: Consented) -> str:
    if not consent.granted:
        return "no"
    return "yes" if consent.authorises else "not proven: authorises nothing"


_CONSENTS: Final[Columns] = {
    "purpose": "purpose",
    "granted": _granted,
    "at": "at",
    "channels": lambda consent: ", ".join(consent.channels) or "all",
    **fields("text_version", "method", "evidence_hash"),
}


def _on(text: str) -> datetime:
    try:
        return query_instant(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a date like 2026-03-09 nor an instant") from None


@app.command("who")
async def who(
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
    async with open_operator(READ) as by:
        page = await acts.holders(by, asked, after=after, limit=limit, on=asked.on.isoformat())
    print_list(page.items, _HOLDERS, page.next, as_json=as_json)
    if page.next is not None and not as_json:
        typer.echo(f"There are more: --after {page.next}", err=True)


@app.command("show")
async def show(ref: Ref, whole: Whole = False, as_json: AsJson = False) -> None:
    """
    Show a person: contact points and memberships, masked. Each look is audited.

      hub people show p-maria-pena
    """
    async with open_operator(READ) as by:
        person = await acts.show_person(by, ref, WholeQuery(whole=whole))
    if as_json:
        print_json(person)
        return
    print_facts(person, {**fields("id", "name", "locale"), "do not contact": _mark})
    for part, columns in _PARTS.items():
        print_list(getattr(person, part), columns, as_json=False)


@app.command("consents")
async def consents(ref: Ref, as_json: AsJson = False) -> None:
    """
    Show a person's consents and refusals, and their evidence.

    A yes counts only with its evidence: how it was given, and to which text or with which recording. Without
    that it authorises nothing; ask the person again, and register the answer.

      hub people consents p-maria-pena
    """
    async with open_operator(READ) as by:
        person = await acts.consents(by, ref)
    print_list(person.consents, _CONSENTS, as_json=as_json)


def _mark(person: PersonWhole) -> str:
    mark = person.do_not_contact
    return "" if mark is None else f"{mark.reason} since {local_time(mark.since)}"


app.command("import")(import_people)
app.command("readiness")(readiness)
app.command("unreachable")(unreachable)
app.command("audience")(audience)
app.command("preferences")(preferences)
app.command("do-not-contact")(do_not_contact)
