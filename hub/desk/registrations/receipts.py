"""The receipt of a registration: a PDF to hand over, with its number, when and where."""

from __future__ import annotations

from hub.desk.registrations.rows import KINDS_ES, RegistrationRow
from hub.people.units import own_name
from hub.policy import Policy
from hub.rendering import filters
from hub.rendering.actors_es import who_es
from hub.rendering.paper import make_pdf

_TEMPLATE = "registration.typ"


async def pdf(policy: Policy, row: RegistrationRow) -> bytes:
    """Set the receipt: no words of anybody, so that whoever has a number may hold it. Raises PaperFailure."""
    place = own_name(row.copropiedad or row.copropiedad_id)
    rows = [
        ("Qué es", KINDS_ES[row.kind]),
        ("Copropiedad", place),
        ("Recibido", filters.fecha_hora(row.at)),
        ("Lo recibió", who_es(row.by)),
    ]
    data = {
        "title": "Comprobante de radicación",
        "radicado": row.radicado,
        "company": policy.company.name,
        "rows": [[name, said] for name, said in rows if said],
    }
    return await make_pdf(_TEMPLATE, data, row.at)
