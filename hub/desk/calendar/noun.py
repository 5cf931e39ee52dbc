"""The calendar: its list and its link; `web/console/calendar_page.py` has its page."""

from __future__ import annotations

from typing import Final

from hub.desk.calendar import acts
from hub.doors.act import READ, Act, List, Noun, Once, Where
from hub.errors import NotOffered

PATH: Final = "/calendar"


def _once(made: acts.CalendarLink) -> Once:
    return Once(
        title="El enlace de su calendario",
        what="Con él su programa de calendario lee lo programado y lo que vence, sin nombres de residentes.",
        secret=made.url,
        to_do="En su programa: «Agregar calendario por URL». Quien tenga el enlace ve lo mismo que usted.",
        back=PATH,
        back_label="Volver al calendario",
    )


NOUN: Final = Noun(
    name="calendar",
    one="entry",
    audited={
        "calendar.link": "Hizo el enlace de su calendario",
        "calendar.unlink": "Terminó el enlace de su calendario",
    },
    lists=(
        List(
            acts.list_calendar,
            PATH,
            row=acts.CalendarEntry,
            lines=("at", "kind", "building", "title", "path"),
        ),
    ),
    acts=(
        Act(
            acts.make_calendar_link,
            f"{PATH}/link",
            needs=READ,
            where=Where.COMPANY,
            command="",
            label="Hacer un enlace",
            leads_to=PATH,
            refuses=(NotOffered,),
            once=_once,
        ),
        Act(
            acts.end_calendar_link,
            f"{PATH}/unlink",
            needs=READ,
            where=Where.COMPANY,
            command="",
            label="Terminar el enlace",
            done="El enlace ya no muestra nada.",
            leads_to=PATH,
            refuses=(NotOffered,),
        ),
    ),
)
