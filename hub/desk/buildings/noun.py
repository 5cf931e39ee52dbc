"""Buildings: their list and their map, as the doors have them. Their pages are handlers of their own."""

from __future__ import annotations

from typing import Final

from hub.desk.buildings import acts
from hub.desk.buildings.rows import BuildingRow
from hub.doors.act import List, Noun, Read

PATH: Final = "/buildings"

NOUN: Final = Noun(
    name="buildings",
    one=acts.BUILDING,
    audited={"building.show": "Vio las puertas de una copropiedad"},
    lists=(List(acts.find_buildings, PATH, row=BuildingRow, command=""),),
    reads=(Read(acts.show_building, f"{PATH}/{{ref}}", command=""),),
)
