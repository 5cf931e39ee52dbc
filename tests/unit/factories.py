"""Factories of events, people and messages; fields that a test does not set have ordinary values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from hub.catalog import BY_NAME
from hub.cloudevents import CONTENT_TYPE, encode
from hub.cloudevents.schemas import Schemas
from hub.contact_rules.consents import consents_of
from hub.intake.decode import IntakeContext
from hub.messages.planning.plan import Rules
from hub.model import (
    HUB_SOURCE,
    TYPE_PREFIX,
    TYPE_SUFFIX,
    ChannelTraits,
    Claimed,
    Consent,
    ContactFacts,
    ContactPoint,
    Event,
    Json,
    Lane,
    Message,
    Person,
    Purpose,
    RawMessage,
    State,
    StoredEvent,
)
from hub.model.ids import event_key, message_id
from hub.policy import load_policy
from hub.testing import MemoryEmail, MemoryInbox, MemoryPush, MemorySms

BOGOTA = ZoneInfo("America/Bogota")
BY_DAY = Path(__file__).parents[1] / "vectors" / "by_day.toml"
POLICY = load_policy(BY_DAY)
SCHEMAS = Schemas.load()
CHANNELS: Mapping[str, ChannelTraits] = {
    channel.traits.name: channel.traits for channel in (MemoryEmail, MemorySms, MemoryPush, MemoryInbox)
}
RULES = Rules(channels=CHANNELS, policy=POLICY)
DESK = IntakeContext(schemas=SCHEMAS, catalog=BY_NAME, rules=RULES)
SOURCE = "urn:coproservicios:crm"
OWN_USER = "hub"
"""The RabbitMQ user of the hub itself."""

MONDAY = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
"""Monday, 9 March 2026, 08:05 in Bogotá: a working day in business hours."""
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def local(text: str) -> datetime:
    """Read a wall time of Bogotá as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=BOGOTA).astimezone(UTC)


def event(
    name: str,
    data: Mapping[str, Json] | None = None,
    *,
    at: datetime = MONDAY,
    without: tuple[str, ...] = (),
    example: int = 0,
    **fields: Any,
) -> Event:
    """Make an event with its schema's example as data, changed by `data`."""
    values = {**SCHEMAS.by_name[name].examples[example], **(data or {})}
    if "received_at" in values and "received_at" not in (data or {}):
        values["received_at"] = at.isoformat()
    return Event(
        id=fields.pop("id", f"{name}-1"),
        source=fields.pop("source", SOURCE),
        type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}",
        time=at,
        data={key: value for key, value in values.items() if key not in without},
        extensions=fields,
    )


def stored(event: Event, **fields: Any) -> StoredEvent:
    """Store an event as intake would, without looking anything up."""
    case = event.data.get(BY_NAME[event.name].case)
    known = StoredEvent(
        key=event_key(event),
        event=event,
        case=None if case is None else f"{BY_NAME[event.name].realm}{BY_NAME[event.name].case}:{case}",
        copropiedad_id=event.data.get("copropiedad_id"),
        unit_id=event.data.get("unit_id"),
    )
    return replace(known, **fields)


def agreed(who: str, *purposes: str, at: datetime = MONDAY - 24 * HOUR, **data: Any) -> Event:
    """A consent as a form brings it, of which nobody is notified."""
    values = {"subject_id": who, "purposes": list(purposes), "channels": None, "captured_at": None, **data}
    name = f"agreed:{who}:{','.join(purposes)}:{at.isoformat()}"
    return event("privacy.consent.granted", values, at=at, id=name, quiet=True)


def said_in(statement: Event) -> list[Consent]:
    """Return the rows of the ledger that a consent or a revocation makes."""
    return consents_of(statement, event_key(statement))


def authorising(*channels: str, at: datetime = MONDAY - 24 * HOUR, **data: Any) -> tuple[Consent, ...]:
    """Return the directory's facts of a person who has authorised these channels, or all of them."""
    return tuple(said_in(agreed("p-maria", "survey", at=at, channels=list(channels) or None, **data)))


