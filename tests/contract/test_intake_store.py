"""The contract of the IntakeStore."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from msgspec import structs

from hub.errors import StorageRefused
from hub.model import Party, State, StoredEvent
from hub.model.case_state import Answer, CaseState
from hub.ports import MessageFilter
from hub.storage.dead_letters import find
from tests.contract.stores import RealStores, Stores
from tests.contract.values import (
    FALLBACK,
    HOUR,
    NOON,
    event,
    letter,
    message,
    stored,
)


async def test_event_is_new_only_once(stores: Stores) -> None:
    one = stored()
    async with stores.intake.transaction() as transaction:
        first = await transaction.add_events([one, one])
    async with stores.intake.transaction() as transaction:
        second = await transaction.add_events([one])

    assert (set(first), set(second)) == ({one.key}, set())


async def test_a_source_and_id_that_are_known_are_not_new_at_another_time(stores: Stores) -> None:
    one = event()
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([stored(one)])
        again = await transaction.add_events([stored(structs.replace(one, time=NOON + HOUR))])

    assert again.keys() == set()


async def test_an_event_comes_back_as_it_went_in(stores: Stores) -> None:
    one = stored(
        event(
            subject="PQ-1",
            datacontenttype="application/json",
            dataschema="https://example.com/schema",
            data={"pqrs_id": "PQ-1", "n": 1.5, "list": [1, None, {"ñ": "á"}]},
            extensions={"quiet": True},
        ),
        copropiedad_id="ph-1",
        unit_id="u-1",
    )
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([one])
        found = await transaction.case_events({"pqrs_id:PQ-1": None, "nothing": None})

    assert found == {"pqrs_id:PQ-1": [one]}


async def test_events_of_a_case_are_read_from_an_instant_on(stores: Stores) -> None:
    first, second, third = (stored(event(id=f"e-{n}", time=NOON + n * HOUR)) for n in range(3))
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([third, first, second])
        found = await transaction.case_events({"pqrs_id:PQ-1": NOON + HOUR})

    assert found == {"pqrs_id:PQ-1": [second, third]}


async def test_a_case_state_comes_back_as_it_went_in(stores: Stores) -> None:
    state = CaseState(
        version="v-1",
        until=(NOON, True, NOON - HOUR, "e-1", "urn:a"),
        running={"first_reply": uuid4()},
        ended={"legal_term": uuid4()},
        answers={"legal_term": (Answer("e-2", NOON),)},
        lost={"legal_term": ("e-3",)},
        missing=("e-4",),
        reminders_end=NOON,
    )
    async with stores.intake.transaction() as transaction:
        await transaction.save_case_states({"c-1": CaseState(version=""), "c-2": CaseState(version="")})
        await transaction.save_case_states({"c-1": state})
    async with stores.intake.transaction() as transaction:
        read = await transaction.case_states(["c-1", "c-3"])
        locked = await transaction.lock_case_states(["c-1", "c-2"])

    assert (read, locked) == ({"c-1": state}, {"c-1": state, "c-2": CaseState(version="")})


async def test_case_that_has_only_earlier_events_has_an_unknown_state(stores: Stores) -> None:
    earlier, replayed, new = (stored(event(id=case), case=case) for case in ("c-1", "c-2", "c-3"))
    state = CaseState(version="v-1")
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([earlier, replayed])
        await transaction.save_case_states({"c-2": state})
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([new])
        begun = await transaction.case_states(["c-1", "c-2", "c-3"], ["c-1", "c-2", "c-3"])
        others = await transaction.case_states(["c-1", "c-2", "c-3"])

    assert (begun, others) == ({"c-1": CaseState(version=""), "c-2": state}, {"c-2": state})


async def test_a_transaction_that_raises_leaves_nothing(stores: Stores) -> None:
    one = stored()
    with pytest.raises(ZeroDivisionError):
        await _add_and_raise(stores, one)
    async with stores.intake.transaction() as transaction:
        new = await transaction.add_events([one])

    assert new.keys() == {one.key}


async def _add_and_raise(stores: Stores, stored: StoredEvent) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([stored])
        raise ZeroDivisionError


async def test_a_value_that_cannot_be_stored_is_refused_without_being_quoted(stores: Stores) -> None:
    with pytest.raises(StorageRefused) as refused:
        await stores.add_events(stored(event(data={"secret": "María\0"})))

    assert "María" not in str(refused.value)


@pytest.mark.parametrize("broken", ["\ud800", "x" * 3000 + "\0", "id\0"])
async def test_broken_text_is_refused(stores: Stores, broken: str) -> None:
    with pytest.raises(StorageRefused):
        await stores.add_events(stored(event(subject=broken)))


async def test_an_event_waits_for_its_party_until_it_is_planned(stores: Stores) -> None:
    one = stored(planned=False, waiting=True)
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([one])
        waiting = await transaction.waiting_events(["pqrs_id:PQ-1"])
        unplanned = await transaction.unplanned([one.key])
        await transaction.mark_planned([one.key])

        assert (waiting, unplanned) == ([one], frozenset([one.key]))
        assert await transaction.waiting_events(["pqrs_id:PQ-1"]) == []
        assert await transaction.unplanned([one.key]) == frozenset()


async def test_where_an_event_happened_is_learned_once_and_its_messages_are_there(stores: RealStores) -> None:
    one = structs.replace(stored(planned=False, waiting=True), copropiedad_id=None, unit_id=None)
    later = structs.replace(one, copropiedad_id="ph-a", unit_id="u-a")
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([one])
        await transaction.place_events([later])
        await transaction.place_events([structs.replace(one, copropiedad_id="ph-b")])
        await transaction.add_messages([message(one)])
        [found] = await transaction.waiting_events(["pqrs_id:PQ-1"])
    here, there = [
        await stores.log.messages(MessageFilter(places=frozenset({place})), after=None, limit=5)
        for place in ("ph-a", "ph-b")
    ]

    assert later == found
    assert (1, 0) == (len(here.items), len(there.items))


async def test_the_latest_party_of_a_case_wins_in_any_order(stores: Stores) -> None:
    older = Party(case="c", who="petitioner", recipients={"ref": "p-1"}, since=NOON)
    newer = replace(older, recipients={"ref": "p-2"}, since=NOON + HOUR)
    async with stores.intake.transaction() as transaction:
        await transaction.add_parties([newer, older])
        await transaction.add_parties([older])
        found = await transaction.parties(["c", "d"])

    assert found == {("c", "petitioner"): {"ref": "p-2"}}


async def test_the_same_dead_letter_again_counts_up(stores: RealStores) -> None:
    one = letter()
    await stores.add_dead_letters(one, letter(b"other"), one)
    await stores.add_dead_letters(replace(one, reason="something else"))
    rows = await stores.database.rows("SELECT id FROM dead_letter")

    assert sorted(row["id"] for row in rows) == sorted((one.id, letter(b"other").id))
    assert await find(stores.database, one.id) == one


async def test_a_message_comes_back_with_every_field(stores: Stores, of: StoredEvent) -> None:
    planned = message(
        of,
        reason="over",
        next_at=NOON,
        expires_at=NOON + HOUR,
        ends_at=NOON + 2 * HOUR,
        patience=HOUR,
        variant="owners",
        units=("Apto 101", "Apto 302"),
        rests=True,
        skipped=("voice:not_configured",),
        fallback=FALLBACK,
    )
    await stores.add(planned)
    async with stores.intake.transaction() as transaction:
        [found] = await transaction.queued_messages([of.key])

    assert planned == found
    assert [] == [
        field.name for field in structs.fields(planned) if getattr(planned, field.name) == field.default
    ]


async def test_queued_messages_of_events_are_answered(stores: Stores, of: StoredEvent) -> None:
    planned = message(of, units=("Apto 101", "Apto 302"), rests=True)
    await stores.add(planned, message(of, person="p-2", state=State.HELD, next_at=NOON))
    async with stores.intake.transaction() as transaction:
        assert await transaction.queued_messages([of.key, uuid4()]) == [planned]
        assert await transaction.queued_messages([]) == []
