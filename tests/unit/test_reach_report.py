"""Reach: who was told, by one function, and the weekly report of whom nothing reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from hub.desk.indicators.acts import reach_share
from hub.model import IN_DIGEST, Purpose, State
from hub.model.reach import NAME, PlaceReach
from hub.model.reached import Reached, furthest, reached
from hub.model.step_messages import StepMessage
from hub.operations.constancia.schemas import About, ProvenMessage, Subject
from hub.operations.constancia.summary_es import summary
from hub.policy import load_policy
from hub.rendering.outcomes_es import STATES
from hub.rendering.reached_es import REACHED
from hub.sla.reach_report import SHOWN, report, reported_at
from hub.timers.reports import reach_reports
from tests.unit.factories import HOUR, MONDAY, POLICY, email, local, member, somebody
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

PLACES: Final = (
    PlaceReach(copropiedad_id="ph-altos", name="Altos", units=10, reachable=4),
    PlaceReach(copropiedad_id="ph-pinos", name="Pinos", units=5, reachable=5),
)


class Reach:
    async def by_place(self) -> Sequence[PlaceReach]:
        return PLACES


async def test_notice_says_once_a_week_where_contacts_are_missing() -> None:
    hub = memory_hub(local("2026-03-09 07:30"))
    await hub.take_in(
        somebody("p-ops", email("ops@example.com")), member("p-ops", "company", "staff", duty="ops")
    )
    reach = Reach()
    weekly = reach_reports()
    for _ in range(7 * 24):
        hub.clock.advance(HOUR)
        await weekly(timers_of(hub, reach=reach))
        await reach_reports()(timers_of(hub, reach=reach))
    published = [event for event in hub.publisher.events if event.name == NAME]
    await hub.take_in(*published)

    [name] = {event.id for event in published}
    assert 1 + 24 > len(published) > 1, "another process may publish it again, on that day alone"
    assert (15, 9, 1) == tuple(published[0].data[key] for key in ("total", "reachable", "copropiedades"))
    assert [("ph-altos", 6)] == [
        (place["copropiedad_id"], place["unreachable"]) for place in published[0].data["places"]
    ]
    assert [("email", "p-ops")] == [(one.channel, one.person) for one in hub.of(published[0])]
    assert name == published[0].data["report_id"]


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-03-09 07:59", None),
        ("2026-03-09 08:00", "2026-03-09 08:00"),
        ("2026-03-09 16:00", "2026-03-09 08:00"),
        ("2026-03-09 20:00", None),
        ("2026-03-10 09:00", None),
        # San José: Monday 23 March 2026 is a holiday.
        ("2026-03-23 09:00", None),
        ("2026-03-24 09:00", "2026-03-24 08:00"),
        ("2026-03-25 09:00", None),
    ],
)
def test_notice_is_due_on_its_day_or_the_next_on_which_somebody_works(now: str, at: str | None) -> None:
    assert (None if at is None else local(at)) == reported_at(POLICY, local(now))


def test_notice_may_be_turned_off(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('[reach]\nat = "never"\n')

    assert reported_at(load_policy(tmp_path / "policy.toml"), local("2026-03-09 09:00")) is None


def test_nobody_hears_of_nothing() -> None:
    assert report([], at=MONDAY) is None
    assert report(PLACES[1:], at=MONDAY) is None


def test_notice_names_the_worst_and_counts_all() -> None:
    many = [
        PlaceReach(copropiedad_id=f"ph-{number}", name="Altos", units=1, reachable=0)
        for number in range(SHOWN + 3)
    ]
    event = report(many, at=MONDAY)

    assert event is not None
    assert (SHOWN, SHOWN + 3) == (len(event.data["places"]), event.data["copropiedades"])


def test_indicator_is_the_share_of_all_and_of_each() -> None:
    reach = reach_share(PLACES)

    assert (15, 9, 0.6) == (reach.units, reach.reachable, reach.share)
    assert [0.4, 1.0] == [place.share for place in reach.by]
    assert reach_share([]).share is None


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
