"""Print batches of one copropiedad: each letter in one batch, in the order of a walk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.desk.letters import acts, queries
from hub.desk.letters.rows import BatchesQuery, LetterRow, LettersQuery, MadeBatch, PostedBody
from hub.doors.operator import Operator
from hub.errors import InvalidGuide, NothingToPrint, StorageUnavailable, TooLate
from hub.model import Message, PreferenceEntry, Preferences, State, StoredEvent
from hub.model.letters import LetterState
from hub.model.months import EPOCH
from hub.storage import Database, PostgresLetters, PostgresMonths
from hub.testing import MemoryAudit
from tests.contract.stores import RealStores
from tests.contract.test_letter_store import letter, made
from tests.contract.test_recalls import recall
from tests.contract.values import NOON, copropiedad, event, membership, message, now, person, stored, unit
from tests.operators import operator

HERE = "ph-1"
GUIDE = "RA123456789CO"


async def batch_of(stores: RealStores, place: str | None = HERE) -> MadeBatch:
    return await queries.make_batch(stores.database, place, by="ana", size="letter", now=now())


async def states(stores: RealStores, *letters: Message) -> list[object]:
    shown = [await queries.letter(stores.database, one.id) for one in letters]
    return [one and one.state for one in shown]


async def lives(stores: RealStores, *homes: tuple[str, str, dict[str, Any]], role: str = "owner") -> None:
    """Let people have these units: (person, unit, what else the unit has)."""
    entries = [copropiedad(HERE)]
    for who, ref, fields in homes:
        entries += [unit(ref, **fields), person(who), membership(who, f"unit:{ref}", role)]
    await stores.apply_directory(*entries)


async def places(stores: RealStores, batch: UUID) -> Sequence[str]:
    return [one.place for one in await queries.letters_of(stores.database, batch)]


async def test_batch_takes_what_is_open_and_walks_by_tower_and_unit(stores: RealStores) -> None:
    of = stored(event(id="of all"), copropiedad_id=HERE)
    await stores.add_events(of)
    await lives(
        stores,
        ("p-1", "a", {"tower": "2", "label": "Apto 1"}),
        ("p-2", "b", {"tower": "1", "label": "Apto 10"}),
        ("p-3", "c", {"tower": "10", "label": "Apto 1"}),
        ("p-4", "d", {"tower": "1", "label": "Apto 2"}),
    )
    for who in ("p-stranger", "p-1", "p-2", "p-3", "p-4"):
        await made(stores, of, who)
    delivered = await made(stores, of, "p-gone")
    await queries.hand_over(stores.database, delivered.id)
    batch = await batch_of(stores)
    shown = await queries.batch(stores.database, batch.batch)

    assert ["Torre 1 Apto 2", "Torre 1 Apto 10", "Torre 2 Apto 1", "Torre 10 Apto 1", ""] == await places(
        stores, batch.batch
    )
    assert shown is not None
    assert (True, 0, 5, 0, "Conjunto ph-1", "ana") == (
        *(batch.made, batch.left),
        *(shown.letters, shown.withdrawn, shown.copropiedad, shown.made_by),
    )


async def test_letter_goes_to_the_unit_that_its_event_names_else_to_where_the_person_lives(
    stores: RealStores, of: StoredEvent
) -> None:
    other = stored(event(id="of all"), copropiedad_id=HERE)
    await stores.add_events(other)
    await lives(stores, ("p-1", "u-1", {"label": "Apto 1"}), ("p-1", "u-0", {"label": "Apto 0"}))
    await lives(stores, ("p-1", "u-9", {"label": "Apto 9"}), role="resident")
    named, not_named = await made(stores, of), await made(stores, other)
    stranger = await made(stores, of, "p-stranger")
    batch = await batch_of(stores)
    found = {one.id: one.place for one in await queries.letters_of(stores.database, batch.batch)}

    assert {named.id: "Apto 1", not_named.id: "Apto 9", stranger.id: "Apto 1"} == found


async def test_who_wants_large_print_gets_it_and_a_batch_keeps_it(
    stores: RealStores, of: StoredEvent
) -> None:
    async def prints(*, large: bool, version: int) -> None:
        await stores.apply_directory(person("p-1", version, large_print=large))

    await prints(large=True, version=1)
    one = await made(stores, of)
    await made(stores, of, "p-2")
    alone = await queries.printed_letter(stores.database, one.id)
    batch = await batch_of(stores)
    await prints(large=False, version=2)
    printed = await queries.printed_letters(stores.database, batch.batch)

    assert alone is not None
    assert alone.large
    assert {"p-1": True, "p-2": False} == {letter.person: letter.large for letter in printed}


async def test_own_wish_of_large_print_wins_over_the_directory(stores: RealStores, of: StoredEvent) -> None:
    await stores.apply_directory(person("p-1", large_print=True), person("p-2"))
    for who, large in (("p-1", False), ("p-2", True)):
        wishes = Preferences(large_print=large)
        entry = PreferenceEntry(person=who, version=1, at=now(), by=who, way="page", wishes=wishes)
        await stores.preferences.keep(entry)
    one = await made(stores, of)
    await made(stores, of, "p-2")
    alone = await queries.printed_letter(stores.database, one.id)
    batch = await batch_of(stores)
    printed = await queries.printed_letters(stores.database, batch.batch)

    assert alone is not None
    assert not alone.large
    assert {"p-1": False, "p-2": True} == {letter.person: letter.large for letter in printed}


async def test_two_who_press_at_once_make_one_batch(stores: RealStores, of: StoredEvent) -> None:
    letters = [await made(stores, of, f"p-{number}") for number in range(20)]
    results = await asyncio.gather(*(batch_of(stores) for _ in range(6)))
    page = await queries.batches(stores.database, BatchesQuery(limit=9))

    assert 1 == len({result.batch for result in results})
    assert 1 == sum(result.made for result in results)
    assert [(20, 0)] == [(row.letters, row.withdrawn) for row in page.items]
    assert 20 == len(await queries.letters_of(stores.database, results[0].batch)) == len(letters)


async def test_letters_that_come_while_a_batch_is_made_are_in_one_batch_or_open(
    stores: RealStores, of: StoredEvent
) -> None:
    async def come(number: int) -> Message:
        return await made(stores, of, f"p-{number}")

    await come(99)
    *letters, _, _ = await asyncio.gather(*map(come, range(12)), batch_of(stores), batch_of(stores))
    rest = await batch_of(stores)
    page = await queries.batches(stores.database, BatchesQuery(limit=9))
    printed = [one.id for row in page.items for one in await queries.letters_of(stores.database, row.id)]

    assert rest.batch in {row.id for row in page.items}
    assert len(printed) == len(set(printed)) == 13
    assert {one.id for one in letters if isinstance(one, Message)} < set(printed)


async def test_nothing_open_gives_the_unprinted_batch_and_else_says_so(
    stores: RealStores, of: StoredEvent
) -> None:
    with pytest.raises(NothingToPrint):
        await batch_of(stores)
    await made(stores, of)
    first, again = await batch_of(stores), await batch_of(stores)
    with pytest.raises(NothingToPrint):
        await batch_of(stores, "ph-other")
    await queries.mark_printed(stores.database, first.batch)
    with pytest.raises(NothingToPrint):
        await batch_of(stores)

    assert (first.batch, True, False) == (again.batch, first.made, again.made)


async def test_letters_of_no_copropiedad_have_a_batch_of_their_own(
    stores: RealStores, of: StoredEvent
) -> None:
    nowhere = stored(event(id="of nobody"))
    await stores.add_events(nowhere)
    here, one = await made(stores, of), await made(stores, nowhere)
    batch = await batch_of(stores, None)

    assert ["open", "batched"] == await states(stores, here, one)
    assert await queries.batch(stores.database, batch.batch, frozenset({HERE})) is None


async def test_batch_goes_to_paper_to_the_post_and_to_its_people(stores: RealStores, of: StoredEvent) -> None:
    first, second, third = [await made(stores, of, f"p-{number}") for number in range(3)]
    batch = await batch_of(stores)
    steps = [await states(stores, first, second, third)]
    printed = [await queries.mark_printed(stores.database, batch.batch) for _ in range(2)]
    steps.append(await states(stores, first, second, third))
    posted = [await queries.post(stores.database, second.id, guide) for guide in (GUIDE, GUIDE, "RA-2")]
    await queries.hand_over(stores.database, third.id)
    steps.append(await states(stores, first, second, third))
    shown = await queries.batch(stores.database, batch.batch)

    assert [["batched"] * 3, ["printed"] * 3, ["printed", "posted", "delivered"]] == steps
    assert ([True, False], [True, False, True]) == (printed, posted)
    assert shown is not None
    assert (3, 1, 1) == (shown.letters, shown.posted, shown.delivered)


async def test_posting_is_an_attempt_and_the_message_stays_sent(stores: RealStores, of: StoredEvent) -> None:
    one = await made(stores, of)
    await queries.post(stores.database, one.id, GUIDE)
    shown = await stores.log.message(one.id)

    assert shown is not None
    assert "sent" == shown.state
    assert [("sent", "hub", "posted", GUIDE)] == [
        (row.outcome, row.provider, row.code, row.reference) for row in shown.attempts
    ]


async def test_what_is_delivered_is_not_posted(stores: RealStores, of: StoredEvent) -> None:
    one = await made(stores, of)
    await queries.hand_over(stores.database, one.id)

    with pytest.raises(TooLate):
        await queries.post(stores.database, one.id, GUIDE)
    assert await queries.post(stores.database, uuid4(), GUIDE) is None


@pytest.mark.parametrize("guide", ["", "12", "RA 1;2", "A" * 33, "-123", "RA\n<b>", "ÑANDÚ1"])
async def test_what_is_no_guide_is_refused(stores: RealStores, of: StoredEvent, guide: str) -> None:
    one = await made(stores, of)

    with pytest.raises(InvalidGuide):
        await acts.mark_posted(operator(stores.database), one.id, PostedBody(guide=guide))
    assert ["open"] == await states(stores, one)


async def test_guide_is_read_as_the_receipt_shows_it(stores: RealStores, of: StoredEvent) -> None:
    one = await made(stores, of)
    await acts.mark_posted(operator(stores.database), one.id, PostedBody(guide=" ra 123 456 789 co "))
    shown = await queries.letter(stores.database, one.id)

    assert shown is not None
    assert GUIDE == shown.guide


async def test_document_without_a_letter_is_listed_posted_and_missing_in_the_batch(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of, channel="print", contact_id="print", state=State.FAILED, reason="document_not_printed")
    await stores.add(one)
    await made(stores, of, "p-2")
    batch = await batch_of(stores)
    missing = await queries.missing_of(stores.database, batch.batch)
    listed = [await rows(stores, state) for state in (None, LetterState.OPEN, LetterState.POSTED)]
    posted = [await queries.post(stores.database, one.id, GUIDE) for _ in range(2)]
    after = await rows(stores, LetterState.POSTED)
    await queries.hand_over(stores.database, one.id)

    assert [(one.id, "María Peña")] == [(row.id, row.name) for row in missing]
    assert [[one.id], [one.id], []] == [[row.id for row in page if row.only_document] for page in listed]
    assert [True, False] == posted
    assert [GUIDE] == [row.guide for row in after]
    assert [one.id] == [row.id for row in await rows(stores, LetterState.DELIVERED)]


async def test_document_of_an_event_that_was_taken_back_is_not_to_be_printed(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of, channel="print", contact_id="print", state=State.FAILED, reason="document_not_printed")
    await stores.add(one)
    other = stored(event(id="another"), copropiedad_id=HERE)
    await stores.add_events(other)
    await made(stores, other, "p-2")
    batch = await batch_of(stores)
    before = await unprinted(stores, batch.batch)
    await recall(stores, of)
    after = await unprinted(stores, batch.batch)
    [here] = await queries.buildings(stores.database)
    await queries.cancel(stores.database, batch.batch)
    again = await batch_of(stores)

    assert ([1, 1], [0, 0]) == (before, after)
    assert 0 == here.documents
    assert [] == await queries.missing_of(stores.database, again.batch)


async def unprinted(stores: RealStores, batch: UUID) -> list[int]:
    missing = await queries.missing_of(stores.database, batch)
    return [len(await rows(stores, LetterState.OPEN)), len(missing)]


async def rows(stores: RealStores, state: LetterState | None, **asked: Any) -> list[LetterRow]:
    page = await queries.letters(stores.database, LettersQuery(state=state, **asked, limit=20))
    return page.items


async def test_pages_go_through_letters_and_documents_together(stores: RealStores, of: StoredEvent) -> None:
    failed = {"channel": "print", "state": State.FAILED, "reason": "document_not_printed"}
    for number in range(3):
        await made(stores, of, f"p-{number}")
        await stores.add(message(of, person=f"d-{number}", contact_id="print", created_at=now(), **failed))
    seen: list[str] = []
    after = None
    while True:
        page = await queries.letters(stores.database, LettersQuery(handed_over=False, after=after, limit=2))
        seen += [row.person for row in page.items]
        if (after := page.next) is None:
            break

    assert ["d-2", "p-2", "d-1", "p-1", "d-0", "p-0"] == seen


async def test_list_is_narrowed_by_copropiedad(stores: RealStores, of: StoredEvent) -> None:
    other = stored(event(id="elsewhere"), copropiedad_id="ph-2")
    await stores.add_events(other)
    here, there = await made(stores, of), await made(stores, other)

    assert [here.id] == [row.id for row in await rows(stores, None, copropiedad=HERE)]
    assert [there.id] == [row.id for row in await rows(stores, None, copropiedad="ph-2")]


async def test_buildings_say_what_waits(stores: RealStores, of: StoredEvent) -> None:
    await lives(stores, ("p-1", "u-1", {}))
    first, second = await made(stores, of), await made(stores, of, "p-2")
    batch = await batch_of(stores)
    await queries.mark_printed(stores.database, batch.batch)
    await queries.post(stores.database, first.id, GUIDE)
    await made(stores, of, "p-3")
    await stores.add(
        message(of, person="d-1", channel="print", state=State.FAILED, reason="document_not_printed")
    )
    [row] = await queries.buildings(stores.database)

    assert (HERE, "Conjunto ph-1", 1, 0, 1, 1, 1) == (
        *(row.copropiedad_id, row.copropiedad, row.open, row.batched, row.printed, row.posted),
        row.documents,
    )
    assert [] == list(await queries.buildings(stores.database, frozenset({"ph-2"})))
    assert second.id != first.id


async def test_cancelled_batch_opens_its_letters_until_one_is_on_paper(
    stores: RealStores, of: StoredEvent
) -> None:
    one = await made(stores, of)
    batch = await batch_of(stores)
    cancelled = [await queries.cancel(stores.database, batch.batch) for _ in range(2)]
    with pytest.raises(TooLate):
        await queries.mark_printed(stores.database, batch.batch)
    opened = await states(stores, one)
    again = await batch_of(stores)
    await queries.post(stores.database, one.id, GUIDE)
    with pytest.raises(TooLate):
        await queries.cancel(stores.database, again.batch)
    await queries.mark_printed(stores.database, again.batch)
    with pytest.raises(TooLate):
        await queries.cancel(stores.database, again.batch)

    assert ([True, False], ["open"]) == (cancelled, opened)
    assert batch.batch != again.batch


async def test_recalled_letter_leaves_its_batch_and_is_counted(stores: RealStores, of: StoredEvent) -> None:
    other = stored(event(id="stays"), copropiedad_id=HERE)
    await stores.add_events(other)
    gone, stays = await made(stores, of), await made(stores, other, "p-2")
    batch = await batch_of(stores)
    await recall(stores, of)
    shown = await queries.batch(stores.database, batch.batch)

    assert [stays.id] == [one.id for one in await queries.printed_letters(stores.database, batch.batch)]
    assert shown is not None
    assert (2, 1) == (shown.letters, shown.withdrawn)
    assert await queries.letter(stores.database, gone.id) is None


async def test_posted_letter_is_not_recalled(stores: RealStores, of: StoredEvent) -> None:
    one, printed = await made(stores, of), await made(stores, of, "p-2")
    batch = await batch_of(stores)
    await queries.mark_printed(stores.database, batch.batch)
    await queries.post(stores.database, one.id, GUIDE)
    await recall(stores, of)

    assert ["posted", None] == await states(stores, one, printed)
    assert ["sent", "cancelled"] == [await stores.state_of(one), await stores.state_of(printed)]


async def test_recall_and_batch_at_once_leave_no_letter_in_the_batch(
    stores: RealStores, of: StoredEvent
) -> None:
    await asyncio.gather(*(made(stores, of, f"p-{number}") for number in range(30)))
    results = await asyncio.gather(batch_of(stores), recall(stores, of), return_exceptions=True)

    assert all(result is None or isinstance(result, MadeBatch | NothingToPrint) for result in results)
    assert [] == await rows(stores, None)
    for row in (await queries.batches(stores.database, BatchesQuery(limit=9))).items:
        assert row.withdrawn == row.letters


async def test_hand_over_while_the_batch_is_made_loses_nothing(stores: RealStores, of: StoredEvent) -> None:
    letters = [await made(stores, of, f"p-{number}") for number in range(20)]
    over = [queries.hand_over(stores.database, one.id) for one in letters[:10]]
    batch, *changed = await asyncio.gather(batch_of(stores), *over)
    assert isinstance(batch, MadeBatch)
    held = await states(stores, *letters)

    assert [True] * 10 == changed
    assert ["delivered"] * 10 + ["batched"] * 10 == held


async def test_hand_over_in_a_batch_stays_in_it(stores: RealStores, of: StoredEvent) -> None:
    first, second = await made(stores, of), await made(stores, of, "p-2")
    by, batch = operator(stores.database), (await batch_of(stores)).batch
    with pytest.raises(TooLate):
        await acts.to_hand_over(by, batch)
    await acts.mark_printed(by, batch)
    await acts.hand_over(by, first.id)

    assert [second.id] == [one.id for one in await acts.to_hand_over(by, batch)]
    assert 2 == len(await queries.printed_letters(stores.database, batch))


async def test_what_is_with_the_post_is_not_handed_over_with_its_batch(
    stores: RealStores, of: StoredEvent
) -> None:
    """It has not arrived: to call it delivered would end a legal term."""
    posted, here = await made(stores, of), await made(stores, of, "p-2")
    by, batch = operator(stores.database), (await batch_of(stores)).batch
    await acts.mark_printed(by, batch)
    await acts.mark_posted(by, posted.id, PostedBody(guide=GUIDE))

    assert [here.id] == [one.id for one in await acts.to_hand_over(by, batch)]
    assert [1, 0] == [(await acts.hand_over_batch(by, batch)).changed for _ in range(2)]
    assert ["posted", "delivered"] == await states(stores, posted, here)


async def test_batches_are_listed_where_they_belong_in_pages(stores: RealStores, of: StoredEvent) -> None:
    for number in range(3):
        await made(stores, of, f"p-{number}")
        await batch_of(stores)
    first = await queries.batches(stores.database, BatchesQuery(limit=2), places=frozenset({HERE}))
    rest = await queries.batches(stores.database, BatchesQuery(after=first.next, limit=2, copropiedad=HERE))
    nowhere = await queries.batches(stores.database, BatchesQuery(limit=2), places=frozenset({"ph-2"}))

    assert (2, 1, 0) == (len(first.items), len(rest.items), len(nowhere.items))
    assert first.items[0].made_at > first.items[1].made_at > rest.items[0].made_at


async def test_batch_of_letters_that_went_with_their_month_is_forgotten(emptied_database: str) -> None:
    async with Database(emptied_database) as database:
        await PostgresLetters(database).add([letter(message(stored(event()), channel="print"))])
        old = NOON - timedelta(days=400)
        made_batch = await queries.make_batch(database, None, by="ana", size="a4", now=old)
        months, gap = PostgresMonths(database), (EPOCH, NOON + timedelta(days=1))
        await months.forget(gap, 10)
        forgotten = await months.forget(gap, 10)

        assert forgotten == 0
        assert await queries.batch(database, made_batch.batch) is None


async def _post(by: Operator, letter_id: UUID, _: UUID) -> object:
    return await acts.mark_posted(by, letter_id, PostedBody(guide=GUIDE))


async def _print(by: Operator, _: UUID, batch: UUID) -> object:
    return await acts.mark_printed(by, batch)


async def _cancel(by: Operator, _: UUID, batch: UUID) -> object:
    return await acts.cancel_batch(by, batch)


@pytest.mark.parametrize(
    ("do", "action"), [(_post, "letter.posted"), (_print, "batch.printed"), (_cancel, "batch.cancelled")]
)
async def test_nothing_changes_without_a_row_in_the_audit(
    stores: RealStores, of: StoredEvent, do: Callable[..., Awaitable[object]], action: str
) -> None:
    one, notes = await made(stores, of), MemoryAudit()
    batch = (await batch_of(stores)).batch
    by = operator(stores.database, audit=notes)
    notes.faults.script("add", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await do(by, one.id, batch)
    before = await states(stores, one)
    await do(by, one.id, batch)

    assert ["batched"] == before != await states(stores, one)
    assert [("cli:ana", action)] == [(row.who, row.action) for row in notes.rows]
