"""Groups: people of the directory, described so that a store can look them up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub.model import Person, Role

RESIDENTS: Final = ("resident", "tenant")
STAFF: Final = (Role.STAFF.value,)
EVERY_ROLE: Final = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """
    People of the directory, described. Exactly one of these shapes:

    `person`; `unit_id` + `roles`; `copropiedad_id` + `roles` (+ `towers`, empty = all);
    `everywhere` + `roles`, of the whole directory; `duty` or `level`, for staff of the copropiedad
    and service area, else of the company.

    With `roles`, `service_area` leaves only its staff. `opted_in` is a purpose: whoever has not
    consented to it is left out.
    """

    person: str | None = None
    roles: tuple[str, ...] = ()
    unit_id: str | None = None
    copropiedad_id: str | None = None
    towers: tuple[str, ...] = ()
    duty: str | None = None
    level: int | None = None
    service_area: str | None = None
    opted_in: str | None = None
    everywhere: bool = False

    @property
    def paged(self) -> bool:
        """True for a group that can be read page by page, by ref."""
        return bool(self.roles) and self.unit_id is None

    @property
    def nearest(self) -> bool:
        """True for whoever answers for a place: its own staff, else the company's."""
        return self.duty is not None or self.level is not None

    @property
    def broad(self) -> bool:
        """
        True for a group that may hold thousands and is expanded page by page, after the others.

        Staff is some hundreds, and comes first: who works here and owns a unit reads what staff reads.
        """
        return self.paged and self.roles != STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A party of the case (the petitioner …) whom no event has named yet."""

    who: str


Addressee = Group | Person | Unknown
