"""Imports: their acts, as the doors have them. Their pages are handlers of their own."""

from __future__ import annotations

from functools import partial
from typing import Final

from hub.desk.imports import acts
from hub.doors.act import OPERATE, Act, List, Noun, Read, Where
from hub.errors import InvalidSheet, TooLate
from hub.model.sheet_imports import SheetImport

PATH: Final = "/imports"
ONE: Final = f"{PATH}/{{id}}"
_act: Final = partial(Act, where=Where.EVERYWHERE, command="")

NOUN: Final = Noun(
    name="imports",
    one=acts.IMPORT,
    audited={
        "people.import.look": "Miró qué cambiaría una hoja de personas",
        "people.import.undo": "Deshizo una carga de personas",
    },
    lists=(
        List(
            acts.list_imports,
            PATH,
            needs=OPERATE,
            where=Where.EVERYWHERE,
            row=SheetImport,
            command="",
            live="imports",
        ),
    ),
    reads=(Read(acts.show_import, ONE, needs=OPERATE, where=Where.EVERYWHERE, command=""),),
    acts=(
        _act(acts.look_at_sheet, PATH, status=201, refuses=(InvalidSheet,)),
        _act(acts.apply_import, f"{ONE}/apply", refuses=(TooLate,)),
        _act(acts.undo_import, f"{ONE}/undo"),
    ),
)
