"""A PQRS is received: two clocks start, the petitioner gets a mail, the desk an entry in its inbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

import asyncpg

from benchmarks.payment import home, made
from hub.model import Event

DESK: Final = "p-servicio"


def petition(number: int) -> Event:
    """Make a new petition of a home; each is a case of its own."""
    asked = uuid4().hex
    data = {
        "pqrs_id": f"pqrs-{asked}",
        "radicado": f"PQ-{asked[:8]}",
        "kind": "peticion",
        "entry_channel": "web",
        "received_at": datetime.now(UTC).isoformat(),
        "service_area": "administracion",
        "subject": "Copia del acta de la última asamblea",
        "petitioner": {"ref": f"p-{home(number).unit_id}"},
        "unit_id": home(number).unit_id,
    }
    return made("pqrs.received", data)


def service_desk() -> Iterator[Event]:
    """Publish who works at the service desk."""
    yield made(
        "directory.person.upserted", {"person_id": DESK, "version": 1, "names": "Laura", "contact_points": []}
    )
    # On call: other staff is notified in working hours only, and the benchmark runs at any hour.
    duty = {"role": "staff", "duty": "service", "on_call": True, "scope": "company"}
    yield made(
        "directory.membership.upserted",
        {"membership_id": f"m-{DESK}", "version": 1, "person_id": DESK, **duty},
    )


async def entries(database: str) -> int:
    """Count the entries of inboxes."""
    connection = await asyncpg.connect(database)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM inbox_item"))
    finally:
        await connection.close()
