"""The turns of surveys, the people of a follow-up, and the counts of the indicators."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from hub.model import (
    Attempt,
    Clock,
    ClockState,
    FollowUp,
    Outcome,
    Party,
    Period,
    Promise,
    Purpose,
    State,
    StoredEvent,
)
from hub.model.surveys import SurveyRecord
from tests.contract.stores import RealStores, Stores
from tests.contract.values import (
    HOUR,
    LEASE,
    NOON,
    clock,
    event,
    membership,
    message,
    now,
    person,
    stored,
    unit,
)

MONTH: Final = timedelta(days=30)
BEFORE: Final = {"time": now() - HOUR}


def asks(name: str, who: str = "p-1", **data: Any) -> StoredEvent:
    values = {"survey_id": name, "kind": "post_servicio", "respondent": {"ref": who}, **data}
    one = event("survey.requested", id=name, data=values, **BEFORE)
    return stored(one, case=f"survey_id:{name}", copropiedad_id=data.get("copropiedad_id"))


def answers(name: str, score: float, minutes: int = 1, **data: Any) -> StoredEvent:
    values = {"survey_id": name, "kind": "post_servicio", "score": score, "service_area": "water", **data}
    at = BEFORE["time"] + timedelta(minutes=minutes)
    one = event("survey.answered", id=f"{name}-{minutes}", data=values, time=at)
    return stored(one, case=f"survey_id:{name}", copropiedad_id=data.get("copropiedad_id"))


async def hold(stores: Stores, *events: StoredEvent, state: State = State.SENT, **fields: Any) -> None:
    """Store these events, and for each survey a message in this state."""
    await stores.add_events(*events)
    surveys = [one for one in events if one.event.name == "survey.requested"]
    await stores.add(
        *(
            message(
                one,
                state=state,
                purpose=Purpose.SURVEY,
                person=one.event.data["respondent"]["ref"],
                **fields,
            )
            for one in surveys
        )
    )


async def take(stores: Stores, *surveys: StoredEvent, once_per: timedelta = MONTH) -> set[str]:
    """Take the turns of these surveys, one after another; return those that got theirs."""
    got: set[str] = set()
    for one in surveys:
        turn = one.event.data["respondent"]["ref"], one.key
        if await stores.delivery.take_turns([turn], once_per):
            got.add(one.event.id)
    return got


@pytest.mark.parametrize("state", [State.SENT, State.DELIVERED, State.SENDING, State.HELD])
async def test_survey_that_was_accepted_or_is_under_way_has_the_turn(stores: Stores, state: State) -> None:
    first, second = asks("first"), asks("second")
    await hold(stores, first, second, state=state)

    assert {"first"} == await take(stores, first, second, first)


@pytest.mark.parametrize("state", [State.FAILED, State.BOUNCED, State.SUPPRESSED, State.EXPIRED])
async def test_survey_that_reached_nobody_gives_its_turn_away(stores: Stores, state: State) -> None:
    first, second = asks("first"), asks("second")
    await hold(stores, first, state=state)
    await hold(stores, second)

    assert {"first", "second"} == await take(stores, first, second)
    assert set() == await take(stores, first)


async def test_only_an_accepted_survey_that_has_the_turn_is_reminded_of(stores: Stores) -> None:
    accepted, waiting, other = asks("first"), asks("waits", "p-2"), asks("other")
    await hold(stores, accepted, other)
    await hold(stores, waiting, state=State.RETRYING)
    await take(stores, accepted, waiting)
    turns = [("p-1", accepted.key), ("p-2", waiting.key), ("p-1", other.key)]

    assert {("p-1", accepted.key)} == await stores.delivery.have_asked(turns, MONTH)
    assert not await stores.delivery.have_asked(turns, timedelta(0))


@pytest.mark.parametrize(("answers", "free"), [((), False), (("unknown",), False), (("permanent",), True)])
async def test_survey_without_a_certain_answer_keeps_its_turn(
    stores: Stores, answers: tuple[str, ...], free: bool
) -> None:
    """None of them: the worker died. Its next try ends the survey without a call."""
    first, second = asks("first"), asks("second")
    await hold(stores, first, second, state=State.QUEUED)
    sent = message(first, purpose=Purpose.SURVEY, person="p-1")
    token = uuid4()
    await stores.delivery.claim([sent.id], token=token, lease=LEASE)
    await take(stores, first)
    calls = tuple(
        Attempt(message_id=sent.id, at=now(), outcome=answer, provider="mail", took=HOUR)
        for answer in answers
    )
    outcome = Outcome(message_id=sent.id, state=State.SUPPRESSED, reason="gone", attempts=calls)
    await stores.delivery.record(token, [outcome])

    assert ({"second"} if free else set()) == await take(stores, second)


async def test_turn_is_free_after_its_time_and_another_persons_is_their_own(stores: Stores) -> None:
    first, second, other = asks("first"), asks("second"), asks("other", "p-2")
    await hold(stores, first, second, other)

    assert {"first", "other"} == await take(stores, first, second, other)
    assert {"second"} == await take(stores, second, once_per=timedelta(0))


async def test_turns_of_several_people_are_taken_at_once(stores: Stores) -> None:
    first, other = asks("first"), asks("other", "p-2")
    await hold(stores, first, other)
    turns = [("p-1", first.key), ("p-2", other.key)]

    assert frozenset(turns) == await stores.delivery.take_turns(turns, MONTH)


def following(case: str, *to: str) -> Clock:
    promise = Promise(
        target=HOUR, silent=True, any_hour=True, follow_up=FollowUp("survey.requested", "after", to=to)
    )
    context = {"copropiedad_id": "ph-1"}
    settled = {"state": ClockState.MET, "ended_at": NOON + HOUR, "steps": ()}
    return clock(case, name="after", promise=promise, context=context, **settled)


async def test_follow_up_is_for_the_parties_of_its_case_whom_the_directory_knows(stores: Stores) -> None:
    asking = following("pqrs_id:PQ-1", "petitioner")
    recipients = [{"ref": "p-1"}, {"ref": "p-nobody"}, {"name": "Eva", "email": "eva@example.com"}]
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory([person("p-1"), person("p-2")])
        await transaction.add_parties(
            [Party(case="pqrs_id:PQ-1", who="petitioner", recipients=recipients, since=NOON)]
        )
        await transaction.save_clocks([asking])

    assert {asking.id: ["p-1"]} == await stores.timers.concerned([asking])


async def test_follow_up_is_for_the_owners_of_its_copropiedad_each_once(stores: Stores) -> None:
    asking = following("assembly_id:A-1", "copropiedad:owners", "copropiedad:proxies")
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory([unit("u-1"), unit("u-2"), unit("u-9", "ph-2")])
        await transaction.apply_directory([person("p-1"), person("p-2"), person("p-9")])
        await transaction.apply_directory(
            [
                membership("p-1", "unit:u-1", "owner"),
                membership("p-1", "unit:u-2", "proxy"),
                membership("p-2", "unit:u-2", "owner"),
                membership("p-9", "unit:u-9", "owner"),
            ]
        )
        await transaction.save_clocks([asking])

    assert {asking.id: ["p-1", "p-2"]} == await stores.timers.concerned([asking])


async def test_clock_of_a_follow_up_is_stored_whole(stores: Stores) -> None:
    asking = following("pqrs_id:PQ-1", "petitioner")
    await stores.save_clocks(asking)
    [known] = await stores.timers.clocks_by_id([asking.id])

    assert asking.promise == known.promise


async def test_follow_up_is_in_no_list_of_clocks(stores: RealStores) -> None:
    asking = following("pqrs_id:PQ-1", "petitioner")
    met = clock("pqrs_id:PQ-2", state=ClockState.MET, ended_at=NOON + HOUR, steps=())
    await stores.save_clocks(asking, met)
    for places in (None, frozenset({"ph-1"})):
        listed = await stores.log.recent_clocks(state="met", after=None, limit=9, places=places)

        assert [met.id] == [row.id for row in listed.items]


PERIOD: Final = Period(since=BEFORE["time"] - HOUR, until=BEFORE["time"] + HOUR)


async def test_message_of_a_survey_shows_what_was_asked_and_each_answer(stores: RealStores) -> None:
    one = asks("first", expires_at="2026-12-24T17:00:00-05:00", radicado="PQ-7", service_area="water")
    await hold(stores, one, answers("first", 9, 2, comment="Bien"), answers("first", 4.0, 1))
    found = await stores.surveys.of_message(message(one).id)

    assert found is not None
    assert ("first", "p-1", "PQ-7", "water") == (
        found.survey_id,
        found.person,
        found.radicado,
        found.service_area,
    )
    assert [(4, None), (9, "Bien")] == [(given.score, given.comment) for given in found.answers]
    assert found.expires_at is not None
    assert None is await stores.surveys.of_message(message(stored(event())).id)


async def test_indicators_count_accepted_surveys_and_last_answers(stores: RealStores) -> None:
    at = {"copropiedad_id": "ph-1", "service_area": "water"}
    await hold(
        stores, asks("answered", **at), answers("answered", 3, 1, **at), answers("answered", 9, 2, **at)
    )
    await hold(stores, asks("silent", **at))
    await hold(stores, asks("refused", **at), state=State.SUPPRESSED)
    await hold(stores, asks("into a file", **at), state=State.SENT, reason="captured")
    await hold(stores, answers("elsewhere", 7, kind="semestral"))
    record = SurveyRecord(kind="post_servicio", service_area="water", copropiedad_id="ph-1", asked=True)
    found = await stores.surveys.records(PERIOD)
    listed = sorted(found, key=lambda one: (not one.asked, not one.answered))

    assert [
        replace(record, answered=True, score=9),
        record,
        SurveyRecord(kind="semestral", service_area="water", copropiedad_id=None, score=7),
    ] == [replace(one, at=None, answered_at=None) for one in listed]
    assert [(True, True), (True, False), (False, True)] == [
        (one.at is not None, one.answered_at is not None) for one in listed
    ]
    assert 2 == len(await stores.surveys.records(PERIOD, places=frozenset({"ph-1"})))
    assert [] == await stores.surveys.records(PERIOD, area="gardens")
    assert [] == await stores.surveys.records(Period(since=NOON - HOUR, until=NOON))
