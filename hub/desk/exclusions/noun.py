"""The register of excluded numbers: its read and its act, as the doors have them."""

from __future__ import annotations

from typing import Final

from hub.desk.exclusions import acts
from hub.desk.exclusions.rows import ExclusionsBody
from hub.doors.act import ADMIN, Act, Noun, Read, Where
from hub.errors import OlderList

_PATH: Final = "/exclusions"

NOUN: Final = Noun(
    name="exclusions",
    one="list",
    audited={
        "exclusions.load": "Cargó la lista de números excluidos",
    },
    reads=(Read(acts.show_exclusions, _PATH, where=Where.COMPANY, command=""),),
    acts=(
        # A person who is left out of the list gets advertising again: no key that only operates may do that.
        Act(
            acts.load_exclusions,
            _PATH,
            needs=ADMIN,
            where=Where.EVERYWHERE,
            refuses=(OlderList,),
            command="",
        ),
    ),
    examples={
        ExclusionsBody: {"list_date": "2026-03-09", "csv": "dato;canal\n3001234567;sms\nmaria@example.com;\n"}
    },
)
