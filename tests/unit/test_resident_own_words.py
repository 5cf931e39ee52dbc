"""Words of the own page: subjects in the person's own words, and one line for all channels."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from hub.model import IN_DIGEST, State
from hub.model.residents import SentLine
from hub.operations.residents.own_words_es import arrival, own_subject
from tests.contract.values import NOON


@pytest.mark.parametrize(
    ("case", "name", "opened", "subject"),
    [
        ("pqrs_id:1", "pqrs.received", {"petitioner": {"ref": "p-ines"}}, "Humedad"),
        ("pqrs_id:1", "pqrs.received", {"petitioner": [{"ref": "p-luis"}, {"ref": "p-ines"}]}, "Humedad"),
        # Ley 1581 de 2012, art. 4 g: nobody reads what somebody else has asked.
        ("pqrs_id:1", "pqrs.received", {"petitioner": {"ref": "p-luis"}}, "PQRS recibida"),
        ("pqrs_id:1", "pqrs.received", {"petitioner": {"name": "Luis", "phone": "300"}}, "PQRS recibida"),
        ("case_id:1", "concierge.incident.reported", {"kind": "ruido"}, "Incidente: ruido"),
        ("unit_id:u-302", "admin.payment.received", {}, "Pagos de T1-302"),
        (None, "admin.circular.issued", {"title": "Corte de agua"}, "Corte de agua"),
    ],
)
def test_subject_is_in_words_of_the_person_or_for_everybody(
    case: str | None, name: str, opened: dict[str, Any], subject: str
) -> None:
    data = {"subject": "Humedad", "description": "Pedro Ruiz fue", **opened}

    assert subject == own_subject("p-ines", case, name, data, unit="T1-302")


def told(channel: str, state: State, reason: str | None = None) -> SentLine:
    line = {"id": UUID(int=1), "event": "pqrs.received", "created_at": NOON}
    return SentLine(channel=channel, state=state, reason=reason, **line)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([told("whatsapp", State.READ), told("email", State.SENT)], "por WhatsApp y correo"),
        ([told("email", State.DELIVERED), told("sms", State.FAILED)], "por correo; el SMS no le llegó"),
        ([told("email", State.CANCELLED, IN_DIGEST)], "en su resumen"),
        ([told("email", State.QUEUED)], "el correo va en camino"),
        ([told("print", State.SENT)], "carta por entregar"),
    ],
)
def test_line_says_by_which_channels_it_arrived(lines: list[SentLine], words: str) -> None:
    assert words == arrival(lines)
