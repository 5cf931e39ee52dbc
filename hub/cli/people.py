"""`hub people`: the people of the directory, and the holders of a role on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.business_time.dates import query_instant
from hub.cli.import_people import import_people
from hub.cli.preferences import do_not_contact, preferences
from hub.cli.reach import audience, readiness, unreachable
from hub.desk.people import acts
from hub.desk.people.contact import ContactBody, ContactKind, show_contact
from hub.desk.people.rows import Consented, HoldersQuery, PersonWhole
from hub.doors.act import OPERATE, PRIVACY, READ
from hub.doors.terminal import (
    AsJson,
    Columns,
    Limit,
    Whole,
    local_time,
    print_facts,
    print_json,
    print_list,
)
from hub.model import Role
from hub.model.looks import WholeQuery

app = typer.Typer(no_args_is_help=True)

Ref = Annotated[str, typer.Argument(metavar="PERSON", show_default=False, help="Su person_id.")]


_HOLDERS: Final[Columns] = {
    "persona": "person",
    "nombre": "name",
    "dónde": "scope",
    "desde": "since",
    "hasta": lambda row: local_time(row.until),
    "id": "id",
}
_PARTS: Final[Mapping[str, Columns]] = {
    "contact_points": {
        "clase": "kind",
        "valor": "value",
        "verificado": lambda point: "sí" if point.verified else "no",
        "id": "id",
    },
    "memberships": {
        "dónde": "scope",
        "rol": "role",
        "función": "duty",
        "desde": "since",
        "hasta": "until",
        "id": "id",
    },
}


def _granted(consent: Consented) -> str:
    if not consent.granted:
        return "no"
    return "sí" if consent.authorises else "sin prueba: no autoriza nada"


_CONSENTS: Final[Columns] = {
    "fin": "purpose",
    "autoriza": _granted,
    "cuándo": lambda consent: local_time(consent.at),
    "canales": lambda consent: ", ".join(consent.channels) or "todos",
    "texto": "text_version",
    "medio": "method",
    "huella": "evidence_hash",
}


def _on(text: str) -> datetime:
    try:
        return query_instant(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} no es una fecha como 2026-03-09 ni un instante") from None


@app.command("who")
async def who(
    role: Annotated[Role, typer.Argument(show_default=False, help="El rol.")],
    unit: Annotated[str | None, typer.Option(metavar="ID", help="De esta unidad.")] = None,
    copropiedad: Annotated[
        str | None, typer.Option(metavar="ID", help="De esta copropiedad y sus unidades.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(parser=_on, metavar="DATE", help="Al final de este día en Colombia; si no, ahora."),
    ] = None,
    after: Annotated[str | None, typer.Option(metavar="NEXT", help="La página que sigue a esta.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    Muestra quién tiene un rol, ahora o un día.

      hub people who owner --unit altos-t1-101 --on 2026-03-09

      hub people who staff          el personal de toda la empresa
    """
    if unit is not None and copropiedad is not None:
        raise typer.BadParameter("dé --unit o --copropiedad; ninguna para los de la empresa")
    when = (on or datetime.now(UTC)).isoformat()
    asked = HoldersQuery(role=role, unit=unit, copropiedad=copropiedad, on=when, after=after, limit=limit)
    async with open_operator(READ) as by:
        page = await acts.holders(by, asked)
    print_list(page.items, _HOLDERS, page.next, as_json=as_json)
    if page.next is not None and not as_json:
        typer.echo(f"Hay más: --after {page.next}", err=True)


@app.command("show")
async def show(ref: Ref, whole: Whole = False, as_json: AsJson = False) -> None:
    """
    Muestra una persona: sus roles y sus contactos, estos ocultos. Cada consulta queda en la auditoría.

      hub people show p-maria-pena
    """
    async with open_operator(READ) as by:
        person = await acts.show_person(by, ref, WholeQuery(whole=whole))
    if as_json:
        print_json(person)
        return
    print_facts(person, {"id": "id", "nombre": "name", "idioma": "locale", "no contactar": _mark})
    for part, columns in _PARTS.items():
        print_list(getattr(person, part), columns, as_json=False)


@app.command("contact")
async def contact(
    ref: Ref,
    kind: Annotated[ContactKind, typer.Option(help="Qué se necesita: phone, el teléfono; email, el correo.")],
    as_json: AsJson = False,
) -> None:
    """
    Muestra completo el teléfono o el correo de una persona, para llamarla o escribirle. Se audita.

      hub people contact p-maria-pena --kind phone
    """
    async with open_operator(OPERATE | PRIVACY) as by:
        shown = await show_contact(by, ref, ContactBody(kind=kind))
    print_list(shown.contacts, _PARTS["contact_points"], as_json=as_json)


@app.command("consents")
async def consents(ref: Ref, as_json: AsJson = False) -> None:
    """
    Muestra qué autorizó una persona y qué no, y su prueba.

    Un sí vale solo con su prueba: cómo se dio, y de qué texto o con qué grabación. Sin ella no autoriza nada;
    pregúntele otra vez a la persona y registre la respuesta.

      hub people consents p-maria-pena
    """
    async with open_operator(READ) as by:
        person = await acts.consents(by, ref)
    print_list(person.consents, _CONSENTS, as_json=as_json)


def _mark(person: PersonWhole) -> str:
    mark = person.do_not_contact
    return "" if mark is None else f"{mark.reason} desde {local_time(mark.since)}"


app.command("import")(import_people)
app.command("readiness")(readiness)
app.command("unreachable")(unreachable)
app.command("audience")(audience)
app.command("preferences")(preferences)
app.command("do-not-contact")(do_not_contact)
