"""Bulk runs as they are stored: a run works through its rows once, and says what became of each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.desk.letters import queries
from hub.model import DeadLetter, Lane, Message, State, StoredEvent
from hub.model.bulk import BulkFilter, BulkKind, BulkResult, BulkRun, BulkState
from hub.model.ids import uuid8
from hub.model.message_lists import MessageList
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, event, letter, message, now, stored
from tests.providers.samples import outgoing


async def no_replay(_: DeadLetter) -> None:
    raise AssertionError("nothing is replayed here")


def run_of(chosen: int, **fields: Any) -> BulkRun:
    at = fields.pop("made_at", now())
    values: dict[str, Any] = {
        "kind": BulkKind.RESEND,
        "state": BulkState.RUNNING,
        "by": "ana",
        "reason": "falla",
        "asked": {"state": "failed"},
        "places": None,
        **fields,
    }
    return BulkRun(id=uuid8(at, "bulk_run", uuid4().hex), made_at=at, chosen=chosen, **values)


async def started(stores: RealStores, ids: Collection[UUID], **fields: Any) -> BulkRun:
    run = run_of(len(ids), **fields)
    await stores.bulk.start(run, ids)
    return run


async def worked(stores: RealStores, limit: int = 10) -> int:
    """Work until nothing waits; return how many batches it took."""
    batches = 0
    while await stores.bulk.work(limit, no_replay) is not None:
        batches += 1
    return batches


def lost(of: StoredEvent, number: int = 0, **fields: Any) -> Message:
    values = {"contact_id": f"cp-{number}", "person": f"p-{number}", "created_at": now() - HOUR}
    return message(of, **{**values, "state": State.FAILED, "reason": "timeout", **fields})


async def test_run_is_worked_batch_by_batch_to_its_end(stores: RealStores) -> None:
    run = await started(stores, [uuid4() for _ in range(5)])

    assert await worked(stores, limit=2) == 3
    shown = await stores.bulk.run(run.id)
    assert shown is not None
    assert (shown.state, shown.settled, shown.waiting) == (BulkState.DONE, 5, 0)
    assert shown.ended_at is not None
    assert await stores.bulk.work(2, no_replay) is None


async def test_cancelled_run_stops_between_batches(stores: RealStores) -> None:
    run = await started(stores, [uuid4() for _ in range(5)])
    await stores.bulk.work(2, no_replay)
    told = [await stores.bulk.cancel_run(run.id, by="luis"), await stores.bulk.cancel_run(run.id, by="eva")]

    assert told == [True, False]
    assert await worked(stores) == 0
    shown = await stores.bulk.run(run.id)
    assert shown is not None
    assert (shown.state, shown.waiting, shown.ended_by) == (BulkState.CANCELLED, 3, "luis")
    assert len(await stores.bulk.items(run.id, limit=9)) == 5


async def test_oldest_run_is_worked_first(stores: RealStores) -> None:
    second = await started(stores, [uuid4()])
    first = await started(stores, [uuid4()], made_at=now() - HOUR)

    batches = [await stores.bulk.work(9, no_replay) for _ in range(2)]
    assert [batch and batch.run for batch in batches] == [first.id, second.id]


async def test_run_is_seen_by_whoever_reaches_all_its_places(stores: RealStores) -> None:
    here = await started(stores, [uuid4()], places=["ph-1"])
    everywhere = await started(stores, [uuid4()])
    places = frozenset({"ph-1", "ph-2"})

    assert await stores.bulk.run(here.id, places=places) is not None
    assert await stores.bulk.run(here.id, places=frozenset({"ph-2"})) is None
    assert await stores.bulk.run(everywhere.id, places=places) is None
    assert [row.id for row in (await stores.bulk.runs(after=None, limit=5, places=places)).items] == [here.id]


async def test_rows_are_listed_by_result_page_by_page(stores: RealStores) -> None:
    run = await started(stores, ids := sorted(uuid4() for _ in range(3)))
    first = await stores.bulk.items(run.id, limit=2)
    rest = await stores.bulk.items(run.id, after=first[-1].id, limit=2)

    assert [row.id for row in [*first, *rest]] == ids
    assert await stores.bulk.items(run.id, result=BulkResult.DONE, limit=9) == []


async def test_lost_messages_go_again_and_the_rest_is_skipped_with_its_reason(
    stores: RealStores, of: StoredEvent
) -> None:
    goes, nowhere, sent = lost(of, 1), lost(of, 2, address=""), lost(of, 3, state=State.SENT, reason=None)
    await stores.add(goes, nowhere, sent)
    run = await started(stores, [goes.id, nowhere.id, sent.id])
    batch = await stores.bulk.work(9, no_replay)

    assert batch is not None
    assert [ticket.ids for ticket in batch.tickets] == [(goes.id,)]
    assert await stores.state_of(goes) == "queued"
    assert await stores.bulk.reasons(run.id) == {
        (BulkResult.DONE, ""): 1,
        (BulkResult.SKIPPED, "changed"): 1,
        (BulkResult.SKIPPED, "no_contact"): 1,
    }
    assert [row.event for row in await stores.bulk.items(run.id, limit=9)] == ["pqrs.received"] * 3


async def test_first_step_of_a_lost_cascade_goes_in_any_batches(stores: RealStores, of: StoredEvent) -> None:
    steps = [lost(of), lost(of, channel="sms", contact_id="cp-phone", step=1)]
    await stores.add(*steps)
    run = await started(stores, [step.id for step in steps])
    for _ in steps:
        await stores.bulk.work(1, no_replay)

    assert await stores.bulk.reasons(run.id) == {(BulkResult.DONE, ""): 1, (BulkResult.SKIPPED, "told"): 1}
    assert await stores.state_of(steps[0]) == "queued"


async def test_plan_judges_as_the_run_does(stores: RealStores, of: StoredEvent) -> None:
    rows = [
        lost(of, 1),
        lost(of, 2, address=""),
        lost(of, 3, ends_at=now() - HOUR),
        lost(of, 4, state=State.BOUNCED),
        lost(of, 5, state=State.SENT, reason=None),
    ]
    await stores.add(*rows)
    found = await stores.bulk.candidates(BulkKind.RESEND, BulkFilter(only=MessageList.LOST), 10)

    assert {row.id: row.skipped for row in found} == {
        rows[0].id: None,
        rows[1].id: "no_contact",
        rows[2].id: "too_old",
        rows[3].id: None,
    }


@pytest.mark.parametrize(
    "narrowed",
    [
        {"person": "p-1"},
        {"case": "pqrs_id:PQ-7"},
        {"event_id": "evt-7"},
        {"channel": "sms"},
        {"purpose": "transactional", "reason": "time"},
    ],
    ids=str,
)
@pytest.mark.parametrize("places", [None, frozenset({"ph-7"}), frozenset({"ph-9"})], ids=str)
async def test_what_is_chosen_fits_filter_and_places(
    stores: RealStores, of: StoredEvent, narrowed: dict[str, Any], places: frozenset[str] | None
) -> None:
    other = stored(event(id="evt-7"), copropiedad_id="ph-7", case="pqrs_id:PQ-7")
    await stores.add_events(other)
    mine = lost(other, 1, channel="sms")
    await stores.add(mine, lost(of, 2, reason="gone"))
    found = await stores.bulk.candidates(BulkKind.RESEND, BulkFilter(**narrowed), 10, places=places)

    assert [row.id for row in found] == ([] if places == frozenset({"ph-9"}) else [mine.id])


async def test_messages_that_have_not_left_never_do(stores: RealStores, of: StoredEvent) -> None:
    held, in_digest = (
        lost(of, 1, state=State.HELD, reason="paused", next_at=now() + HOUR),
        lost(of, 2, state=State.HELD, reason="in_digest", next_at=now() + HOUR),
    )
    taken = lost(of, 3, state=State.QUEUED, reason=None, lane=Lane.URGENT)
    await stores.add(held, in_digest, taken)
    [claimed] = await stores.claim(taken)
    run = await started(stores, [held.id, in_digest.id, taken.id], kind=BulkKind.CANCEL)
    await stores.bulk.work(9, no_replay)

    shown = await stores.shown(held)
    assert (shown.state, shown.reason) == ("cancelled", "withdrawn")
    assert await stores.state_of(in_digest) == "held"
    assert await stores.state_of(claimed.message) == "sending"
    assert await stores.bulk.reasons(run.id) == {
        (BulkResult.DONE, ""): 1,
        (BulkResult.SKIPPED, "changed"): 1,
        (BulkResult.SKIPPED, "in_digest"): 1,
    }


async def test_letters_are_marked_as_printed(stores: RealStores, of: StoredEvent) -> None:
    paper = lost(of, channel="print", state=State.SENT, reason=None)
    await stores.add(paper)
    await stores.letters.add([outgoing("print", paper.address, id=paper.id, person=paper.person)])
    choice = BulkKind.PRINTED, BulkFilter(), 9
    found = await stores.bulk.candidates(*choice, places=frozenset({"ph-1"}))
    await started(stores, [row.id for row in found], kind=BulkKind.PRINTED)
    await stores.bulk.work(9, no_replay)

    shown = await queries.letter(stores.database, paper.id)
    assert shown is not None
    assert shown.state == "printed"
    assert await stores.bulk.candidates(*choice) == []


async def test_dead_letters_are_replayed_once_but_not_those_of_a_wrong_sender(stores: RealStores) -> None:
    good, forged = letter(b"{", received_at=now()), letter(b"[", received_at=now(), wrong_sender=True)
    await stores.add_dead_letters(good, forged)
    found = await stores.bulk.candidates(BulkKind.REPLAY, BulkFilter(reason="not JSON"), 9)
    run = await started(stores, [row.id for row in found], kind=BulkKind.REPLAY)
    replayed: list[UUID] = []

    async def replay(dead: DeadLetter) -> None:
        replayed.append(dead.id)

    await stores.bulk.work(9, replay)

    assert {row.id: row.skipped for row in found} == {good.id: None, forged.id: "wrong_sender"}
    assert replayed == [good.id]
    assert await stores.bulk.reasons(run.id) == {
        (BulkResult.DONE, ""): 1,
        (BulkResult.SKIPPED, "wrong_sender"): 1,
    }


async def test_old_runs_are_forgotten_with_their_rows(stores: RealStores) -> None:
    old = await started(stores, [uuid4()], made_at=now() - timedelta(days=91))
    await worked(stores)
    await started(stores, [uuid4()])

    assert await stores.bulk.run(old.id) is None
    assert await stores.bulk.items(old.id, limit=9) == []
