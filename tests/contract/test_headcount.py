"""The people of an audience, counted and listed, in memory and in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from hub.contact_rules.consents import consents_of
from hub.desk.people.audience import AudienceMeant, read_audience
from hub.desk.people.rows import AudienceQuery
from hub.desk.suppressions.acts import insert_suppression
from hub.errors import StorageRefused
from hub.model import (
    Event,
    Json,
    MarkEntry,
    MarkReason,
    PreferenceEntry,
    Preferences,
    PropertyScope,
    Purpose,
    Scope,
)
from hub.model.ids import event_key
from hub.people.headcount import Reach
from tests.contract.stores import RealStores
from tests.contract.values import consent, leave, membership, now, person, unit
from tests.operators import operator

MAIL: Final = {"id": "e", "kind": "email", "value": "ana@example.com"}
MOBILE: Final = {"id": "m", "kind": "phone", "value": "300 123 4567"}
LANDLINE: Final = {"id": "l", "kind": "phone", "value": "601 745 1000"}
DEVICE: Final = {"id": "d", "kind": "push", "value": "token"}


def directory() -> list[Event]:
    """Ana owns in ph-1 and rents in ph-9; Caro works for the company and owns in ph-9; Dora is on leave."""
    points: dict[str, list[Json]] = {
        "p-ana": [MAIL, MOBILE, DEVICE],
        "p-beto": [LANDLINE],
        "p-caro": [MAIL],
        "p-dora": [MOBILE],
    }
    day = timedelta(days=1)
    return [
        *(person(ref, contact_points=found) for ref, found in points.items()),
        person("p-papel", contact_points=[MAIL], digital_access=False),
        unit("u-1", label="101"),
        unit("u-2", label="102"),
        unit("u-9", copropiedad="ph-9", label="901"),
        membership("p-ana", "unit:u-1", "owner"),
        membership("p-ana", "unit:u-2", "owner"),
        membership("p-ana", "unit:u-9", "tenant"),
        membership("p-beto", "unit:u-2", "resident"),
        membership("p-papel", "copropiedad:ph-1", "council"),
        membership("p-caro", "unit:u-9", "owner"),
        membership("p-caro", "company", "staff", duty="service", service_area="aseo"),
        membership("p-dora", "copropiedad:ph-1", "staff", duty="on_call", service_area="aseo"),
        leave("p-dora", (now() - day).isoformat(), (now() + day).isoformat(), "p-caro"),
    ]


async def meant(
    stores: RealStores, *who: str, after: str | None = None, limit: int = 50, places: PropertyScope = None
) -> AudienceMeant:
    by = operator(stores.database, reach={Scope.READ: places})
    return await read_audience(by, AudienceQuery(who=who, after=after, limit=limit))


async def counted(stores: RealStores, *who: str) -> tuple[AudienceMeant, Reach]:
    found = await meant(stores, *who)
    assert found.reach is not None
    return found, found.reach


async def refs(stores: RealStores, *who: str, places: PropertyScope = None) -> list[str]:
    return [row.person for row in (await meant(stores, *who, places=places)).items]


async def fill(stores: RealStores) -> None:
    await stores.apply_directory(*directory())


async def test_each_person_is_counted_once_with_every_way_there_is(stores: RealStores) -> None:
    await fill(stores)
    found = await meant(stores, "everyone@copropiedad:ph-1", "owners@copropiedad:ph-9", "person:p-ana")

    assert (5, 5, {}) == (found.people, found.told, found.left_out)
    assert Reach(email=2, mobile=2, push=1, letter_only=2) == found.reach
    assert ["p-ana", "p-beto", "p-caro", "p-dora", "p-papel"] == [row.person for row in found.items]
    assert [["101", "102"], ["102"], ["901"], [], []] == [row.units for row in found.items]
    assert all("Name of" not in row.name for row in found.items)


async def test_who_is_left_out_is_counted_by_reason_and_shown(stores: RealStores) -> None:
    await fill(stores)
    found = await meant(stores, "staff:on_call@copropiedad:ph-1")

    assert [("p-caro", None), ("p-dora", "on_leave")] == [(row.person, row.left_out) for row in found.items]
    count, _ = await counted(stores, "staff:on_call@copropiedad:ph-1")
    assert (2, 1, {"on_leave": 1}) == (count.people, count.told, count.left_out)


async def test_people_without_consent_are_left_out_of_everyone(stores: RealStores) -> None:
    await fill(stores)
    yes = consent("p-ana", "commercial")
    async with stores.intake.transaction() as transaction:
        await transaction.add_consents(consents_of(yes, event_key(yes)))
    found = await meant(stores, "opted_in:commercial")

    assert ["p-ana"] == [row.person for row in found.items if row.left_out is None]
    count, _ = await counted(stores, "opted_in:commercial")
    assert (5, 1, {"not_opted_in": 4}) == (count.people, count.told, count.left_out)


async def test_who_is_marked_or_wants_no_notices_is_left_out_and_an_unwanted_channel_does_not_count(
    stores: RealStores,
) -> None:
    await fill(stores)
    wished = {"p-ana": ("push",), "p-caro": ()}
    for ref, channels in wished.items():
        wishes = Preferences(channels={Purpose.SERVICE: channels})
        entry = PreferenceEntry(person=ref, version=1, at=now(), by="staff", way="cli", wishes=wishes)
        assert await stores.preferences.keep(entry)
    reason, since = MarkReason.PROTECTED_ADDRESS, now() - timedelta(hours=1)
    mark = MarkEntry(id=uuid4(), person="p-beto", reason=reason, since=since, by="staff")
    await stores.preferences.mark(mark)
    count, reach = await counted(stores, "everyone@copropiedad:ph-1", "owners@copropiedad:ph-9")

    assert {"do_not_contact": 1, "not_wanted": 1} == count.left_out
    assert (5, 3) == (count.people, count.told)
    assert (0, 1, 1, 1) == (reach.email, reach.mobile, reach.push, reach.letter_only)


async def test_who_has_consented_to_another_channel_is_counted_there(stores: RealStores) -> None:
    await fill(stores)
    yes = consent("p-ana", "commercial", channels=["whatsapp"])
    async with stores.intake.transaction() as transaction:
        await transaction.add_consents(consents_of(yes, event_key(yes)))
    _, reach = await counted(stores, "owners@copropiedad:ph-1 & opted_in:commercial")

    assert (0, 1, 0) == (reach.email, reach.mobile, reach.push)


async def test_person_left_out_of_one_group_is_reached_by_another(stores: RealStores) -> None:
    await fill(stores)
    found = await meant(stores, "staff:on_call@copropiedad:ph-1", "area:aseo")

    assert ["p-caro", "p-dora"] == [row.person for row in found.items if row.left_out is None]
    assert {} == found.left_out


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6])
async def test_it_is_listed_page_by_page_and_counted_on_the_first(stores: RealStores, limit: int) -> None:
    await fill(stores)
    who = ("owners@copropiedad:ph-9", "everyone@copropiedad:ph-1", "person:p-ana")
    found: list[str] = []
    after = None
    while True:
        page = await meant(stores, *who, after=after, limit=limit)
        assert page.people == (5 if after is None else None)
        found += [row.person for row in page.items]
        after = page.next
        if after is None:
            break

    assert ["p-ana", "p-beto", "p-caro", "p-dora", "p-papel"] == found


async def test_invalid_headcount_cursor_is_refused(stores: RealStores) -> None:
    for cursor in ("ñ", "AAA", "AA=="):
        with pytest.raises(StorageRefused):
            await meant(stores, "everyone", after=cursor)


async def test_caller_of_one_copropiedad_sees_its_part_of_any_audience(stores: RealStores) -> None:
    await fill(stores)
    here: PropertyScope = frozenset({"ph-1"})

    assert ["p-ana", "p-beto", "p-dora", "p-papel"] == await refs(stores, "everyone", places=here)
    assert ["p-ana"] == await refs(stores, "owners", "owners@copropiedad:ph-9", places=here)
    assert ["p-ana"] == await refs(stores, "owners@unit:u-1", "owners@unit:u-9", places=here)
    assert ["p-ana"] == await refs(stores, "person:p-ana", "person:p-caro", places=here)
    assert ["p-dora"] == await refs(stores, "area:aseo", "staff:service", places=here)
    assert [] == await refs(stores, "everyone", places=frozenset())


async def test_the_companys_staff_answers_for_a_place_and_is_not_seen_from_there(stores: RealStores) -> None:
    await fill(stores)
    asked_for = "staff:service@copropiedad:ph-1"

    assert ["p-caro"] == await refs(stores, asked_for)
    assert [] == await refs(stores, asked_for, places=frozenset({"ph-1"}))
    assert ["p-dora"] == await refs(stores, "staff:on_call@copropiedad:ph-1", places=frozenset({"ph-1"}))


@pytest.mark.parametrize(
    ("ends", "reached"), [(None, 0), (timedelta(hours=1), 0), (timedelta(hours=-1), 1)], ids=str
)
async def test_a_suppressed_address_reaches_nobody_until_it_ends(
    stores: RealStores, ends: timedelta | None, reached: int
) -> None:
    await fill(stores)
    until = None if ends is None else now() + ends
    await insert_suppression(stores.database, "+573001234567", "sms", reason="asked", until=until, by="op")
    _, reach = await counted(stores, "person:p-ana")

    assert (1, reached) == (reach.email, reach.mobile)
