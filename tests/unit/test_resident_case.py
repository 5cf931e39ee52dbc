"""The own page: a case in the words of its person, the subjects, the words of a consent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, cast
from uuid import UUID, uuid4

import pytest

from hub import sla
from hub.model import IN_DIGEST, Clock, ClockHistory, ClockState, ContactPoint, Event, Pause, State
from hub.model.residents import CaseEvent, ResidentMessage, SentLine
from hub.operations.residents.consent_words import (
    CHANNELS,
    OFFERED,
    TEXT_VERSION,
    button,
    channels_of,
    sentence,
    words_digest,
)
from hub.operations.residents.not_answered import Climb, climb
from hub.operations.residents.own_words_es import arrival, own_subject
from hub.operations.residents.promises_es import case_of
from hub.policy.clocks import ClockPolicy
from hub.testing import MemoryPublisher
from tests.contract.values import NOON
from tests.unit.clock_factory import scheduled
from tests.unit.factories import POLICY

FIRST_REPLY: Final[ClockPolicy] = POLICY.clocks["first_reply"]
LATE: Final = timedelta(days=4)


class Levels:
    """The part of `PostgresResidents` that says who holds a level."""

    def __init__(self, *held: int) -> None:
        self._held = set(held)

    async def held_levels(self, clock: Clock, levels: Collection[int]) -> Collection[int]:  # noqa: ARG002 - the port's signature
        return self._held & set(levels)


def first_reply(**fields: object) -> Clock:
    return replace(scheduled(FIRST_REPLY, NOON, policy=POLICY), **fields)  # type: ignore[arg-type]


def overdue() -> tuple[Clock, datetime]:
    """Return a clock whose first level has just been passed over, and the instant after."""
    clock = first_reply()
    fired = next(place for place, step in enumerate(clock.steps) if step.kind.value == "escalate") + 1
    breached = replace(clock, fired=fired, level=2, state=ClockState.BREACHED)
    return breached, breached.due_at + timedelta(minutes=5)


def received(*clocks: Clock, case: str = "pqrs_id:PQ-1", **fields: object) -> ResidentMessage:
    return ResidentMessage(message_id=uuid4(), person="p-1", case=case, clocks=clocks, **fields)  # type: ignore[arg-type]


async def pressed(message: ResidentMessage, now: datetime, *held: int) -> tuple[Climb, list[Event]]:
    publisher, store = MemoryPublisher(), cast(Any, Levels(*held or (1, 2, 3, 4)))
    came = await climb(message, store=store, publisher=publisher, now=now)
    return came, list(publisher.events)


def shown(message: ResidentMessage, now: datetime) -> str:
    case = case_of(message, now=now, calendar=POLICY.calendar)
    return "" if case is None else " ".join(f"{promise.what}: {promise.how}" for promise in case.promises)


def test_case_names_promise_due_instant_and_assignee() -> None:
    assert shown(received(first_reply()), NOON).startswith("Primera respuesta: Vence el ")
    assert shown(received(first_reply()), NOON).endswith("Lo tiene: Servicio al cliente.")


def test_overdue_case_says_who_has_it_now_and_offers_the_button() -> None:
    clock, now = overdue()
    case = case_of(received(clock), now=now, calendar=POLICY.calendar)

    assert case is not None
    assert (True, True, False) == (case.promises[0].overdue, case.may_climb, case.at_top)
    assert "Coordinación del área" in case.promises[0].how


def test_case_shows_no_promise_of_the_company_to_itself() -> None:
    internal = first_reply(name="corrective_action")

    assert case_of(received(internal), now=NOON, calendar=POLICY.calendar) is None


def test_file_of_a_person_is_no_case_of_a_message() -> None:
    message = received(first_reply(), case="subject_id:p-1")

    assert case_of(message, now=NOON, calendar=POLICY.calendar) is None


def test_steps_of_a_case_leave_out_notices_to_staff() -> None:
    events = [CaseEvent(name=name, at=NOON) for name in ("pqrs.received", "pqrs.assigned", "sla.at_risk")]
    case = case_of(received(first_reply(), events=events), now=NOON, calendar=POLICY.calendar)

    assert case is not None
    assert "PQRS recibida" in [step.what for step in case.happened]
    assert "Plazo en riesgo" not in [step.what for step in case.happened]


async def test_button_tells_the_next_level_once_whoever_comes_first() -> None:
    clock, now = overdue()
    came, [event] = await pressed(received(clock), now)
    _, [again] = await pressed(received(clock), now + timedelta(minutes=1))
    rung = next(step for step in clock.steps[clock.fired :] if step.kind.value == "escalate")

    assert Climb.CLIMBED == came
    assert ("pqrs.escalated", 3) == (event.name, event.data["to_level"])
    assert {sla.event_id(clock, rung)} == {event.id, again.id}


async def test_button_says_the_truth_once_the_next_level_knows() -> None:
    clock, now = overdue()
    _, [event] = await pressed(received(clock), now)
    told = received(clock, events=[CaseEvent(name=event.name, at=now, id=event.id)])
    case = case_of(told, now=now, calendar=POLICY.calendar)

    assert (Climb.TOLD, []) == await pressed(told, now)
    assert case is not None
    assert (False, True, False) == (case.may_climb, case.was_told, case.at_top)


async def test_button_skips_a_level_that_nobody_holds() -> None:
    clock, now = overdue()
    _, [event] = await pressed(received(clock), now, 4)

    assert (4, [3]) == (event.data["to_level"], event.data["vacant_levels"])


async def test_button_does_nothing_before_the_promise_is_overdue_or_while_it_waits_for_the_person() -> None:
    clock, now = overdue()
    waiting = replace(clock, course=ClockHistory(pauses=(Pause(since=now),)))

    for quiet, at in ((first_reply(), NOON), (waiting, now), (replace(clock, ended_at=now), now)):
        assert (Climb.NOT_DUE, []) == await pressed(received(quiet), at)


async def test_at_the_top_the_button_asks_nobody_and_says_so() -> None:
    clock, _ = overdue()
    top = replace(clock, fired=len(clock.steps), level=4)

    assert (Climb.AT_TOP, []) == await pressed(received(top), NOON + 10 * LATE)


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


PINNED: Final = {"pagina-2": "00fcb4a595c7acefd0c40c8d64f956177acb896ccdcb5bb9f353c5b346fe6d05"}
"""Version → digest of all its words. A change of a word needs a new version here; no old line changes."""


def test_change_of_any_word_is_a_new_version() -> None:
    words = "".join(words_digest(purpose, tuple(CHANNELS)) for purpose in OFFERED)

    assert PINNED[TEXT_VERSION] == sha256(words.encode()).hexdigest()


def test_digest_is_that_of_the_very_words() -> None:
    said = sentence("survey", ["email", "sms"])

    assert "Autorizo que me escriban por correo y SMS con esta finalidad: encuestas." in said
    assert sha256(f"{said}\n{button('survey')}".encode()).hexdigest() == words_digest(
        "survey", ["email", "sms"]
    )


@pytest.mark.parametrize(
    ("contact", "channels"),
    [
        (ContactPoint(id="x", kind="email", value="a@b.co", verified=True), ("email",)),
        (ContactPoint(id="x", kind="email", value="a@b.co"), ()),
        (ContactPoint(id="x", kind="phone", value="+573001234567", verified=True), ("sms", "whatsapp")),
        (ContactPoint(id="x", kind="phone", value="+573001234567"), ()),
        (ContactPoint(id="x", kind="phone", value="+576017420101", verified=True), ()),
        (ContactPoint(id="x", kind="push", value="token"), ("push",)),
    ],
)
def test_consent_names_the_channels_of_verified_contacts(
    contact: ContactPoint, channels: tuple[str, ...]
) -> None:
    assert channels == channels_of([contact])
