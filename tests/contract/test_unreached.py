"""The contract of the stores for events that do not reach everybody they are meant for."""

from __future__ import annotations

from hub.model import StoredEvent, UnreachedReason
from tests.contract.stores import RealStores, Stores
from tests.contract.values import event, stored, unreached

UNIT, EMPTY = UnreachedReason.UNKNOWN_UNIT, UnreachedReason.EMPTY_AUDIENCE


async def keep(stores: Stores, *found: tuple[StoredEvent, tuple[UnreachedReason, ...]]) -> None:
    for one, reasons in found:
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([one])
            await transaction.add_unreached([unreached(one, *reasons)])


async def test_a_new_event_says_whether_the_directory_has_its_copropiedad(stores: Stores) -> None:
    news = {"copropiedad_id": "ph-1", "version": 1, "name": "Uno"}
    unit = {"unit_id": "u-1", "version": 1, "copropiedad_id": "ph-2", "label": "101"}
    places = {"ph-1": True, "ph-2": True, "ph-3": False, None: True}
    events = [stored(event(id=str(place)), copropiedad_id=place) for place in places]
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory(
            [event("directory.copropiedad.upserted", data=news), event("directory.unit.upserted", data=unit)]
        )
        known = await transaction.add_events(events)

    assert {one.copropiedad_id: known[one.key].place_known for one in events} == places


async def test_unreached_event_keeps_all_its_reasons(stores: Stores) -> None:
    one, other = stored(event(id="one")), stored(event(id="other"))
    await keep(stores, (one, (UNIT,)), (one, (EMPTY,)), (one, (UNIT,)))
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([other])
        found = await transaction.unreached([one.key, other.key])

    assert [(row.event_id, set(row.reasons)) for row in found] == [("one", {UNIT, EMPTY})]


async def test_the_list_is_newest_first_page_by_page(stores: RealStores) -> None:
    events = [stored(event(id=str(number)), unit_id="u-9") for number in range(3)]
    await keep(stores, *((one, (UNIT,)) for one in events))
    first = await stores.log.unreached(after=None, limit=2)
    second = await stores.log.unreached(after=first.next, limit=2)

    assert [row.event_id for row in [*first.items, *second.items]] == ["2", "1", "0"]
    assert second.next is None
    newest = first.items[0]
    assert (newest.source, newest.type, newest.unit_id, newest.reasons) == (
        *(events[2].event.source, events[2].event.type, "u-9"),
        [UNIT],
    )


async def test_the_list_is_narrowed_to_places(stores: RealStores) -> None:
    there = stored(event(id="there"), copropiedad_id="ph-1")
    nowhere = stored(event(id="nowhere"))
    await keep(stores, (there, (EMPTY,)), (nowhere, (UNIT,)))
    page = await stores.log.unreached(after=None, limit=9, places=frozenset({"ph-1"}))

    assert [row.event_id for row in page.items] == ["there"]
