"""Several workers on one database: nothing is taken twice, nothing waits for ever."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from hub.errors import StorageConflict
from hub.model import ClockState, Message, State, StoredEvent, Symptom
from hub.model.case_state import CaseState
from hub.ports import IntakeTransaction
from hub.storage import Database, PostgresMonitor
from tests.contract.stores import AT_ONCE, RealStores, release_due
from tests.contract.values import (
    FALLBACK,
    HOUR,
    LEASE,
    clock,
    event,
    letter,
    membership,
    message,
    next_of,
    now,
    outcome,
    person,
    stored,
)


async def _some(stores: RealStores, count: int, **fields: object) -> list[Message]:
    of = stored()
    await stores.add_events(of)
    added = [message(of, person=f"p-{n}", **fields) for n in range(count)]
    await stores.add(*added)
    return added


async def test_two_claimers_never_take_the_same_message(stores: RealStores) -> None:
    added = await _some(stores, 200)

    async def claim() -> list[UUID]:
        shuffled = random.sample(added, len(added))
        return [claimed.message.id for claimed in await stores.claim(*shuffled)]

    taken = Counter(
        message_id for ids in await asyncio.gather(*(claim() for _ in range(8))) for message_id in ids
    )

    assert set(taken.values()) == {1}
    assert len(taken) == 200


async def test_releasing_and_claiming_at_once_takes_each_once(stores: RealStores) -> None:
    added = await _some(stores, 200, state=State.RETRYING, next_at=now() - HOUR)
    ids = [message.id for message in added]

    tickets, claimed, due = await asyncio.gather(
        stores.timers.release(ids), stores.claim(*added), release_due(stores, 200)
    )

    released = [message_id for ticket in [*tickets, *due] for message_id in ticket.ids]
    assert len(set(released)) == len(released)
    # A message released before the claim is queued, so that the claim may take it: once all the same.
    assert len({entry.message.id for entry in claimed}) == len(claimed)


async def test_only_one_sweep_tickets_a_message(stores: RealStores, database: str) -> None:
    added = await _some(stores, 300)
    await _age(database, timedelta(minutes=90))

    queue = added[0].channel, added[0].lane
    sweeps = await asyncio.gather(
        *(stores.timers.stale_queued(*queue, HOUR, 300, empty=True) for _ in range(4))
    )

    ids = [message_id for tickets in sweeps for ticket in tickets for message_id in ticket.ids]
    assert sorted(ids) == sorted(message.id for message in added)


async def test_the_age_of_a_sweep_doubles(stores: RealStores, database: str) -> None:
    [one] = await _some(stores, 1)

    async def swept_at(age: timedelta) -> bool:
        await _age(database, age)
        return bool(await stores.timers.stale_queued(one.channel, one.lane, HOUR, 10, empty=True))

    ages = [0.9, 1.1, 1.9, 2.1, 3.9, 4.1]
    assert [await swept_at(age * HOUR) for age in ages] == [False, True] * 3


async def _age(database: str, age: timedelta) -> None:
    """Let the last ticket of every message be so old."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("UPDATE message SET ticketed_at = now() - $1::interval", age)
    finally:
        await connection.close()


async def test_one_of_many_advances_a_clock(stores: RealStores) -> None:
    one = clock()
    await stores.save_clocks(one)
    risky = replace(one, fired=1, state=ClockState.AT_RISK)

    advanced = await asyncio.gather(*(stores.timers.advance([risky], seen=[one]) for _ in range(8)))

    assert sorted(map(bool, advanced)) == [False] * 7 + [True]


async def test_many_clocks_advance_while_intake_writes_them_without_a_circle(stores: RealStores) -> None:
    clocks = [clock(f"c-{n}") for n in range(40)]
    await stores.save_clocks(*clocks)

    async def write() -> None:
        async with stores.intake.transaction() as transaction:
            await transaction.save_clocks(await transaction.clocks([one.case for one in clocks], []))

    async def advance() -> set[UUID]:
        mine = random.sample(clocks, len(clocks))
        risky = [replace(one, fired=1, state=ClockState.AT_RISK) for one in mine]
        return set(await stores.timers.advance(risky, seen=mine))

    done = [await asyncio.gather(advance(), write(), advance(), write()) for _ in range(10)]

    assert [{one.id for one in clocks}] == [set(of_one) for row in done for of_one in row if of_one]


async def test_overlapping_batches_in_any_order_do_not_deadlock(stores: RealStores) -> None:
    events = [stored(event(id=f"e-{n}"), case=f"c-{n % 7}") for n in range(60)]
    messages = {one.key: message(one) for one in events}
    letters = [letter(b"%d" % n) for n in range(20)]
    directory = [person(f"p-{n}", version=n % 3) for n in range(40)] + [
        membership(f"p-{n}", f"unit:u-{n % 5}", "owner", version=n % 3) for n in range(40)
    ]

    async def write(transaction: IntakeTransaction, mine: Sequence[StoredEvent]) -> None:
        await transaction.add_dead_letters(random.sample(letters, len(letters)))
        await transaction.apply_directory(random.sample(directory, len(directory)))
        await transaction.add_events(mine)
        await transaction.add_messages([messages[one.key] for one in mine])
        cases = {one.case for one in mine if one.case}
        await transaction.lock_cases({case: random.random() < 0.5 for case in cases})
        await transaction.lock_case_states(cases)
        await transaction.save_case_states({case: CaseState(version="v") for case in cases})
        await transaction.save_clocks([clock(f"c-{n}") for n in random.sample(range(7), 7)])

    async def batch() -> None:
        async with stores.intake.transaction() as transaction:
            await write(transaction, random.sample(events, 50))

    await asyncio.gather(*(batch() for _ in range(12)))

    counts = await stores.log.counts()
    assert (counts["messages"], counts["clocks"], counts["dead"]) == (
        {"queued": 60},
        {"open": 7},
        {"open": 20},
    )