def consent_facts(at: datetime = MONDAY - 24 * HOUR, **fields: Any) -> ContactFacts:
    """The facts of a claim about a person who has agreed to the purpose of the message."""
    return ContactFacts(statements=tuple(said_in(agreed("p-maria", "commercial", at=at))), **fields)


def incoming(event: Event) -> RawMessage:
    """Deliver an event: the hub's own come from its own user, the others from nobody who says so."""
    user = OWN_USER if event.source.startswith(HUB_SOURCE) else None  # a call of the hub's would be counted
    return arrived(encode(event), routing_key=event.name, user=user)


def arrived(body: bytes, *, routing_key: str = "pqrs.received", **fields: Any) -> RawMessage:
    values: dict[str, Any] = {"content_type": CONTENT_TYPE, "headers": {}, "received_at": MONDAY, **fields}
    return RawMessage(body=body, routing_key=routing_key, **values)


def email(value: str = "maria@example.com", **fields: Any) -> ContactPoint:
    return ContactPoint(**{"id": "cp-email", "kind": "email", "value": value, **fields})


def mobile(value: str = "+573001234567", **fields: Any) -> ContactPoint:
    return ContactPoint(**{"id": "cp-phone", "kind": "phone", "value": value, **fields})


def device(token: str, **fields: Any) -> ContactPoint:
    return ContactPoint(**{"id": f"cp-{token}", "kind": "push", "value": token, **fields})


def person(*points: ContactPoint, ref: str = "p-maria", **fields: Any) -> Person:
    return Person(**{"ref": ref, "name": "María Peña", "contact_points": points, **fields})


def message(**fields: Any) -> Message:
    """Make a queued email about `pqrs.received`; its id is made from its identity."""
    petition = event("pqrs.received")
    values: dict[str, Any] = {
        "event_key": event_key(petition),
        "event_id": petition.id,
        "event": petition.name,
        "audience": 0,
        "step": 0,
        "person": "p-maria",
        "name": "María Peña",
        "locale": "es",
        "channel": "email",
        "purpose": Purpose.TRANSACTIONAL,
        "lane": Lane.NORMAL,
        "occasion": "initial",
        "contact_id": "cp-email",
        "address": "maria@example.com",
        "state": State.QUEUED,
        "created_at": MONDAY,
        **fields,
    }
    identity = {name: values[name] for name in ("person", "channel", "occasion", "contact_id")}
    return Message(**{"id": message_id(values["event_key"], **identity), **values})


def claim_of(one: Message, **fields: Any) -> Claimed:
    """Claim a message for its first attempt, as a worker does."""
    usual = {"event_time": MONDAY, "source": "urn:x", "data": {}, "building": None, "unit": None}
    return Claimed(message=one, **{"attempt": 1, **usual, **fields})


def upserted(noun: str, key: str, version: int = 1, **data: Json) -> Event:
    """Make a `directory.<noun>.upserted`."""
    name = f"directory.{noun}.upserted"
    values = {f"{noun}_id": key, "version": version, **data}
    return Event(
        id=f"{name}:{key}:{version}",
        source=SOURCE,
        type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}",
        time=MONDAY - HOUR,
        data=values,
    )


def somebody(ref: str, *points: ContactPoint, version: int = 1, **data: Json) -> Event:
    given = [{"id": point.id, "kind": point.kind, "value": point.value} for point in points]
    return upserted("person", ref, version, names=f"Persona {ref}", contact_points=given, **data)


def member(ref: str, scope: str, role: str, version: int = 1, **data: Json) -> Event:
    key = f"m-{ref}-{scope}-{role}"
    return upserted("membership", key, version, person_id=ref, scope=scope, role=role, **data)


def home(unit: str, tower: str | None = None, copropiedad: str = "ph-altos-del-rosal") -> Event:
    return upserted("unit", unit, copropiedad_id=copropiedad, label=f"Apartamento {unit}", tower=tower)
