"""Petitions of somebody with only a name, of a letter, of nobody named: each is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import pytest

from hub.catalog import BY_NAME
from hub.channels.stored_channel import LETTERS
from hub.errors import InvalidEvent
from hub.messages.planning.posters import boards_of
from hub.model import ClockState, Event, Json, Purpose, type_of
from hub.model.posters import PosterSource
from hub.operations.cases.thread import answered_by
from hub.people.erasing import without_inline
from hub.rendering.case_words_es import ANSWERED_BY
from tests.unit.factories import DESK, HOUR, MONDAY, POLICY, SCHEMAS, claim_of, event
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES

NAMED: Final = {"name": "Rosa Cárdenas"}
BY_POST: Final = {**NAMED, "address": "Calle 10 # 20-30, Bogotá"}
ANONYMOUS: Final = {"anonymous": True}
ANSWER: Final = "El horario de la terraza es hasta las diez."
AT: Final = MONDAY + HOUR


@pytest.fixture
def hub() -> MemoryHub:
    rules = replace(DESK.rules, channels={**DESK.rules.channels, LETTERS.name: LETTERS})
    return replace(memory_hub(AT), context=replace(DESK, rules=rules))


def received(petitioner: Json, **data: Json) -> Event:
    return event("pqrs.received", {"petitioner": petitioner, **data})


def answered() -> Event:
    answer = {"answer": ANSWER, "document_ref": "PQ-2026-000123", "copropiedad_id": "ph-altos-del-rosal"}
    return event("pqrs.responded", answer, at=AT, without=("petitioner",))


def sent(hub: MemoryHub, of: Event) -> list[tuple[str, str, str]]:
    """Return what the petitioner gets: the channel, the name and the address, as a letter has them."""
    found = [one for one in hub.of(of) if one.person.startswith("inline:")]
    return [(one.channel, one.name, one.address if "#" in one.address else "") for one in found]


@pytest.mark.parametrize("petitioner", [NAMED, BY_POST])
async def test_petitioner_without_mail_or_number_gets_receipt_and_answer_as_letters(
    hub: MemoryHub, petitioner: dict[str, Any]
) -> None:
    """Ley 1755 de 2015, art. 16: a petition has a name, and the address where its answer is received."""
    opened, answer = received(petitioner), answered()
    await hub.take_in(opened)
    assert {ClockState.OPEN} == {clock.state for clock in hub.store.clocks}
    await hub.take_in(answer)

    letter = [("print", "Rosa Cárdenas", petitioner.get("address", ""))]
    assert letter == sent(hub, opened) == sent(hub, answer)
    assert {ClockState.MET} == {clock.state for clock in hub.store.clocks}
    assert {} == hub.store.tables.posters


async def test_letter_says_the_address_that_the_petitioner_has_left(hub: MemoryHub) -> None:
    opened = received(BY_POST)
    await hub.take_in(opened)
    [letter] = [one for one in hub.of(opened) if one.channel == "print"]
    claimed = claim_of(letter, event_time=opened.time, source=opened.source, data=opened.data)

    assert BY_POST["address"] in TEMPLATES.render_claimed(claimed).html


async def test_petition_of_nobody_named_is_answered_on_the_board_and_its_terms_run(hub: MemoryHub) -> None:
    """Ley 1437 de 2011, art. 69: on a place of public access, "por el término de cinco (5) días"."""
    opened, answer = received(ANONYMOUS), answered()
    await hub.take_in(opened)
    assert {ClockState.OPEN} == {clock.state for clock in hub.store.clocks}
    await hub.take_in(answer)
    posters = list(hub.store.tables.posters.values())

    assert [] == sent(hub, opened) == sent(hub, answer)
    assert ["pqrs.received", "pqrs.responded"] == [poster.event for poster in posters]
    assert all(poster.hangs_until >= POLICY.calendar.legal_due(AT, 5) for poster in posters)
    assert {ClockState.MET} == {clock.state for clock in hub.store.clocks}
    told = [one.data for one in hub.publisher.notices if one.data["event_type"] == answer.type]
    assert not any("empty_audience" in one["reasons"] for one in told)


@pytest.mark.parametrize(
    "petitioner", [NAMED, BY_POST, {**NAMED, "email": "rosa@example.com"}, {"ref": "p-1"}]
)
async def test_nobody_who_is_named_is_on_a_board(hub: MemoryHub, petitioner: dict[str, Any]) -> None:
    await hub.take_in(received(petitioner))
    await hub.take_in(answered())

    assert {} == hub.store.tables.posters


def test_poster_of_the_answer_says_number_and_answer_and_hangs_on_when_the_case_is_closed() -> None:
    source = PosterSource(
        id=uuid4(),
        audience=0,
        event="pqrs.responded",
        event_id="e-1",
        time=AT,
        data=answered().data,
        building="Altos del Rosal",
    )
    words = TEMPLATES.render_board(source, None)
    [board] = boards_of(BY_NAME)[type_of("pqrs.responded")]

    assert "PQ-2026-000123" in words.text
    assert ANSWER in words.text
    assert type_of("pqrs.closed") not in board.ended_by


def test_petition_of_nobody_named_needs_the_place_of_its_board() -> None:
    with pytest.raises(InvalidEvent, match=r"data\.copropiedad_id: required where nobody is named"):
        SCHEMAS.check(received(ANONYMOUS, copropiedad_id=None), now=AT)


@pytest.mark.parametrize(
    ("petitioner", "way"),
    [
        ({"ref": "p-1"}, "directory"),
        ([{"ref": "p-1"}, NAMED], "directory"),
        ({**NAMED, "phone": "300 000 0901"}, "reached"),
        (BY_POST, "post"),
        (NAMED, "name"),
        (ANONYMOUS, "board"),
    ],
)
def test_case_says_how_its_petitioner_is_answered(petitioner: Json, way: str) -> None:
    assert ANSWERED_BY[way] == answered_by(petitioner)


@pytest.mark.parametrize("petitioner", [NAMED, BY_POST])
def test_retention_forgets_who_left_only_a_name_or_a_postal_address(petitioner: Json) -> None:
    left = {"petitioner": {"name": ""}}

    assert left == without_inline({"petitioner": petitioner}) == without_inline(left)


_BY_MAIL: Final = {**NAMED, "email": "rosa@example.com"}


@pytest.mark.parametrize("known", [{"ref": "p-1"}, _BY_MAIL, BY_POST, [_BY_MAIL]])
async def test_who_has_left_a_way_to_be_reached_is_not_anonymous_whatever_the_publisher_says(
    hub: MemoryHub, known: Json
) -> None:
    """A publisher that asks to keep a name secret must not keep the answer from its petitioner."""
    people = [{**one, **ANONYMOUS} for one in (known if isinstance(known, list) else [known])]
    opened = received(people if isinstance(known, list) else people[0])
    await hub.take_in(opened)

    assert [] != [one for one in hub.of(opened) if one.purpose is not Purpose.INTERNAL]
    assert {} == hub.store.tables.posters


async def test_anonymous_person_whom_the_publisher_calls_something_is_answered_on_the_board(
    hub: MemoryHub,
) -> None:
    opened = received({"name": "Anónimo", **ANONYMOUS})
    await hub.take_in(opened)

    assert ["pqrs.received"] == [poster.event for poster in hub.store.tables.posters.values()]
    assert [] == sent(hub, opened)
