"""Events, messages, clocks and letters for the tests of the stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hub.model import (
    Attempt,
    Clock,
    ClockState,
    DeadLetter,
    Event,
    Json,
    Lane,
    Message,
    Outcome,
    Promise,
    Purpose,
    Reply,
    ReplyKind,
    State,
    Step,
    StepKind,
    StoredEvent,
    Target,
    Unreached,
    UnreachedReason,
)
from hub.model.casework import ReplyState
from hub.model.ids import body_id, clock_id, event_key, message_id
from hub.model.reply_rows import ReplyWhole

NOON = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=60)


def now() -> datetime:
    return datetime.now(UTC)


def event(name: str = "pqrs.received", *, id: str | None = None, **fields: Any) -> Event:  # noqa: A002 - the field's name
    values: dict[str, Any] = {"source": "urn:crm", "time": NOON, "data": {"pqrs_id": "PQ-1"}}
    return Event(id=id or str(uuid4()), type=f"co.coproservicios.{name}.v1", **{**values, **fields})


def stored(one: Event | None = None, **fields: Any) -> StoredEvent:
    one = one or event()
    values: dict[str, Any] = {"key": event_key(one), "case": "pqrs_id:PQ-1"}
    return StoredEvent(event=one, **{**values, **fields})


def message(of: StoredEvent | None = None, **fields: Any) -> Message:
    of = of or stored()
    values: dict[str, Any] = {
        "person": "p-1",
        "channel": "email",
        "occasion": "initial",
        "contact_id": "cp-1",
        "audience": 0,
        "step": 0,
        "name": "María Peña",
        "locale": "es",
        "purpose": Purpose.TRANSACTIONAL,
        "lane": Lane.NORMAL,
        "address": "maria@example.com",
        "state": State.QUEUED,
        "created_at": NOON,
        **fields,
    }
    identity = {name: values[name] for name in ("person", "channel", "occasion", "contact_id")}
    return Message(
        id=message_id(of.key, **identity),
        event_key=of.key,
        event_id=of.event.id,
        event=of.event.name,
        **values,
    )


FALLBACK = ((Target(channel="sms", contact_id="cp-2", address="+573001234567"),),)


def next_of(lost: Message) -> Message:
    """The first message of the step after `lost`."""
    target = lost.fallback[0][0]
    of = StoredEvent(key=lost.event_key, event=event(lost.event, id=lost.event_id), case=None)
    return message(
        of, channel=target.channel, contact_id=target.contact_id, address=target.address, step=lost.step + 1
    )


def outcome(message_id: UUID, state: State = State.SENT, **fields: Any) -> Outcome:
    attempt = Attempt(
        message_id=message_id,
        at=now(),
        outcome=str(state),
        provider="smtp",
        code="250",
        took=timedelta(milliseconds=3),
    )
    return Outcome(message_id=message_id, state=state, **{"attempts": (attempt,), **fields})


def clock(case: str = "pqrs_id:PQ-1", **fields: Any) -> Clock:
    opening = event(id=f"opening of {case}")
    values: dict[str, Any] = {
        "state": ClockState.OPEN,
        "started_at": NOON,
        "due_at": NOON + 2 * HOUR,
        "level": 1,
        "promise": Promise(target=2 * HOUR, at_risk=0.5, ladder=(2 * HOUR,), any_hour=True),
        "steps": (
            Step(kind=StepKind.AT_RISK, at=NOON + HOUR, from_level=1, to_level=1),
            Step(kind=StepKind.BREACH, at=NOON + 2 * HOUR, from_level=1, to_level=1),
            Step(kind=StepKind.ESCALATE, at=NOON + 2 * HOUR, from_level=1, to_level=2),
        ),
        "opened_by": event_key(opening),
        "context": {"pqrs_id": "PQ-1", "copropiedad_id": "ph-1"},
    }
    name = fields.pop("name", "first_reply")
    return Clock(id=clock_id(case, name, opening), case=case, name=name, **{**values, **fields})


def letter(body: bytes = b"{", **fields: Any) -> DeadLetter:
    values: dict[str, Any] = {
        "received_at": NOON,
        "reason": "not JSON",
        "field": None,
        "event_type": None,
        "event_id": None,
        "source": None,
        "routing_key": "pqrs.received",
        "content_type": "application/cloudevents+json",
        "headers": {"x-delivery-count": 1},
    }
    return DeadLetter(id=body_id(body, "pqrs.received"), body=body, **{**values, **fields})


def unreached(of: StoredEvent, *reasons: UnreachedReason) -> Unreached:
    return Unreached(
        event_key=of.key, event_id=of.event.id, source=of.event.source, type=of.event.type, reasons=reasons
    )


def person(ref: str, version: int = 1, **fields: Json) -> Event:
    points = [{"id": f"{ref}-email", "kind": "email", "value": f"{ref}@example.com"}]
    data = {"person_id": ref, "version": version, "names": f"Name of {ref}", "contact_points": points}
    return event("directory.person.upserted", data={**data, **fields})


def person_removed(ref: str, version: int) -> Event:
    return event("directory.person.removed", data={"person_id": ref, "version": version})


def unit(ref: str, copropiedad: str = "ph-1", version: int = 1, **fields: Json) -> Event:
    data = {"unit_id": ref, "version": version, "copropiedad_id": copropiedad, "label": f"Apto {ref}"}
    return event("directory.unit.upserted", data={**data, **fields})


def copropiedad(ref: str = "ph-1", version: int = 1, **fields: Json) -> Event:
    data = {"copropiedad_id": ref, "version": version, "name": f"Conjunto {ref}"}
    return event("directory.copropiedad.upserted", data={**data, **fields})


def membership(who: str, scope: str, role: str, version: int = 1, **fields: Json) -> Event:
    data = {"membership_id": f"{who} {role} {scope}", "version": version, "person_id": who}
    return event("directory.membership.upserted", data={**data, "scope": scope, "role": role, **fields})


def membership_removed(ref: str, version: int) -> Event:
    return event("directory.membership.removed", data={"membership_id": ref, "version": version})


def consent(who: str, *purposes: str, granted: bool = True, **fields: Any) -> Event:
    """A yes or a no; `time` is the event's."""
    data = {"subject_id": who, "purposes": list(purposes), "text_version": "2026-02", "method": "web"}
    time = fields.pop("time", NOON)
    verb = "granted" if granted else "revoked"
    return event(f"privacy.consent.{verb}", time=time, data={**data, **fields})


