"""The readiness of a copropiedad: its reachable people, and the steps to reach the others. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.contact_rules.consents import DATA_TREATMENT, Yeses
from hub.contact_rules.purposes import REVOCABLE
from hub.model import ContactPoint, Person
from hub.phones import can_text

DUTIES: Final = ("service", "on_call", "ops", "privacy_officer")
LEVELS: Final = (1, 2, 3, 4)
CONSENTS: Final = (DATA_TREATMENT, "commercial", "survey")
"""The purposes whose consents are counted."""

Suppressed = Collection[tuple[str, str]]
"""(address, channel) of suppressed contact points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The directory's data of one copropiedad now."""

    id: str
    name: str
    units: int = 0
    empty_units: int = 0
    people: Sequence[Person] = ()
    unstaffed: Sequence[str] = ()
    """Duties and levels without anybody, here or in the company: `service`, `level 2`."""
    consents: Yeses = field(default_factory=dict)
    """These people's consents in the ledger, for the purposes in `CONSENTS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """
    Counts of people and units of one copropiedad. A person may count in `email`, `mobile` and `push`.

    `authorised` have consented to the treatment of their data, `refused` have refused or revoked it,
    `missing_consent` have stated nothing that can be proved. `commercial` and `survey` have consented to
    those messages.
    """

    copropiedad_id: str
    name: str
    units: int
    empty_units: int
    people: int
    email: int
    mobile: int
    push: int
    letter_only: int
    unverified: int
    suppressed: int
    opted_out: int
    authorised: int
    commercial: int
    survey: int
    refused: int
    missing_consent: int
    unstaffed: Sequence[str]
    to_do: Sequence[str]


def readiness(place: Place, suppressed: Suppressed, opted_out: Collection[str]) -> Readiness:
    """Count; `opted_out` are people and addresses that want no commercial messages or surveys."""
    ways = [ways_to(person, suppressed) for person in place.people]
    counts = {
        "units": place.units,
        "empty_units": place.empty_units,
        "people": len(place.people),
        "email": sum("email" in way for way in ways),
        "mobile": sum("sms" in way for way in ways),
        "push": sum("push" in way for way in ways),
        "letter_only": sum(not way for way in ways),
        "unverified": _with_point(place, lambda point: point.kind != "push" and not point.verified),
        "suppressed": _with_point(place, lambda point: (point.value, _CHANNELS[point.kind]) in suppressed),
        "opted_out": sum(_has_opted_out(person, opted_out) for person in place.people),
        **_consents(place, opted_out),
    }
    to_do = [template.format(counts[name]) for name, template in _TO_DO.items() if counts[name]]
    if not place.people:
        to_do.append("No hay personas. Qué hacer: cárguelas con «hub people import».")
    if place.unstaffed:
        to_do.append(f"Nadie responde por: {', '.join(place.unstaffed)}. Qué hacer: {_STAFF}")
    return Readiness(
        copropiedad_id=place.id, name=place.name, **counts, unstaffed=place.unstaffed, to_do=to_do
    )


_STAFF: Final = (
    "agréguelos a la hoja del personal, con ese cargo o nivel, y cárguela con «hub people import»."
)
_TO_DO: Final[Mapping[str, str]] = {
    "empty_units": "Unidades sin nadie: {}. Qué hacer: agregue en el archivo a quién pertenecen.",
    "letter_only": (
        "Personas solo en papel: {}. Qué hacer: pida un correo o un celular; a quien no tenga, una carta."
    ),
    "unverified": (
        "Personas con contactos sin verificar: {}. Qué hacer: confírmelos con ellas antes de empezar."
    ),
    "suppressed": (
        "Personas con direcciones suspendidas: {}. Qué hacer: corríjalas; la lista: hub suppressions list."
    ),
    "missing_consent": (
        "Personas sin autorización de tratamiento de datos: {}. Qué hacer: pídala con "
        "privacy.consent.requested y registre la respuesta con privacy.consent.granted."
    ),
    "refused": (
        "Personas que negaron o retiraron la autorización: {}. Qué hacer: escríbales solo lo que exigen "
        "la ley o el contrato, y decida qué datos hay que suprimir."
    ),
    "opted_out": (
        "Personas que no quieren mensajes comerciales ni encuestas: {}. Qué hacer: nada; el hub lo respeta."
    ),
}


def _consents(place: Place, opted_out: Collection[str]) -> dict[str, int]:
    treatment = [place.consents.get((person.ref, DATA_TREATMENT)) for person in place.people]
    contactable = [person.ref for person in place.people if not _has_opted_out(person, opted_out)]
    return {
        "authorised": treatment.count(True),
        "refused": treatment.count(False),
        "missing_consent": treatment.count(None),
        **{name: sum(place.consents.get((ref, name), False) for ref in contactable) for name in REVOCABLE},
    }


def ways_to(person: Person, suppressed: Suppressed) -> set[str]:
    """Return the channels that can reach a person; none means only by letter."""
    if not person.digital_access:
        return set()
    return {
        channel
        for point in person.contact_points
        if (channel := _CHANNELS[point.kind]) and _usable(point, channel, suppressed)
    }


_CHANNELS: Final = {"email": "email", "phone": "sms", "push": "push"}


def _usable(point: ContactPoint, channel: str, suppressed: Suppressed) -> bool:
    # A landline is a contact point, but receives no SMS.
    return (point.value, channel) not in suppressed and (channel != "sms" or can_text(point.value))


def _with_point(place: Place, like: Callable[[ContactPoint], bool]) -> int:
    """Count the people with such a contact point."""
    return sum(any(map(like, person.contact_points)) for person in place.people)


def _has_opted_out(person: Person, opted_out: Collection[str]) -> bool:
    return person.ref in opted_out or any(point.value in opted_out for point in person.contact_points)
