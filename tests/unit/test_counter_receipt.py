"""A visitor with only a name gets the receipt on paper, and nobody else does."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from hub.channels.stored_channel import LETTERS
from hub.cloudevents.schemas import Schemas
from hub.errors import InvalidEvent
from hub.model import Event, Json, State
from tests.unit.factories import DESK, MONDAY, event
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES, context, examples

NAME: Final = "support.counter.received"


def visit(visitor: Json, **fields: Json) -> Event:
    return event(NAME, {"visitor": visitor}, **fields)


@pytest.fixture
def hub() -> MemoryHub:
    rules = replace(DESK.rules, channels={**DESK.rules.channels, LETTERS.name: LETTERS})
    return replace(memory_hub(MONDAY), context=replace(DESK, rules=rules))


def planned(hub: MemoryHub, of: Event) -> list[tuple[str, State, str]]:
    return [(one.channel, one.state, one.name) for one in hub.of(of)]


async def test_visitor_with_only_a_name_gets_a_letter_at_once(hub: MemoryHub) -> None:
    only_named = visit({"name": "Rosalba Cárdenas"})
    await hub.take_in(only_named)

    assert [("print", State.QUEUED, "Rosalba Cárdenas")] == planned(hub, only_named)
    assert [] == hub.letters


async def test_visitor_with_an_address_gets_no_paper(hub: MemoryHub) -> None:
    reachable = visit({"name": "Rosalba Cárdenas", "email": "rosalba@example.com"})
    await hub.take_in(reachable)

    assert ["email"] == [one.channel for one in hub.of(reachable)]


async def test_two_visitors_of_other_names_are_two_people(hub: MemoryHub) -> None:
    visits = [
        visit({"name": name}, id=name)
        for name in ("Rosalba Cárdenas", "ROSALBA  CÁRDENAS", "Andrés Muñoz", "rosalba")
    ]
    await hub.take_in(*visits)
    refs = [one.person for visited in visits for one in hub.of(visited)]

    assert refs[0] == refs[1]
    assert 3 == len(set(refs))


@pytest.mark.parametrize(
    "visitor",
    [
        {},
        {"name": ""},
        {"name": "  "},
        {"name": "Ana", "email": 5},
        {"email": "ana@example.com"},
        "Ana",
        None,
    ],
)
def test_visitor_without_a_name_or_with_a_wrong_address_is_refused(visitor: Json) -> None:
    with pytest.raises(InvalidEvent, match="a recipient"):
        Schemas.load().check(visit(visitor), now=MONDAY)


def test_only_the_counter_takes_a_name_alone() -> None:
    with pytest.raises(InvalidEvent):
        Schemas.load().check(event("support.form.received", {"sender": {"name": "Ana"}}), now=MONDAY)


def test_receipt_says_when_what_until_when_and_where_to_ask() -> None:
    [data] = [one for one in examples(NAME) if one["visitor"] == {"name": "Rosalba Cárdenas"}]
    text = TEMPLATES.render(NAME, "print", context(NAME, data), variant=None).text

    for words in (
        "ATN-2026-0048",
        "lunes 9 de marzo de 2026 a las 8:05",
        "filtración del parqueadero 14",
        "a más tardar el",
        "Dónde preguntar",
        "(601) 000 0000",
    ):
        assert words in text.replace("\N{NO-BREAK SPACE}", " ")
