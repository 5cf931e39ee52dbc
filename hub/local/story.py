"""
A short day in the demonstration copropiedad: a payment, petitions, a repair, works, a drill.

`ago` is minutes before now. All events are within the last hour, so that none is too old to notify; only
one petition is a week old and unanswered, so that its clock shows escalations.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from hub.local.altos import COPROPIEDAD, person_id, unit_id
from hub.model import Json

BOGOTA: Final = ZoneInfo("America/Bogota")
PLACE: Final[str] = COPROPIEDAD["copropiedad_id"]
_WEEK: Final = 7 * 24 * 60


class Happening(NamedTuple):
    ago: int
    name: str
    key: str
    data: dict[str, Json]


def story(now: datetime) -> list[Happening]:
    """Return the day's events in order."""
    happenings = [*_payment(now), *_petitions(now), *_repair(now), *_works(now), *_drill(now)]
    return sorted(happenings, key=lambda happening: -happening.ago)


def _at(now: datetime, ago: int) -> str:
    return (now - timedelta(minutes=ago)).astimezone(BOGOTA).isoformat(timespec="seconds")


def _day(now: datetime) -> str:
    return f"{now.astimezone(BOGOTA):%Y%m%d}"


def _payment(now: datetime) -> Iterator[Happening]:
    data = {
        "payment_id": f"pago-{_day(now)}-1",
        "unit_id": unit_id("2-201"),
        "amount_cop": 385_000,
        "method": "PSE",
        "paid_at": _at(now, 55),
        "receipt_no": f"RC-{_day(now)}-1",
        "balance_cop": 120_000,
    }
    yield Happening(55, "admin.payment.received", "1", data)


def _petitions(now: datetime) -> Iterator[Happening]:
    """Four petitions: unanswered for a week, answered, replied to, and from a stranger."""
    beatriz = {"ref": person_id("beatriz-lleras")}
    maria = {"ref": person_id("maria-pena")}
    jorge = {"ref": person_id("jorge-castano")}
    stranger = {"name": "Andrés Muñoz", "email": "andres.munoz@example.com", "phone": "300 000 0191"}
    last_week = now - timedelta(minutes=_WEEK)
    old = _received(last_week, 0, 1, "queja", "Humedad en el sótano de la torre 2", beatriz, "2-201")
    yield old._replace(ago=_WEEK)
    yield _received(now, 50, 2, "peticion", "Copia del acta de la asamblea", maria, "1-101")
    yield _received(now, 45, 3, "reclamo", "Cobro doble de la cuota de administración", jorge, "1-102")
    yield _received(now, 40, 4, "informacion", "Requisitos para arrendar el salón comunal", stranger)
    yield _replied(now, 35, 2, "Estamos buscando el acta en el archivo. Se la enviaremos hoy mismo.")
    yield _replied(now, 20, 3, "Recibimos su reclamo y lo estamos revisando con contabilidad.")
    answer = {
        **_petition(now, 2),
        "responded_at": _at(now, 10),
        "document_ref": "https://portal.example.com/pqrs/respuesta.pdf",
    }
    yield Happening(10, "pqrs.responded", "2", answer)


def _petition(now: datetime, number: int) -> dict[str, Json]:
    return {"pqrs_id": f"pqrs-{_day(now)}-{number}", "radicado": f"PQ-{_day(now)}-{number:03}"}


def _received(
    now: datetime, ago: int, number: int, kind: str, subject: str, petitioner: Json, home: str | None = None
) -> Happening:
    data = {
        **_petition(now, number),
        "kind": kind,
        "entry_channel": "web",
        "received_at": _at(now, ago),
        "service_area": "administracion",
        "subject": subject,
        "petitioner": petitioner,
        "copropiedad_id": PLACE,
        "unit_id": home and unit_id(home),
    }
    return Happening(ago, "pqrs.received", str(number), data)


def _replied(now: datetime, ago: int, number: int, summary: str) -> Happening:
    data = {**_petition(now, number), "summary": summary, "agent_id": person_id("laura-quintero")}
    return Happening(ago, "pqrs.replied", str(number), data)


def _repair(now: datetime) -> Iterator[Happening]:
    case = {"request_id": f"sol-{_day(now)}-1"}
    received = {
        **case,
        "unit_id": unit_id("2-301"),
        "category": "plomería",
        "priority": "alta",
        "received_at": _at(now, 48),
        "requester": {"ref": person_id("camilo-nunez")},
        "description": "Gotera en el techo del baño principal.",
        "copropiedad_id": PLACE,
        "service_area": "mantenimiento",
    }
    yield Happening(48, "maintenance.request.received", "1", received)
    assigned = {**case, "technician": {"ref": person_id("jairo-cano")}, "eta": _at(now, 15)}
    yield Happening(30, "maintenance.request.assigned", "1", assigned)
    completed = {
        **case,
        "completed_at": _at(now, 5),
        "result": "Se cambió el sello de la tubería y se resanó el techo.",
        "photos_ref": "https://portal.example.com/solicitudes/fotos",
    }
    yield Happening(5, "maintenance.request.completed", "1", completed)


def _works(now: datetime) -> Iterator[Happening]:
    """Announce works four days ahead: earlier than the promised 72 hours, with both reminders to come."""
    morning = datetime.combine(now.astimezone(BOGOTA).date() + timedelta(days=4), time(8), BOGOTA)
    data = {
        "copropiedad_id": PLACE,
        "work_id": f"obra-{_day(now)}-1",
        "starts_at": morning.isoformat(),
        "ends_at": (morning + timedelta(hours=5)).isoformat(),
        "affected_services": ["agua"],
        "contact": "Portería, 601 555 0100",
        "zones": ["tower:1"],
        "description": "Lavado de los tanques de agua de la torre 1.",
    }
    yield Happening(25, "maintenance.scheduled.announced", "1", data)


def _drill(now: datetime) -> Iterator[Happening]:
    case = {"copropiedad_id": PLACE, "emergency_id": f"eme-{_day(now)}-1"}
    declared = {
        **case,
        "kind": "sismo",
        "severity": "media",
        "instruction": "Salga con calma por las escaleras y vaya al punto de encuentro.",
        "contact": "Portería, 601 555 0100",
        "scope": "Toda la copropiedad",
        "drill": True,
    }
    yield Happening(3, "emergency.declared", "1", declared)
    acknowledged = {**case, "by": person_id("nelson-rios"), "at": _at(now, 1)}
    yield Happening(1, "emergency.acknowledged", "1", acknowledged)
