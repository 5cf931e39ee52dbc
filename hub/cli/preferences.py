"""`hub people preferences`, `hub people do-not-contact`: a person's own wishes, and the marks of staff."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.desk.preferences import acts
from hub.desk.preferences.rows import MarkBody
from hub.desk.preferences.settings import NAMES, with_setting
from hub.doors.act import OPERATE
from hub.doors.terminal import (
    AsJson,
    Columns,
    fields,
    instant_option,
    print_done,
    print_facts,
    print_json,
    print_list,
)
from hub.model import MarkReason, Preferences
from hub.model.pages import ListQuery
from hub.model.preferences import PreferencesWhole

_MARKS: Final[Columns] = {
    "motivo": "reason",
    "desde": "since",
    "hasta": "until",
    "por": "by",
    "nota": "note",
    "terminó": "ended_at",
    "la terminó": "ended_by",
}
_STOPPED: Final[Columns] = {"sistema": "source", "evento": "event", "eventos": "events", "último": "last_at"}
_CHANGES: Final[Columns] = {"versión": "version", "cuándo": "at", "por": "by", "medio": "way"}

Ref = Annotated[str, typer.Argument(metavar="PERSON", show_default=False, help="Su person_id.")]


async def preferences(
    ref: Ref,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help=f"De {', '.join(NAMES)}; se repite para varias."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Muestra lo que una persona prefiere, o lo cambia a pedido suyo. Cada cambio queda registrado.

      hub people preferences p-maria-pena --set service=whatsapp,email --set quiet=21:00-07:00

      hub people preferences p-maria-pena --set survey=none --set language=en

    Un fin toma canales en el orden que la persona quiere, `none` para ninguno, y nada para lo que hace la
    empresa: `service=`. quiet toma horas o `none`; language, es o en; large-print, yes o no. Las emergencias
    y lo que la ley exige no se apagan.
    """
    async with open_operator(OPERATE) as by:
        if changes:
            shown = await acts.change(by, ref, lambda before: reduce(with_setting, changes, before))
        else:
            shown = await acts.show_preferences(by, ref)
    if as_json:
        print_json(shown)
    else:
        _print(shown)


async def do_not_contact(
    ref: Ref,
    reason: Annotated[MarkReason | None, typer.Option(help="Marca a la persona, por este motivo.")] = None,
    until: Annotated[
        datetime | None, instant_option("Cuándo termina la marca; si no, cuando el equipo la quite.")
    ] = None,
    words: Annotated[str, typer.Option("--note", help="Por qué, para los colegas.")] = "",
    end: Annotated[bool, typer.Option("--end", help="Quita las marcas de la persona.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Muestra las marcas de una persona; la marca para que no se le escriba, o quita la marca.

    Lo que la ley exige y las emergencias salen igual. A quien falleció no le sale nada. Debajo de las marcas
    están los mensajes que pararon, por el sistema que los publica: tiene que saberlo. --end quita todas las
    marcas; quedan registradas.

      hub people do-not-contact p-maria-pena --reason deceased --note "certificado del 3 de marzo"
    """
    if end and reason is not None:
        raise typer.BadParameter("dé --reason o --end")
    async with open_operator(OPERATE) as by:
        if end:
            done = await acts.end_marks(by, ref)
            print_done(done, f"{done.ended} terminadas", as_json=as_json)
            return
        if reason is None:
            marks = await acts.list_marks(by, ref, ListQuery())
        else:
            await acts.mark_person(by, ref, MarkBody(reason=reason, until=until, note=words))
            marks = await acts.marks_of(by, ref, ListQuery())
    if as_json:
        print_json(marks)
        return
    print_list(marks.items, _MARKS, as_json=False)
    if marks.stopped:
        print_list(marks.stopped, _STOPPED, as_json=False)


def _print(shown: PreferencesWhole) -> None:
    chosen = shown.preferences.channels.items()
    facts = {purpose.value: ", ".join(channels) or "ninguno" for purpose, channels in chosen}
    facts |= _others(shown.preferences)
    facts |= shown.always
    print_facts(facts, fields(*facts))
    print_list(shown.history, _CHANGES, as_json=False)


def _others(wishes: Preferences) -> dict[str, str]:
    quiet = wishes.quiet_hours
    named: dict[str, str | None] = {
        "quiet": f"{quiet.since}-{quiet.until}" if quiet else None,
        "language": wishes.language,
        "digest": wishes.digest,
        "large-print": None if wishes.large_print is None else "yes" if wishes.large_print else "no",
    }
    return {name: str(value) for name, value in named.items() if value is not None}
