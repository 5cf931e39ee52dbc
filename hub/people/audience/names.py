"""
The words of the audience language, with examples, for the parser and the documentation.

Pure tables; a test compares `docs/audiences.md` with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.contact_rules.consents import PURPOSES
from hub.people.audience.groups import ABSENTEES, EVERY_ROLE, RESIDENTS
from hub.people.rota import DIRECTION

UNIT: Final = "unit"
COPROPIEDAD: Final = "copropiedad"
TOWER: Final = "tower"
ZONE: Final = "zone"

PLACES: Final[Mapping[str, str]] = {
    UNIT: "residents@unit:altos-t1-101",
    COPROPIEDAD: "residents@copropiedad:ph-altos-del-rosal",
    TOWER: "residents@tower:ph-altos-del-rosal/1",
    ZONE: "residents@zone",
}
"""The kinds of places, each with an example."""

PERSON: Final = "person"
STAFF_WORD: Final = "staff"
LEVEL: Final = "level"
ADDRESS: Final = "address"
ROLE: Final = "role"
EVERYONE: Final = "everyone"
PARTY: Final = "party"
"""Not a written word: the kind of any word that names a party of the case (`petitioner`)."""

ALL: Final = "all"
DUTIES: Final = (
    "service",
    "coordinator",
    "operations",
    "management",
    "maintenance",
    "front_desk",
    "on_call",
    "privacy_officer",
    "account_manager",
    "ops",
    DIRECTION,
)
"""Duties of staff: those of memberships, and the direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """
    A word of the language, alone or with a value after a colon.

    `takes` names the value; `values`, if any, are the only valid ones. `roles` are the membership roles that
    the word means by itself, of people who have none of the roles `unless`, for which it needs a place.
    `places` are the kinds that may follow the @. A filter after ` & ` that stands
    alone filters `of`.
    """

    example: str
    takes: str = ""
    values: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    of: str = ""


_ANY: Final = tuple(PLACES)
_WHOLE: Final = (COPROPIEDAD,)
"""Staff works for a copropiedad or for the company, never for a unit."""

WORDS: Final[Mapping[str, Word]] = {
    "residents": Word(example=PLACES[UNIT], roles=RESIDENTS, places=_ANY),
    "owners": Word(example="owners@copropiedad:ph-altos-del-rosal", roles=("owner",), places=_ANY),
    "proxies": Word(example="proxies@tower:ph-altos-del-rosal/1", roles=("proxy",), places=_ANY),
    "absentees": Word(
        example="absentees@copropiedad:ph-altos-del-rosal", roles=ABSENTEES, unless=RESIDENTS, places=_WHOLE
    ),
    "council": Word(example="council@copropiedad:ph-altos-del-rosal", roles=("council",), places=_ANY),
    "auditors": Word(example="auditors@copropiedad:ph-altos-del-rosal", roles=("auditor",), places=_ANY),
    EVERYONE: Word(example=EVERYONE, roles=EVERY_ROLE, places=_ANY),
    ROLE: Word(example="role:tenant@unit:altos-t1-101", takes="ROLE", values=EVERY_ROLE, places=_ANY),
    PERSON: Word(example="person:p-maria-pena", takes="ID"),
    STAFF_WORD: Word(
        example="staff:on_call@copropiedad:ph-altos-del-rosal",
        takes="DUTY",
        values=(*DUTIES, ALL),
        places=_WHOLE,
    ),
    LEVEL: Word(example="level:2@copropiedad:ph-altos-del-rosal", takes="LEVEL", places=_WHOLE),
    ADDRESS: Word(example="address:monitor", takes="TABLE", values=("monitor", "evidence")),
}

OPTED_IN: Final = "opted_in"
AREA: Final = "area"


FILTERS: Final[Mapping[str, Word]] = {
    OPTED_IN: Word(
        example="owners@copropiedad:ph-altos-del-rosal & opted_in:commercial",
        of=EVERYONE,
        takes="PURPOSE",
        values=PURPOSES,
    ),
    AREA: Word(example="area:administracion", of=f"{STAFF_WORD}:{ALL}", takes="AREA"),
}

SHORT: Final[Mapping[str, str]] = {
    "owner": "role:owner@unit",
    "payer": "role:payer@unit",
    "clock_holder": "level:level",
    "copropiedad:auditor": "auditors@copropiedad",
}
"""Words of the company's table of events → the full form."""
