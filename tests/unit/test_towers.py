"""An emergency of one tower: who lives there reads what to do, the others that there is one."""

from __future__ import annotations

from typing import Final

import pytest

from hub.model import Event, Json, Rendered
from hub.rendering import Context
from hub.sms_text import to_gsm7
from tests.unit.factories import MINUTE, MONDAY, email, event, home, member, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES

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
