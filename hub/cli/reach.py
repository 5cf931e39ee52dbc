"""`hub people unreachable`: the units of a copropiedad that no message reaches, and why."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, print_list
from hub.model.reach import UnitReach
from hub.rendering.labels_es import REACH

_COLUMNS: Final[Columns] = {
    "unidad": lambda row: " ".join(filter(None, (row.tower, row.label))),
    "id": "unit_id",
    "por qué": lambda row: REACH[UnitReach(row.reach)],
}


async def unreachable(
    copropiedad: Annotated[str, typer.Option(metavar="ID", help="La copropiedad.")],
    as_json: AsJson = False,
) -> None:
    """
    Muestra las unidades de una copropiedad en las que nadie tiene un contacto verificado, y por qué.

      hub people unreachable --copropiedad ph-altos
    """
    async with open_operator(READ) as by:
        units = list(await by.stores.reach.unreached(copropiedad))
    print_list(units, _COLUMNS, as_json=as_json)
