"""Units and towers: their names and order, and notifications about several of them."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalog import BY_NAME, CATALOG
from hub.model import Event, Json, Rendered
from hub.people.audience import Addressee, Group, Unknown, addressees, merge_groups, merge_person
from hub.people.units import in_order, unit_name
from hub.rendering import Context
from hub.sms_text import to_gsm7
from tests.for_each import for_each
from tests.unit.factories import (
    MINUTE,
    MONDAY,
    SCHEMAS,
    email,
    event,
    home,
    member,
    mobile,
    person,
    somebody,
    stored,
    upserted,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES

ALTOS = "ph-altos-del-rosal"
OWNERS = Group(copropiedad_id=ALTOS, roles=("owner",))
PROXIES = Group(copropiedad_id=ALTOS, roles=("proxy",))
BOTH = Group(copropiedad_id=ALTOS, roles=("owner", "proxy"))
ELSEWHERE = Group(copropiedad_id="ph-9", roles=("proxy",))


@pytest.mark.parametrize(
    ("tower", "label", "expected"),
    [
        (None, "Casa 7", "Casa 7"),
        ("", " Casa  7", "Casa 7"),
        ("1", "Apto 101", "Torre 1 Apto 101"),
        ("B", "101", "Torre B 101"),
        ("Bloque 3", "Apto 101", "Bloque 3 Apto 101"),
        ("1", "Torre 1, apartamento 101", "Torre 1, apartamento 101"),
        ("bloque 3", "101 Bloque 3", "101 Bloque 3"),
        ("10", "Torre 1, apartamento 101", "Torre 10 Torre 1, apartamento 101"),
    ],
)
def test_unit_name_has_the_tower_unless_the_label_has_it(
    tower: str | None, label: str, expected: str
) -> None:
    assert expected == unit_name(tower, label)


def test_units_are_sorted_by_number() -> None:
    names = ["Torre 10 Apto 1", "Apto 1001", "Apto 101", "101", "Torre 2 Apto 1", "Apto 101", "apto 99"]

    assert (
        "101",
        "apto 99",
        "Apto 101",
        "Apto 1001",
        "Torre 2 Apto 1",
        "Torre 10 Apto 1",
    ) == in_order(names)


@given(st.lists(st.text(min_size=1)))
def test_any_names_can_be_put_in_order_and_it_is_always_the_same(names: list[str]) -> None:
    assert in_order(names) == in_order(reversed(names)) == in_order(in_order(names))
    assert set(names) == set(in_order(names))


def test_broad_groups_of_one_place_are_looked_up_as_one_and_others_stay_apart() -> None:
    narrow: list[Addressee] = [Group(person="p-1"), person(email()), Unknown(who="payer"), Group(duty="ops")]
    found: list[Addressee] = [OWNERS, *narrow, ELSEWHERE, PROXIES, OWNERS]

    assert [BOTH, *narrow, ELSEWHERE] == merge_groups(found)


def test_towers_are_places_of_their_own() -> None:
    tower = Group(copropiedad_id=ALTOS, roles=("owner",), towers=("1",))

    assert [OWNERS, tower] == merge_groups([OWNERS, tower])


@for_each(
    (kind.name, number) for kind in CATALOG for number in range(len(SCHEMAS.by_name[kind.name].examples))
)
def test_no_audience_expands_a_person_twice(name: str, number: int) -> None:
    """
    Two broad groups of different places would each make the same message, and the first one stays.

    So would a broad one and another beside it; and of the plan only the broad one would be kept.
    """
    one = stored(event(name, example=number))
    for audience in BY_NAME[name].audiences:
        met = merge_groups(addressees(audience, one, {}))

        assert 1 == len(met) or not any(isinstance(group, Group) and group.broad for group in met)


def test_person_of_two_groups_has_the_units_of_both() -> None:
    one, other = person(email(), units=("Apto 302",)), person(email(), units=("Apto 101", "Apto 302"))

    assert (
        person(email(), units=("Apto 101", "Apto 302"))
        == merge_person(one, other)
        == merge_person(other, one)
    )


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [((None, None), None), (("on_leave", None), None), ((None, "on_leave"), None), (("a", "a"), "a")],
)
def test_person_is_notified_if_one_group_notifies_them(
    reasons: tuple[str | None, str | None], expected: str | None
) -> None:
    one, again = (person(left_out=reason) for reason in reasons)

    assert expected == merge_person(one, again).left_out


ASSEMBLY = event("admin.assembly.convened", at=MONDAY)


async def notified(*memberships: tuple[str, str, str], page: int = 1) -> MemoryHub:
    """Convene an assembly in a building of two towers; everybody has two addresses."""
    hub = memory_hub(MONDAY, page=page)
    people = sorted({who for who, _, _ in memberships})
    for ref, tower, label in (("a", "1", "Apto 101"), ("b", "2", "Apto 101"), ("c", "2", "Apto 302")):
        await hub.take_in(upserted("unit", ref, copropiedad_id=ALTOS, tower=tower, label=label))
    await hub.take_in(
        *(somebody(who, email(f"{who}@a.co"), email(f"{who}@b.co", id="cp-2")) for who in people),
        *(member(who, scope, role) for who, scope, role in memberships),
    )
    await hub.take_in(ASSEMBLY)
    return hub


def legal(hub: MemoryHub) -> list[tuple[str, tuple[str, ...], int]]:
    messages = [one for one in hub.of(ASSEMBLY) if one.channel == "email"]
    return sorted((message.person, message.units, message.audience) for message in messages)


@pytest.mark.parametrize("page", [1, 2, 500])
async def test_owner_of_one_and_proxy_of_another_has_one_notice_that_names_both(page: int) -> None:
    hub = await notified(
        ("p-ana", "unit:c", "proxy"),
        ("p-ana", "unit:a", "owner"),
        ("p-luis", "unit:b", "owner"),
        ("p-luis", "unit:b", "proxy"),
        ("p-luis", "unit:a", "resident"),
        page=page,
    )

    assert [
        ("p-ana", ("Torre 1 Apto 101", "Torre 2 Apto 302"), 0),
        ("p-luis", ("Torre 2 Apto 101",), 0),
    ] == legal(hub)


async def test_council_member_is_notified_as_owner_or_without_units() -> None:
    council = f"copropiedad:{ALTOS}"
    hub = await notified(
        ("p-ana", "unit:a", "owner"),
        ("p-ana", council, "council"),
        ("p-eva", council, "auditor"),
        ("p-luis", council, "council"),
    )

    assert [("p-ana", ("Torre 1 Apto 101",), 0), ("p-eva", (), 2), ("p-luis", (), 2)] == legal(hub)


async def test_legal_notice_is_sent_once_with_reminders_of_other_audience() -> None:
    hub = await notified(("p-ana", "unit:a", "owner"))
    occasions = {(message.purpose.value, message.occasion) for message in hub.of(ASSEMBLY)}

    assert {
        ("legal", "initial"),
        ("service", "initial"),
        ("service", "reminder:T-72h"),
        ("service", "reminder:T-24h"),
    } == occasions


ORDER: Final = "Salga por la escalera norte."
FIRE: Final = {"emergency_id": "eme-1", "kind": "incendio", "scope": "Torre 1", "instruction": ORDER}


async def building() -> MemoryHub:
    """One person in each tower, one in both, one whose unit has no tower, one of the whole copropiedad."""
    hub = memory_hub(MONDAY)
    people = ("p-one", "p-two", "p-both", "p-somewhere", "p-everywhere", "p-absent")
    await hub.take_in(
        home("u-1", "1"),
        home("u-2", "2"),
        home("u-x"),
        *(somebody(ref, email(f"{ref}@example.com"), mobile()) for ref in people),
        member("p-one", "unit:u-1", "resident"),
        member("p-two", "unit:u-2", "tenant"),
        member("p-both", "unit:u-1", "resident"),
        member("p-both", "unit:u-2", "resident"),
        member("p-somewhere", "unit:u-x", "resident"),
        member("p-everywhere", "copropiedad:ph-altos-del-rosal", "resident"),
        member("p-absent", "unit:u-2", "owner"),
    )
    return hub


def declared(zones: list[str] | None, **data: Json) -> Event:
    return event("emergency.declared", FIRE | ({"zones": zones} if zones else {}) | data)


def texts(hub: MemoryHub, of: Event) -> dict[str, dict[str, Rendered]]:
    """What each person reads, by channel."""
    found: dict[str, dict[str, Rendered]] = {}
    for message in hub.of(of):
        if message.variant == "absent":
            continue  # a notice to owners who live elsewhere
        given = Context(data=of.data, event_id=of.id, event_time=of.time, event_name=of.name)
        words = TEMPLATES.render(of.name, message.channel, given, variant=message.variant)
        found.setdefault(message.person, {})[message.channel] = words
    return found


def ordered(hub: MemoryHub, of: Event) -> set[str]:
    """The people who read what to do, over each channel that writes to them."""
    return {
        person
        for person, words in texts(hub, of).items()
        if all(ORDER in f"{one.subject} {one.text}" for one in words.values())
    }


async def test_only_the_tower_that_is_named_reads_what_to_do() -> None:
    hub = await building()
    fire = declared(["tower:1"])
    await hub.take_in(fire)

    # Whose tower nobody knows is told what to do: to leave one out is worse.
    assert {"p-one", "p-both", "p-somewhere", "p-everywhere"} == ordered(hub, fire)
    others = texts(hub, fire)["p-two"]
    assert {"email", "sms"} == others.keys()
    for words in others.values():
        assert ORDER not in f"{words.subject} {words.text} {words.html}"
        assert "Torre 1" in words.text
        assert "Quédese" in to_gsm7(words.text) or "Quedese" in to_gsm7(words.text)


@pytest.mark.parametrize("zones", [None, ["tower:1", "tower:2"], ["tower:Torre 1"], ["tower:1", "tower:7"]])
async def test_everybody_reads_what_to_do_where_no_tower_or_an_unknown_one_is_named(
    zones: list[str] | None,
) -> None:
    hub = await building()
    fire = declared(zones)
    await hub.take_in(fire)

    assert {"p-one", "p-two", "p-both", "p-somewhere", "p-everywhere"} == ordered(hub, fire)


async def test_people_of_the_tower_come_before_the_others_on_pages() -> None:
    hub = await building()
    hub.page = 2
    fire = declared(["tower:2"])
    await hub.take_in(fire)

    rows = hub.store.tables.messages.values()  # as they were written
    told = list(dict.fromkeys(row.message.person for row in rows))
    assert ["p-both", "p-everywhere", "p-somewhere", "p-two", "p-one", "p-absent"] == told


async def test_news_are_of_the_tower_that_the_emergency_has_named() -> None:
    hub = await building()
    await hub.take_in(declared(["tower:1"]))
    news = event(
        "emergency.updated",
        {"emergency_id": "eme-1", "instruction": ORDER, "status": "update"},
        at=MONDAY + MINUTE,
    )
    hub.clock.advance(MINUTE)
    await hub.take_in(news)

    assert {"p-one", "p-both", "p-somewhere", "p-everywhere"} == ordered(hub, news)
