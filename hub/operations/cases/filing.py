"""Conversations of which staff makes a PQRS: the event, with what its writer has said. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from hub.errors import NotOffered
from hub.model import THREAD, ClockState, Event, Json, own_event
from hub.model.receipts import RECEIVED_AT, receipt_of
from hub.ports.cases import CaseFacts
from hub.sla.events import PARTIES

_FIRST_REPLY: Final = "first_reply"
_CHANNELS: Final[Mapping[str, str]] = {"email": "correo"}
"""Channel of a reply → how it came in, where that has another word."""
_CAME_BY: Final[Mapping[str, str]] = {
    "support.email.received": "correo",
    "support.form.received": "web",
    "support.counter.received": "presencial",
    "support.chat.missed": "chat",
    "support.call.missed": "telefono",
}
"""The same for the events of other systems."""


def petition_of(facts: CaseFacts, given: Mapping[str, Json], *, form: str, now: datetime) -> Event:
    """
    Make the event by which a conversation is a PQRS; the same form makes the same event.

    `given` is what staff says of it: radicado, kind, service area and subject. Raises NotOffered.
    """
    first = facts.first
    data = first.event.data if first is not None else None
    if first is None or not isinstance(data, dict) or not facts.case.startswith(f"{THREAD}:"):
        raise NotOffered("Only what somebody has written becomes a PQRS.")
    if any(clock.name == _FIRST_REPLY and clock.state is ClockState.CANCELLED for clock in facts.head):
        raise NotOffered("It is a PQRS already: look for it by its radicado.")
    known: dict[str, Json] = {
        "pqrs_id": given["radicado"],
        "entry_channel": _came_by(first.event),
        RECEIVED_AT: receipt_of(first.event) or first.event.time.isoformat(),
        "petitioner": _writer(data),
        "copropiedad_id": first.copropiedad_id,
        "unit_id": first.unit_id,
        THREAD: data[THREAD],
    }
    said = {name: value for name, value in known.items() if value is not None}
    digest = sha256(f"{form}\0{facts.case}".encode(errors="surrogateescape")).hexdigest()
    return own_event("pqrs.received", f"case:{digest[:32]}", {**said, **given}, time=now)


def _came_by(event: Event) -> str:
    channel = str(event.data.get("channel") or "")
    return _CAME_BY.get(event.name) or _CHANNELS.get(channel, channel) or "otro"


def _writer(data: Mapping[str, Json]) -> Json:
    if data.get("person"):
        return {"ref": data["person"]}
    return next((data[word] for word in PARTIES if data.get(word)), None)