async def test_a_deadlock_is_a_conflict_and_the_other_transaction_goes_through(stores: RealStores) -> None:
    both_hold_one = asyncio.Barrier(2)

    async def lock(first: str, second: str) -> None:
        async with stores.intake.transaction() as transaction:
            await transaction.lock_cases({first: True})
            await both_hold_one.wait()
            await transaction.lock_cases({second: True})

    results = await asyncio.gather(lock("a", "b"), lock("b", "a"), return_exceptions=True)

    assert [type(result) for result in results if result is not None] == [StorageConflict]


async def test_a_case_is_read_only_when_the_one_before_has_committed(stores: RealStores) -> None:
    """Otherwise two events of one case that come in at once would each be replayed without the other."""

    async def add(stored: StoredEvent) -> int:
        async with stores.intake.transaction() as transaction:
            await transaction.lock_cases({"c": True})
            await transaction.add_events([stored])
            found = await transaction.case_events({"c": None})
            return len(found["c"])

    seen = await asyncio.gather(*(add(stored(event(id=f"e-{n}"), case="c")) for n in range(8)))

    assert sorted(seen) == list(range(1, 9))


async def test_transactions_that_share_a_case_go_on_together_and_shut_out_who_wants_it_alone(
    stores: RealStores,
) -> None:
    order: list[str] = []
    # The transaction that wants it alone comes third: those who share after that would wait behind it.
    both_share = asyncio.Barrier(3)

    async def share(name: str) -> None:
        async with stores.intake.transaction() as transaction:
            await transaction.lock_cases({"c": False})
            await both_share.wait()
            await asyncio.sleep(0.2)
            order.append(name)

    async def alone() -> None:
        await both_share.wait()
        async with stores.intake.transaction() as transaction:
            await transaction.lock_cases({"c": True})
            order.append("alone")

    await asyncio.gather(share("a"), share("b"), alone())

    assert (sorted(order[:2]), order[2:]) == (["a", "b"], ["alone"])


async def test_recording_while_others_claim_ended_leases_neither_blocks_nor_mixes(stores: RealStores) -> None:
    added = await _some(stores, 100)
    ids = [message.id for message in added]

    async def work() -> frozenset[UUID]:
        token = uuid4()
        claimed = await stores.delivery.claim(random.sample(ids, 100), token=token, lease=AT_ONCE)
        await release_due(stores, 100)
        return await stores.delivery.record(token, [outcome(entry.message.id) for entry in claimed])

    done: Counter[UUID] = Counter()
    while len(done) < len(ids):
        done.update(
            message_id for part in await asyncio.gather(*(work() for _ in range(6))) for message_id in part
        )

    assert set(done.values()) == {1}


async def test_a_claim_by_somebody_else_outlives_the_record_of_the_one_before(stores: RealStores) -> None:
    [one] = await _some(stores, 1)
    lost, held = uuid4(), uuid4()
    await stores.delivery.claim([one.id], token=lost, lease=AT_ONCE)
    await release_due(stores, 10)
    _, done = await asyncio.gather(
        stores.delivery.claim([one.id], token=held, lease=LEASE),
        stores.delivery.record(lost, [outcome(one.id)]),
    )
    kept = await stores.delivery.record(held, [outcome(one.id)])

    # In either order exactly one of the two took effect, or the claim came too late to be one.
    assert (done, kept) in ((frozenset([one.id]), frozenset()), (frozenset(), frozenset([one.id])))


async def test_a_cascade_continued_by_two_at_once_has_one_next_step(stores: RealStores) -> None:
    [lost] = await _some(stores, 1, state=State.FAILED, fallback=FALLBACK)

    async def resume() -> None:
        for cascade in await stores.timers.broken_cascades(10):
            await stores.timers.add_messages([next_of(cascade)])

    await asyncio.gather(*(resume() for _ in range(6)))

    assert (await stores.log.counts())["messages"] == {"failed": 1, "queued": 1}
    assert await stores.state_of(next_of(lost)) == "queued"


async def test_one_of_many_that_see_the_same_incident_begins_it(opened: Database) -> None:
    watching = PostgresMonitor(opened, ())
    for _ in range(5):
        symptoms = [Symptom(key=f"circuit:sms:{number}", measured="x") for number in range(5)]
        await asyncio.gather(*(watching.see(symptoms) for _ in range(8)))
        assert 5 == sum(incident.resolved_at is None for incident in await watching.incidents(100))
        await watching.resolve(["circuit"], timedelta(microseconds=-1))

    assert 25 == len(await watching.incidents(100))
