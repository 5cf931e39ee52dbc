"""`hub genuine`: which message has the code that a person reads to the desk."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.desk.genuine.acts import look_up
from hub.desk.genuine.rows import GenuineRow
from hub.doors.act import READ
from hub.doors.terminal import AsJson, console, local_time, print_json
from hub.errors import NoSecret
from hub.rendering.labels_es import CARRIERS
from hub.rendering.titles_es import EVENTS

_UNKNOWN: Final = (
    "Ese código no es de ningún mensaje nuestro.\n"
    "Pida los diez signos de nuevo. Si están bien, el mensaje es falso: que la persona no pague ni conteste."
)


async def genuine(
    code: Annotated[
        str, typer.Argument(metavar="CODIGO", show_default=False, help="Los diez signos, juntos o separados.")
    ],
    as_json: AsJson = False,
) -> None:
    """
    Dice qué mensaje lleva un código: cuándo salió, por qué medio y de qué edificio.

      hub genuine K7F2M-9QDTX

    Es para la recepción, cuando alguien pregunta si un mensaje es de verdad.
    Da también la orden que muestra qué pasó con ese mensaje. La consulta queda
    en `hub audit`; quien pregunta puede mirar él mismo en la página /v.
    """
    async with open_operator(READ) as by:
        if not by.stores.ring:
            raise NoSecret("Sin HUB_SECRET ningún mensaje lleva código.")
        rows = await look_up(by, code)
    if as_json:
        print_json({"items": rows, "next": None})
    else:
        words = [line for row in rows for line in _lines(row)] or [_UNKNOWN]
        console().print("\n".join(words), markup=False, soft_wrap=True)
    if not rows:
        raise typer.Exit(1)


def _lines(row: GenuineRow) -> list[str]:
    about = EVENTS.get(row.event, row.event)
    where = f", de {row.building}" if row.building else ""
    lines = [
        f"Es nuestro: «{about}», {CARRIERS[row.channel]}{where}. Salió el {local_time(row.sent_at)}.",
        f"Mensaje {row.message_id}. Qué pasó con él: hub explain {row.event_id} {row.person}",
    ]
    if row.recalled_at is not None:
        lines.append(f"Se retiró el {local_time(row.recalled_at)}: ya no vale.")
    if row.reported_at is not None:
        lines.append(f"Alguien dijo el {local_time(row.reported_at)} que no lo reconoce.")
    return lines
