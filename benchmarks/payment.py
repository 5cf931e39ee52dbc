"""
The mail of the contest: the receipt of a payment. One event, one person, one mail.

Of what the hub sends it is what comes in thousands within hours: everybody pays in the first days
of the month. Everybody here is invented, and example.com reaches nobody (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Event, Json, Rendered
from hub.parts.company import CompanyRules
from hub.rendering import Context

NAME: Final = "admin.payment.received"
HOMES: Final = 500
"""Units, each with one payer who has only an email address."""

BUILDING: Final = "Conjunto Residencial Altos del Rosal"
_COPROPIEDAD: Final = "ph-banco-de-pruebas"
_SOURCE: Final = "urn:coproservicios:benchmark"
_NAMES: Final = ("María Fernanda Peña", "Jorge Iván Castaño", "Óscar Bedoya", "Lucía Ibáñez", "Álvaro Niño")


@dataclass(frozen=True, slots=True)
class Home:
    number: int

    @property
    def unit_id(self) -> str:
        return f"banco-{self.number}"

    @property
    def label(self) -> str:
        return f"Torre {self.number // 100 + 1}, apto. {self.number % 100 + 101}"

    @property
    def payer(self) -> str:
        return _NAMES[self.number % len(_NAMES)]

    @property
    def email(self) -> str:
        return f"residente{self.number}@example.com"


def home(number: int) -> Home:
    """Answer who gets the mail of this number."""
    return Home(number % HOMES)


def payment(number: int) -> Event:
    """Make a new payment; its key is new each time, the rest follows from the number."""
    data = {
        "payment_id": f"pago-{number}",
        "unit_id": home(number).unit_id,
        "amount_cop": 300_000 + number % 1000 * 100,
        "method": "PSE",
        "paid_at": "2026-11-03T09:12:00-05:00",
        "receipt_no": f"RC-{number:06}",
        "balance_cop": 0,
    }
    return made(NAME, data)


def directory() -> Iterator[Event]:
    """Publish who lives and pays there."""
    place = {"copropiedad_id": _COPROPIEDAD, "version": 1, "name": BUILDING, "address": "Carrera 15 # 100-20"}
    yield made("directory.copropiedad.upserted", {**place, "towers": ["1"], "timezone": "America/Bogota"})
    for number in range(HOMES):
        yield from _household(Home(number))


def _household(home: Home) -> Iterator[Event]:
    unit = {"unit_id": home.unit_id, "version": 1, "copropiedad_id": _COPROPIEDAD, "label": home.label}
    yield made("directory.unit.upserted", unit)
    person = f"p-{home.unit_id}"
    email = {"id": f"{person}-email", "kind": "email", "value": home.email, "verified": True}
    names = {"person_id": person, "version": 1, "names": home.payer, "contact_points": [email]}
    yield made("directory.person.upserted", {**names, "locale": "es", "digital_access": True})
    member = {"membership_id": f"m-{home.unit_id}", "version": 1, "person_id": person, "role": "payer"}
    yield made("directory.membership.upserted", {**member, "scope": f"unit:{home.unit_id}"})


def made(name: str, data: Json) -> Event:
    """Make an event of now; its id is new each time."""
    return Event(
        id=uuid4().hex,
        source=_SOURCE,
        type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}",
        time=datetime.now(UTC),
        data=data,
        datacontenttype="application/json",
    )


def words_of(
    event_id: str, time: datetime, payer: str, unit: str, data: Json, words: CompanyRules
) -> Rendered:
    """Render with the hub's own template, so that every contestant sends the same words."""
    context = Context(
        data=data,
        event_id=event_id,
        event_time=time,
        event_name=NAME,
        person=payer,
        building=BUILDING,
        unit=unit,
    )
    return words.templates.render(NAME, "email", context, variant=None)
