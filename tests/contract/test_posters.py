"""Posters: asked for once, moved on by staff, and no longer valid the moment that something ends them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from hub.catalog import BY_NAME
from hub.desk.posters import queries
from hub.desk.posters.rows import PosterRow, PostersQuery
from hub.errors import StorageRefused
from hub.messages.planning.posters import boards_of, posters_of
from hub.model import Event, Recall, StoredEvent
from hub.model.ids import poster_id
from hub.model.posters import PosterEnd, PosterPage, PosterState, PosterStep
from hub.storage import posters
from tests.acceptance.harness import until
from tests.contract.stores import RealStores
from tests.contract.values import event, now, stored

BOARDS: Final = boards_of(BY_NAME)
ANNOUNCED: Final = "maintenance.scheduled.announced"
PAGE: Final = PosterPage(title="Sin agua", html="<p>Sin agua</p>", sha256=sha256(b"1").digest())
SOON: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Staff who hang posters, with the rows that they see."""

    stores: RealStores
    id: UUID

    async def record(self, *steps: PosterStep) -> list[bool]:
        return [await self._record(step) for step in steps]

    async def _record(self, step: PosterStep) -> bool:
        return await queries.record(self.stores.database, await self.shown(), step, by="cli:ana")

    async def shown(self) -> PosterRow:
        shown = await queries.poster(self.stores.database, self.id)
        assert shown is not None
        return shown

    async def state(self) -> object:
        return (await self.shown()).state

    async def is_over(self) -> bool:
        return (await self.shown()).ended_by is not None


def works(
    name: str = ANNOUNCED, *, at: datetime | None = None, place: str = "ph-1", **data: Any
) -> StoredEvent:
    ends = (now() + SOON).isoformat()
    one = event(
        name, time=at or now() - timedelta(minutes=5), data={"work_id": "o-1", "ends_at": ends, **data}
    )
    return stored(one, case="work_id:o-1", copropiedad_id=place)


async def happen(stores: RealStores, *happened: StoredEvent, ends: datetime | None = None) -> None:
    """Store events and ask for their posters, as intake does."""
    async with stores.intake.transaction() as transaction:
        await transaction.add_events(list(happened))
        asked = [
            replace(poster, hangs_until=ends or poster.hangs_until)
            for one in happened
            for poster in posters_of(one, BY_NAME[one.event.name], BOARDS.get(one.event.type, ()), now=now())
        ]
        if asked:
            await transaction.ask_posters(asked)


async def hung(stores: RealStores, one: StoredEvent, ends: datetime | None = None) -> Staff:
    await happen(stores, one, ends=ends)
    return Staff(stores=stores, id=poster_id(one.key, 0, one.copropiedad_id or ""))


async def recall(stores: RealStores, of: Event) -> None:
    by = stored(event("notification.recall", time=now()))
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([by])
        await transaction.recall([Recall(source=of.source, event_id=of.id, by=by.key)])


async def listed(stores: RealStores, **narrowed: Any) -> list[object]:
    places = narrowed.pop("places", None)
    query = PostersQuery(**{"limit": 10, **narrowed})
    return [row.id for row in (await queries.posters(stores.database, query, places)).items]


async def test_a_poster_is_asked_for_once(stores: RealStores) -> None:
    one = works(zones=["tower:1", "tower:2"])
    staff = await hung(stores, one)
    await happen(stores, one)
    shown = await staff.shown()

    assert [staff.id] == await listed(stores)
    assert (["tower:1", "tower:2"], False, ANNOUNCED) == (shown.zones, shown.urgent, shown.event)
    assert ("to_print", None) == (shown.state, shown.ended_by)


async def test_staff_moves_a_poster_on_step_by_step_and_each_step_once(stores: RealStores) -> None:
    staff = await hung(stores, works())
    moved = [(await staff.record(step, step), await staff.state()) for step in PosterStep]

    assert moved == [([True, False], state) for state in ("printed", "hung", "taken_down")]
    assert await staff.record(*PosterStep) == [False, False, False]


async def test_what_hangs_was_printed(stores: RealStores) -> None:
    staff = await hung(stores, works())
    await staff.record(PosterStep.HUNG)
    shown = await staff.shown()

    assert ("cli:ana", "cli:ana") == (shown.printed_by, shown.hung_by)
    assert shown.printed_at == shown.hung_at


@pytest.mark.parametrize(
    ("steps", "holds", "over"),
    [
        ([], "to_print", "obsolete"),
        (["printed"], "printed", "to_take_down"),
        (["printed", "hung"], "hung", "to_take_down"),
        (["printed", "hung", "taken_down"], "taken_down", "taken_down"),
    ],
)
@pytest.mark.parametrize("end", PosterEnd)
async def test_the_state_follows_from_its_steps_and_its_end(
    stores: RealStores, steps: list[str], holds: str, over: str, end: PosterEnd
) -> None:
    one = works()
    staff = await hung(stores, one)
    await staff.record(*map(PosterStep, steps))
    before = await staff.state()
    if end is PosterEnd.RECALLED:
        await recall(stores, one.event)
    elif end is PosterEnd.REPLACED:
        await happen(stores, works("maintenance.scheduled.cancelled", at=now()))
    else:
        staff = await hung(stores, works(place="ph-2"), ends=now() + timedelta(seconds=2))
        await staff.record(*map(PosterStep, steps))
        await until(staff.is_over, "the end of the notice")
    shown = await staff.shown()

    assert (holds, over) == (before, shown.state)
    assert end == shown.ended_by


async def test_what_no_longer_holds_is_neither_printed_nor_hung(stores: RealStores) -> None:
    one = works()
    staff = await hung(stores, one)
    await recall(stores, one.event)

    assert [False, False, False] == await staff.record(*PosterStep)
    assert "obsolete" == await staff.state()


