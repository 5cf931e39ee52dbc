"""The contract of the DeliveryStore."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec import structs

from hub.contact_rules.working_hours import weeks_of
from hub.model import (
    Attempt,
    ClockHistory,
    ClockState,
    Json,
    Pause,
    Purpose,
    State,
    StoredEvent,
    WorkWeek,
)
from hub.model.message_rows import AttemptRow
from hub.model.state_machine import sources
from tests.contract.stores import AT_ONCE, Stores, release_due
from tests.contract.values import (
    FALLBACK,
    HOUR,
    LEASE,
    NOON,
    clock,
    copropiedad,
    event,
    membership,
    message,
    now,
    outcome,
    person,
    stored,
    unit,
)


async def test_a_message_is_claimed_with_what_rendering_needs(stores: Stores) -> None:
    one = stored(event(data={"pqrs_id": "PQ-1"}), copropiedad_id="ph-1", unit_id="u-1")
    planned = message(one, fallback=FALLBACK, skipped=("voice:not_configured",), expires_at=NOON + HOUR)
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory(
            [copropiedad("ph-1", name="Altos"), unit("u-1", tower="2", label="Apto 101")]
        )
        await transaction.add_events([one])
        await transaction.add_messages([planned, planned])
    [claimed] = await stores.claim(planned)

    assert structs.replace(claimed.message, next_at=None) == structs.replace(planned, state=State.SENDING)
    assert claimed.message.next_at is not None
    assert abs(claimed.message.next_at - now() - LEASE) < timedelta(seconds=5)
    assert (claimed.attempt, claimed.event_time, claimed.source) == (1, NOON, "urn:crm")
    assert (claimed.data, claimed.building, claimed.unit) == (
        {"pqrs_id": "PQ-1"},
        "Altos",
        "Torre 2 Apto 101",
    )


async def test_a_place_that_the_directory_does_not_know_has_no_name(stores: Stores, of: StoredEvent) -> None:
    planned = message(of)
    await stores.add(planned)
    [claimed] = await stores.claim(planned)

    assert (claimed.building, claimed.unit) == (None, None)


async def test_claim_has_the_persons_current_working_hours(stores: Stores, of: StoredEvent) -> None:
    early, late = {"mon": [["06:00", "14:00"]]}, {"tue": [["14:00", "22:00"]]}
    planned = message(of, contact_id="a", rests=True)
    other = message(of, contact_id="b")
    await stores.add(planned, other)
    found: list[Sequence[tuple[WorkWeek | None, ...]]] = []
    for version, hours in enumerate((early, late, None), start=1):
        await stores.apply_directory(
            membership("p-1", "company", "staff", version, duty="service", hours=hours)
        )
        claimed = await stores.claim(planned, other, lease=AT_ONCE)
        await release_due(stores, 10)
        found.append(
            [
                found_message.contact.weeks
                for found_message in sorted(
                    claimed, key=lambda found_message: found_message.message.contact_id
                )
            ]
        )

    assert [[weeks_of([early]), ()], [weeks_of([late]), ()], [(), ()]] == found


async def test_adding_a_message_again_leaves_it_as_it_is(stores: Stores, of: StoredEvent) -> None:
    planned = message(of)
    await stores.add(planned)
    await stores.claim(planned)
    await stores.add(planned)

    assert await stores.state_of(planned) == "sending"


async def test_lease_is_respected_until_the_timers_have_released_it(stores: Stores, of: StoredEvent) -> None:
    planned = message(of)
    await stores.add(planned)

    assert len(await stores.claim(planned, lease=AT_ONCE)) == 1
    assert await stores.claim(planned) == []
    await release_due(stores, 10)
    [again] = await stores.claim(planned)
    assert again.attempt == 2


async def test_claim_repeated_under_its_token_takes_the_same_rows(stores: Stores, of: StoredEvent) -> None:
    planned, recorded = message(of, contact_id="a"), message(of, contact_id="b")
    await stores.add(planned, recorded)
    ids, token = [planned.id, recorded.id], uuid4()
    await stores.delivery.claim(ids, token=token, lease=LEASE)
    await stores.delivery.record(token, [outcome(recorded.id)])
    [again] = await stores.delivery.claim(ids, token=token, lease=LEASE)

    assert (planned.id, 1) == (again.message.id, again.attempt)


async def test_claim_takes_what_may_be_sending_and_nothing_else(stores: Stores, of: StoredEvent) -> None:
    past = now() - HOUR
    planned = [
        message(of, contact_id=state, state=state, next_at=None if state is State.QUEUED else past)
        for state in State
    ]
    await stores.add(*planned)
    claimed = {found.message.id for found in await stores.claim(*planned)}

    assert {row.state for row in planned if row.id in claimed} == sources(State.SENDING)


async def test_a_message_that_waits_is_claimed_when_its_time_has_come(
    stores: Stores, of: StoredEvent
) -> None:
    early = message(of, contact_id="a", state=State.HELD, next_at=now() - HOUR)
    late = message(of, contact_id="b", state=State.RETRYING, next_at=now() + HOUR)
    ended = message(of, contact_id="c", state=State.SUPPRESSED, reason="no_contact")
    await stores.add(early, late, ended)
    claimed = await stores.claim(early, late, ended)

    assert [claimed_message.message.id for claimed_message in claimed] == [early.id]


async def test_an_outcome_is_written_with_its_attempt(stores: Stores, of: StoredEvent) -> None:
    planned = message(of)
    token = await stores.begin(planned)
    done = await stores.delivery.record(token, [outcome(planned.id, reason="ok", expires_at=NOON + HOUR)])
    shown = await stores.shown(planned)

    assert done == frozenset([planned.id])
    assert (shown.state, shown.reason, shown.next_at) == ("sent", "ok", None)
    assert [(row.outcome, row.provider, row.code) for row in shown.attempts] == [("sent", "smtp", "250")]


async def test_recording_again_answers_the_same_and_writes_nothing_twice(
    stores: Stores, of: StoredEvent
) -> None:
    planned = message(of)
    token = await stores.begin(planned)
    one = outcome(planned.id, State.FAILED)

    assert await stores.delivery.record(token, [one]) == frozenset([planned.id])
    assert await stores.delivery.record(token, [one]) == frozenset([planned.id])
    shown = await stores.shown(planned)
    assert len(shown.attempts) == 1


async def test_a_lost_lease_changes_nothing_but_keeps_its_attempt(stores: Stores, of: StoredEvent) -> None:
    planned = message(of)
    await stores.add(planned)
    lost, held = uuid4(), uuid4()
    await stores.delivery.claim([planned.id], token=lost, lease=AT_ONCE)
    await release_due(stores, 10)
    await stores.delivery.claim([planned.id], token=held, lease=LEASE)

    assert await stores.delivery.record(lost, [outcome(planned.id, State.FAILED)]) == frozenset()
    shown = await stores.shown(planned)
    assert (shown.state, len(shown.attempts)) == ("sending", 1)
    assert await stores.delivery.record(held, [outcome(planned.id)]) == frozenset([planned.id])


async def test_outcome_counts_while_nobody_has_claimed_what_the_timers_released(
    stores: Stores, of: StoredEvent
) -> None:
    planned = message(of)
    await stores.add(planned)
    token = uuid4()
    await stores.delivery.claim([planned.id], token=token, lease=AT_ONCE)
    [ticket] = await release_due(stores, 10)
    sent = outcome(planned.id)

    assert await stores.delivery.record(token, [sent]) == {planned.id}
    assert await stores.delivery.record(token, [sent]) == {planned.id}
    assert await stores.delivery.claim(ticket.ids, token=uuid4(), lease=LEASE) == []
    shown = await stores.shown(planned)
    assert (shown.state, len(shown.attempts)) == ("sent", 1)


async def test_holding_a_released_message_uses_up_no_attempt(stores: Stores, of: StoredEvent) -> None:
    planned = message(of)
    await stores.add(planned)
    token = uuid4()
    await stores.delivery.claim([planned.id], token=token, lease=AT_ONCE)
    await release_due(stores, 10)
    held = outcome(planned.id, State.HELD, attempts=(), next_at=now() - HOUR, tried=False)
    await stores.delivery.record(token, [held])
    [claimed] = await stores.claim(planned)

    assert claimed.attempt == 1


@pytest.mark.parametrize("by_id", [True, False], ids=["by its appointment", "from SQL"])
async def test_recording_again_does_not_move_back_what_was_released(
    stores: Stores, of: StoredEvent, by_id: bool
) -> None:
    planned = message(of)
    token = await stores.begin(planned)
    retrying = outcome(planned.id, State.RETRYING, next_at=now() - HOUR)
    await stores.delivery.record(token, [retrying])
    [ticket] = await stores.timers.release([planned.id]) if by_id else await release_due(stores, 10)

    assert await stores.delivery.record(token, [retrying]) == frozenset()
    assert await stores.state_of(planned) == "queued"
    assert len(await stores.claim(planned)) == len(ticket.ids)


async def test_an_outcome_without_an_attempt_or_an_expiry_leaves_the_expiry(
    stores: Stores, of: StoredEvent
) -> None:
    planned = message(of, expires_at=NOON + HOUR)
    token = await stores.begin(planned)
    held = outcome(planned.id, State.HELD, reason="quiet_hours", next_at=now() - HOUR, attempts=())
    await stores.delivery.record(token, [held])
    [claimed] = await stores.claim(planned)

    assert (claimed.message.expires_at, claimed.message.reason) == (NOON + HOUR, "quiet_hours")


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
async def test_any_answer_of_a_provider_is_recorded(stores: Stores, of: StoredEvent, text: str) -> None:
    one = message(of)
    token = await stores.begin(one)
    done = outcome(one.id, reason=text)
    [attempt] = done.attempts
    done = structs.replace(
        done, attempts=(structs.replace(attempt, reference=text, code=text, provider=text),)
    )

    assert await stores.delivery.record(token, [done]) == {one.id}
    assert await stores.state_of(one) == State.SENT


async def test_holding_a_message_uses_up_no_attempt(stores: Stores, of: StoredEvent) -> None:
    one = message(of)
    await stores.add(one)
    for _ in range(3):
        token = uuid4()
        [claimed] = await stores.delivery.claim([one.id], token=token, lease=LEASE)
        held = outcome(one.id, State.HELD, attempts=(), next_at=now() - HOUR, tried=False)
        await stores.delivery.record(token, [held])
        await stores.delivery.record(token, [held])

        assert claimed.attempt == 1


async def test_claim_names_the_provider_of_an_unknown_outcome(stores: Stores, of: StoredEvent) -> None:
    planned = message(of)
    await stores.add(planned)
    names = []
    for turn, (state, provider) in enumerate(
        [("unknown", "smtp-2"), ("transient", "smtp"), ("accepted", "smtp")]
    ):
        token = uuid4()
        [claimed] = await stores.delivery.claim([planned.id], token=token, lease=LEASE)
        names.append(claimed.unsure_of)
        attempt = Attempt(message_id=planned.id, at=NOON + turn * HOUR, outcome=state, provider=provider)
        again = outcome(planned.id, State.RETRYING, next_at=now() - HOUR, attempts=(attempt,))
        await stores.delivery.record(token, [again])

    assert names == [None, "smtp-2", "smtp-2"]


async def test_recording_no_outcomes_returns_nothing(stores: Stores) -> None:
    assert await stores.delivery.record(uuid4(), []) == frozenset()
    assert await stores.delivery.step_failed([]) == frozenset()
    assert await stores.claim() == []


async def test_a_step_has_failed_when_all_of_it_has(stores: Stores, of: StoredEvent) -> None:
    email = message(of, state=State.FAILED)
    push = message(of, channel="push", contact_id="device", state=State.BOUNCED)
    await stores.add(email, structs.replace(push, state=State.QUEUED))

    assert await stores.delivery.step_failed([email]) == frozenset()
    await stores.add(message(of, person="p-2", state=State.EXPIRED), message(of, person="p-2", step=1))
    other = message(of, person="p-2", state=State.EXPIRED)
    assert await stores.delivery.step_failed([email, other]) == frozenset([other.id])


async def test_attempt_after_a_lost_lease_is_stored_too(stores: Stores, of: StoredEvent) -> None:
    planned = message(of)
    await stores.add(planned)
    attempt = Attempt(message_id=planned.id, at=NOON, outcome="unknown", reference="SM1", took=LEASE)
    done = await stores.delivery.record(uuid4(), [structs.replace(outcome(planned.id), attempts=(attempt,))])
    shown = await stores.shown(planned)

    assert done == frozenset()
    assert [AttemptRow(at=NOON, outcome="unknown", provider="", reference="SM1", code="")] == shown.attempts


async def test_a_claim_has_the_instants_at_which_the_promises_of_its_case_end(
    stores: Stores, of: StoredEvent
) -> None:
    running = clock(due_at=NOON + 3 * HOUR)
    paused = replace(clock(), id=uuid4(), name="legal_term", course=ClockHistory(pauses=(Pause(since=NOON),)))
    ended = replace(clock(), id=uuid4(), name="callback", ended_at=NOON, state=ClockState.MET)
    elsewhere = replace(clock("pqrs_id:PQ-2"), name="conflict")
    await stores.save_clocks(running, paused, ended, elsewhere)
    one = message(of)
    await stores.add(one)

    [claimed] = await stores.claim(one)

    assert claimed.due == {"first_reply": NOON + 3 * HOUR}


@pytest.mark.parametrize(
    ("purpose", "party", "name"),
    [
        (Purpose.INTERNAL, {"ref": "p-1"}, "Name of p-1"),
        (Purpose.INTERNAL, {"name": "Ana Gil", "phone": "3001110001"}, "Ana Gil"),
        (Purpose.INTERNAL, {"ref": "p-9"}, None),
        (Purpose.TRANSACTIONAL, {"ref": "p-1"}, None),
    ],
    ids=["by reference", "by name", "unknown", "not for staff"],
)
async def test_claim_for_staff_names_the_person_whose_case_it_is(
    stores: Stores, purpose: Purpose, party: Json, name: str | None
) -> None:
    known = stored(event(data={"pqrs_id": "PQ-2", "petitioner": party}, id="e-2"), copropiedad_id="ph-1")
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory([person("p-1")])
        await transaction.add_events([known])
    to_staff = message(known, purpose=purpose)
    await stores.add(to_staff)

    [claimed] = await stores.claim(to_staff)

    assert name == claimed.party


@pytest.mark.parametrize("field", ["subject_id", "person_id"])
async def test_claim_for_staff_names_the_person_whom_the_event_has_by_id(stores: Stores, field: str) -> None:
    known = stored(event(data={"pqrs_id": "PQ-2", field: "p-1"}, id="e-2"))
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory([person("p-1")])
        await transaction.add_events([known])
    to_staff = message(known, purpose=Purpose.INTERNAL)
    await stores.add(to_staff)

    [claimed] = await stores.claim(to_staff)

    assert "Name of p-1" == claimed.party
