"""A small building for acceptance tests, published as a publisher does."""

from typing import Any, Final

from tests.acceptance.harness import Publisher

BUILDING = "ph-prueba"
PAYMENT: Final[dict[str, Any]] = {
    "payment_id": "pago-1",
    "unit_id": "u-101",
    "amount_cop": 385_000,
    "method": "pse",
    "paid_at": "2026-03-09T08:05:00-05:00",
    "receipt_no": "RC-88",
    "balance_cop": 0,
}
"""The data of a payment for the building's unit."""
DRILL: Final[dict[str, Any]] = {
    "copropiedad_id": BUILDING,
    "emergency_id": "em-1",
    "kind": "incendio",
    "severity": "alta",
    "instruction": "Evacúe por la escalera norte.",
    "contact": "123",
    "scope": "copropiedad",
    "drill": True,
}
"""The data of an emergency that is an exercise."""


async def publish_all(publisher: Publisher) -> None:
    """Publish the building, one resident owner with a device, and staff of the four levels."""
    await publisher.publish(
        "directory.copropiedad.upserted",
        {"copropiedad_id": BUILDING, "version": 1, "name": "Edificio Prueba"},
    )
    await publisher.publish(
        "directory.unit.upserted",
        {"unit_id": "u-101", "version": 1, "copropiedad_id": BUILDING, "tower": "1", "label": "Apto 101"},
    )
    await _person(
        publisher, "p-ana", "Ana María Peña", email="ana@example.co", phone="3001234567", push="t" * 40
    )
    for role in ("owner", "resident"):
        await _member(publisher, f"m-ana-{role}", "p-ana", "unit:u-101", role)
    for level in (1, 2, 3, 4):
        ref = f"p-nivel-{level}"
        await _person(
            publisher, ref, f"Nivel {level}", email=f"nivel{level}@example.co", phone=f"310000000{level}"
        )
        duty = "service" if level == 1 else "management"
        await _member(publisher, f"m-nivel-{level}", ref, "company", "staff", level=level, duty=duty)


async def resident(publisher: Publisher, ref: str, name: str, **contacts: str) -> None:
    """Publish somebody else who lives in the unit."""
    await _person(publisher, ref, name, **contacts)
    await _member(publisher, f"m-{ref}", ref, "unit:u-101", "resident")


async def _person(publisher: Publisher, ref: str, name: str, **contacts: str) -> None:
    points = [{"id": f"{ref}-{kind}", "kind": kind, "value": value} for kind, value in contacts.items()]
    first, _, last = name.partition(" ")
    await publisher.publish(
        "directory.person.upserted",
        {
            "person_id": ref,
            "version": 1,
            "names": f"{first} {last}".strip(),
            "contact_points": points,
            "locale": "es",
            "digital_access": True,
        },
    )


async def _member(publisher: Publisher, ref: str, person: str, scope: str, role: str, **more: Any) -> None:
    await publisher.publish(
        "directory.membership.upserted",
        {"membership_id": ref, "version": 1, "person_id": person, "scope": scope, "role": role, **more},
    )


def pqrs(number: int, **changes: Any) -> dict[str, Any]:
    """Make the data of a `pqrs.received` of a stranger with an address and a number."""
    return {
        "pqrs_id": f"pqrs-{number}",
        "radicado": f"PQ-2026-{number:06}",
        "kind": "peticion",
        "entry_channel": "web",
        "service_area": "administracion",
        "subject": "Copia del acta",
        "copropiedad_id": BUILDING,
        "petitioner": {"name": "Pedro Gómez", "email": f"pedro{number}@example.co"},
        **changes,
    }
