"""Reach: one function says who was told, and all that tell of it agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest

from hub.model import IN_DIGEST, Purpose, State
from hub.model.reached import Reached, furthest, reached
from hub.model.step_messages import StepMessage
from hub.operations.constancia.schemas import About, ProvenMessage, Subject
from hub.operations.constancia.summary_es import summary
from hub.rendering.outcomes_es import STATES
from hub.rendering.reached_es import REACHED

NOON: Final = datetime(2026, 3, 9, 17, tzinfo=UTC)
ABOUT: Final = About(subject=Subject.CASE, key="pqrs_id:1", number="1", title="Gotera", copropiedad=None)


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (Reached.TOLD, {"state": State.READ}),
        (Reached.TOLD, {"state": State.DELIVERED}),
        (Reached.TOLD, {"state": State.DELIVERED, "channel": "print"}),
        (Reached.SENT, {"state": State.SENT}),
        (Reached.SENT, {"state": State.CANCELLED, "reason": IN_DIGEST}),
        (Reached.PENDING, {"state": State.WAITING, "channel": "inbox"}),
        (Reached.PENDING, {"state": State.SENT, "channel": "print"}),
        (Reached.PENDING, {"state": State.HELD}),
        (Reached.PENDING, {"state": "frozen"}),
        (Reached.NOT_REACHED, {"state": State.CANCELLED, "reason": "repeated"}),
        (Reached.NOT_REACHED, {"state": State.SENT, "filed": True}),
        (Reached.NOT_REACHED, {"state": State.SENT, "reason": "captured"}),
        (Reached.NOT_REACHED, {"state": State.READ, "proven": False}),
        (Reached.NOT_REACHED, {"state": State.WAITING, "proven": False}),
    ],
)
def test_accepted_is_not_arrived_and_unread_has_reached_nobody(
    expected: Reached, message: dict[str, Any]
) -> None:
    assert expected == reached(**{"channel": "email", **message})


def test_each_state_and_each_answer_has_its_words() -> None:
    assert set(REACHED) == set(Reached)
    assert set(STATES) == set(State)


def test_person_is_told_as_far_as_the_message_that_came_furthest() -> None:
    assert Reached.SENT == furthest([Reached.NOT_REACHED, Reached.SENT, Reached.PENDING])
    assert Reached.NOT_REACHED == furthest([])


def test_step_of_a_clock_says_that_its_unread_message_reached_nobody() -> None:
    told = StepMessage(
        step="escalate:2",
        message_id=UUID(int=1),
        event="pqrs.escalated",
        person="p-1",
        channel="inbox",
        state=State.WAITING,
        reason=None,
        at=NOON,
    )

    assert Reached.PENDING == told.reached


def test_constancia_counts_what_went_in_a_digest_as_explain_does() -> None:
    said = list(summary(ABOUT, [proven(State.CANCELLED, IN_DIGEST)], (NOON, NOON), asked_by="a", at=NOON))

    assert "El proveedor aceptó lo de 1 persona, sin decir si llegó." in said


def test_constancia_says_that_an_unread_inbox_reached_nobody() -> None:
    said = list(summary(ABOUT, [proven(State.WAITING, None)], (NOON, NOON), asked_by="a", at=NOON))

    assert "De 1 persona no consta que algo haya salido o llegado." in said


def proven(state: State, reason: str | None) -> ProvenMessage:
    return ProvenMessage(
        id=UUID(int=1),
        event="admin.circular.issued",
        title="Circular",
        person="p-1",
        name="A",
        channel="inbox",
        address="",
        purpose=Purpose.SERVICE,
        state=state,
        reason=reason,
        created_at=NOON,
        units=(),
        rows=[],
    )