def leave(who: str, since: str, until: str, delegate: str | None = None, version: int = 1) -> Event:
    data = {"leave_id": f"leave of {who}", "version": version, "person_id": who, "since": since}
    return event("directory.leave.upserted", data={**data, "until": until, "delegate_id": delegate})


def leave_removed(ref: str, version: int) -> Event:
    return event("directory.leave.removed", data={"leave_id": ref, "version": version})


def rota(ref: str, scope: str, *shifts: Json, version: int = 1, duty: str = "on_call") -> Event:
    data = {"rota_id": ref, "version": version, "scope": scope, "duty": duty, "shifts": list(shifts)}
    return event("directory.rota.upserted", data=data)


def rota_removed(ref: str, version: int) -> Event:
    return event("directory.rota.removed", data={"rota_id": ref, "version": version})


def mailed(text: str, **fields: Any) -> Reply:
    """Make a reply by mail, another one each time."""
    usual = {"channel": "email", "provider": "mail", "address": "maria@example.com", "at": NOON}
    return Reply(text=text, **{"reference": str(uuid4()), **usual, **fields})


def reply_whole(**fields: Any) -> ReplyWhole:
    """Make a reply as staff sees it."""
    values: dict[str, Any] = {
        **dict.fromkeys(ReplyWhole.__struct_fields__),
        "id": UUID(int=7),
        "received_at": NOON,
        "at": NOON,
        "kind": ReplyKind.REPLY,
        "channel": "email",
        "thread": "pqrs_id:PQ-1",
        "state": ReplyState.OPEN,
    }
    return ReplyWhole(**{**values, **fields})