@pytest.mark.parametrize("later", ["maintenance.scheduled.changed", "maintenance.scheduled.completed"])
async def test_a_later_event_of_the_case_ends_it_also_when_it_came_first(
    stores: RealStores, later: str
) -> None:
    await happen(stores, works(later, at=now()))
    staff = await hung(stores, works())

    assert "obsolete" == await staff.state()


async def test_neither_an_earlier_event_nor_another_case_ends_it(stores: RealStores) -> None:
    staff = await hung(stores, works())
    await happen(stores, works("maintenance.scheduled.cancelled", at=now() - timedelta(days=1)))
    other = event("maintenance.scheduled.cancelled", time=now(), data={"work_id": "o-2"})
    await happen(stores, stored(other, case="work_id:o-2", copropiedad_id="ph-1"))

    assert "to_print" == await staff.state()


async def test_a_cancellation_that_is_taken_back_ends_nothing(stores: RealStores) -> None:
    staff = await hung(stores, works())
    cancelled = works("maintenance.scheduled.cancelled", at=now())
    await happen(stores, cancelled)
    ended = await staff.state()
    await recall(stores, cancelled.event)

    assert ("obsolete", "to_print") == (ended, await staff.state())


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_recall_that_commits_at_the_same_moment_is_not_missed(
    stores: RealStores, *, is_first: bool
) -> None:
    """Each transaction begins before the other has committed: neither sees the other's row."""
    one = works()
    by = stored(event("notification.recall", time=now()))
    both_open = asyncio.Barrier(2)

    async def asks() -> None:
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([one])
            await transaction.ask_posters(
                posters_of(one, BY_NAME[ANNOUNCED], BOARDS[one.event.type], now=now())
            )
            await both_open.wait()
            await asyncio.sleep(0 if is_first else 0.05)

    async def recalls() -> None:
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([by])
            await transaction.recall([Recall(source=one.event.source, event_id=one.event.id, by=by.key)])
            await both_open.wait()
            await asyncio.sleep(0.05 if is_first else 0)

    await asyncio.gather(asks(), recalls())

    assert "obsolete" == await Staff(stores=stores, id=poster_id(one.key, 0, "ph-1")).state()


async def test_the_first_page_stays(stores: RealStores) -> None:
    staff = await hung(stores, works())
    other = PosterPage(title="Otro", html="<p>Otro</p>", sha256=sha256(b"2").digest())
    kept = [await posters.keep_page(stores.database, staff.id, page) for page in (PAGE, other)]
    source = await posters.source(stores.database, staff.id)
    notice = await posters.notice(stores.database, staff.id)

    assert [PAGE, PAGE] == kept
    assert source is not None
    assert notice is not None
    assert (PAGE, PAGE, None) == (source.page, notice.page, notice.ended_by)


async def test_a_poster_that_nobody_has_made_has_no_notice(stores: RealStores) -> None:
    staff = await hung(stores, works())

    assert await posters.notice(stores.database, staff.id) is None
    assert await posters.notice(stores.database, uuid4()) is None


async def test_what_is_for_everyone_hangs_in_each_copropiedad(stores: RealStores) -> None:
    places = [
        event(
            "directory.copropiedad.upserted",
            data={
                "copropiedad_id": place,
                "version": 1,
                "name": place.upper(),
                "address": None,
                "towers": [],
            },
        )
        for place in ("ph-1", "ph-2")
    ]
    await stores.apply_directory(*places)
    data = {"policy_id": "mascotas", "effective_on": "2036-01-01"}
    new = stored(
        event("policy.updated", time=now(), data=data), case="policy_id:mascotas", copropiedad_id=None
    )
    await happen(stores, new)
    [one] = await listed(stores, copropiedad="ph-2")
    source = await posters.source(stores.database, UUID(str(one)))

    assert len(await listed(stores)) == 2
    assert source is not None
    assert (source.building, source.event, source.data) == ("PH-2", "policy.updated", data)


async def test_an_event_knows_its_posters(stores: RealStores) -> None:
    one = works()
    staff = await hung(stores, one)
    elsewhere = frozenset({"ph-2"})

    assert [staff.id] == [row.id for row in await posters.of_event(stores.database, one.key)]
    assert [] == await posters.of_event(stores.database, one.key, elsewhere)


async def test_lists_are_narrowed_by_state_building_and_place(stores: RealStores) -> None:
    here, there = await hung(stores, works()), await hung(stores, works(place="ph-2"))
    await there.record(PosterStep.PRINTED)
    both = {here.id, there.id}
    first = await queries.posters(stores.database, PostersQuery(limit=1))
    rest = await queries.posters(stores.database, PostersQuery(limit=1, after=first.next))

    assert [there.id] == await listed(stores, state=PosterState.PRINTED)
    assert [here.id] == await listed(stores, state=PosterState.TO_PRINT, copropiedad="ph-1")
    assert [] == await listed(stores, state=PosterState.OBSOLETE)
    assert [there.id] == await listed(stores, places=frozenset({"ph-2"}))
    assert {row.id for row in (*first.items, *rest.items)} == both
    assert rest.next is None


async def test_posters_of_another_place_are_as_if_there_were_none(stores: RealStores) -> None:
    staff, elsewhere = await hung(stores, works()), frozenset({"ph-2"})

    assert await queries.poster(stores.database, staff.id, elsewhere) is None
    assert await posters.source(stores.database, staff.id, elsewhere) is None


async def test_a_cursor_of_nobody_s_is_refused(stores: RealStores) -> None:
    with pytest.raises(StorageRefused):
        await listed(stores, after="x")
