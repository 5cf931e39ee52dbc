"""Events of reviewed sources on a real database: they wait, a copy changes nothing, no death loses one."""

import dataclasses
from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.desk.communications import acts, reviews
from hub.desk.communications.rows import ApprovalRow, RefusalBody, ReleaseBody
from hub.errors import BrokerUnavailable, NotWaiting, OtherState
from hub.model import RECALL, Event
from hub.model.pages import PageQuery
from hub.storage import Database
from tests.integration.test_approvals import RULES, House, built
from tests.unit.factories import DESK, event

SOURCE: Final = "urn:crm"
CIRCULAR: Final[dict[str, Any]] = {
    "circular_id": "c-1",
    "copropiedad_id": "ph-a",
    "audience": "both",
    "title": "Agua",
    "body_markdown": "Mañana no hay agua.",
}


@pytest.fixture
async def house(opened: Database) -> House:
    made = await built(opened)
    rules = DESK.rules
    reviewed = replace(rules.policy, review=replace(RULES, sources=(SOURCE,)))
    made.hub.context = dataclasses.replace(DESK, rules=dataclasses.replace(rules, policy=reviewed))
    made.hub.publisher = made.publisher
    return made


def circular(name: str = "e-1", **data: Any) -> Event:
    return event("admin.circular.issued", {**CIRCULAR, **data}, id=name, source=SOURCE)


async def waiting(house: House) -> list[ApprovalRow]:
    await house.keep.keep()
    return (await reviews.list_approvals(house.by["beto"], PageQuery())).items


async def stored(house: House) -> list[str]:
    rows = await house.by["ana"].db.rows("SELECT id FROM event WHERE source = $1 ORDER BY id", SOURCE)
    return [row["id"] for row in rows]


async def test_it_waits_once_is_seen_as_it_would_arrive_and_leaves_as_it_came(house: House) -> None:
    for _ in range(2):
        await house.hub.take_in(circular())
        (asked,) = await waiting(house)
    whole = await acts.show_communication(house.by["beto"], asked.id)
    held_back = await stored(house)
    await reviews.release_communication(house.by["beto"], asked.id, ReleaseBody(digest=asked.digest))
    await house.keep.keep()
    (letter,) = house.publisher.replayed
    await house.hub.take_in(circular())

    assert [] == held_back
    assert ("Agua", 63, True) == (asked.title, asked.people, whole.plan is not None)
    assert whole.plan is not None
    assert whole.plan.shown is not None
    assert whole.plan.shown.cost is not None
    assert any("Mañana no hay agua." in text.text for text in whole.plan.shown.texts)
    assert {} == whole.data  # the words of another system stand in its event alone
    assert (None, circular().id) == (letter.sender, letter.event_id)
    assert ["e-1"] == await stored(house)
    (kept,) = await house.by["ana"].db.rows("SELECT body, settled_at IS NOT NULL AS settled FROM held_event")
    assert (b"", True) == (kept["body"], kept["settled"])


async def test_what_needs_no_release_does_not_wait(house: House) -> None:
    """Few people, another source, a free purpose; and what was taken in before waits no second time."""
    emergency = {
        "emergency_id": "em-1",
        "copropiedad_id": "ph-a",
        "kind": "gas",
        "severity": "alta",
        "instruction": "Salgan.",
        "contact": "123",
        "scope": "copropiedad",
    }
    few, free = (
        circular("few", copropiedad_id="ph-b"),
        event("emergency.declared", emergency, id="now", source=SOURCE),
    )
    await house.hub.take_in(few, free, replace(circular("theirs"), source="urn:another"))
    usual, house.hub.context = house.hub.context, DESK
    await house.hub.take_in(circular("before"))
    house.hub.context = usual
    await house.hub.take_in(circular("before"))

    assert [] == await waiting(house)
    assert ["before", "few", "now"] == await stored(house)


async def test_other_content_under_its_id_is_refused_and_the_first_stays(house: House) -> None:
    await house.hub.take_in(circular())
    await house.hub.take_in(circular(title="Otra cosa"))
    await house.hub.take_in(circular("e-2"), circular("e-2", title="Otra cosa"))

    letters = await house.by["ana"].db.rows("SELECT event_id, field FROM dead_letter ORDER BY event_id")
    assert [("e-1", "id"), ("e-2", "id")] == [(row["event_id"], row["field"]) for row in letters]
    assert {"Agua"} == {one.title for one in await waiting(house)}


async def test_a_refusal_is_told_to_its_publisher_and_it_never_comes_in(house: House) -> None:
    await house.hub.take_in(circular())
    (asked,) = await waiting(house)
    with pytest.raises(OtherState):
        await acts.discard_communication(house.by["beto"], asked.id)
    body = RefusalBody(digest=asked.digest, reason="Ya se avisó.")
    await reviews.refuse_communication(house.by["beto"], asked.id, body)
    await house.keep.keep()
    await house.hub.take_in(circular())

    (notice,) = house.publisher.notices
    (letter,) = await house.by["ana"].db.rows("SELECT id, state, reason FROM dead_letter")
    assert (str(letter["id"]), letter["reason"]) == (notice.data["dead_letter_id"], notice.data["reason"])
    assert ("discarded", True) == (letter["state"], "Ya se avisó." in letter["reason"])
    assert ([], []) == (await waiting(house), await stored(house))


async def test_what_its_publisher_takes_back_is_asked_for_no_more(house: House) -> None:
    await house.hub.take_in(circular())
    (asked,) = await waiting(house)
    said = {"source": SOURCE, "id": circular().id, "reason": "Otro día.", "no_correction": "No salió."}
    await house.hub.take_in(event(RECALL, said, id="back", source=SOURCE))
    left = await waiting(house)
    with pytest.raises(NotWaiting):
        await reviews.release_communication(house.by["beto"], asked.id, ReleaseBody(digest=asked.digest))
    await house.hub.take_in(circular())
    shown = (await acts.show_communication(house.by["beto"], asked.id)).row

    assert [] == left == await waiting(house)
    assert ("cancelled", "recalled") == (shown.state, shown.why)
    assert ([], []) == (house.publisher.notices, house.publisher.replayed)


async def test_a_process_killed_between_release_and_publish_loses_nothing(house: House) -> None:
    """Before the broker has it; and after that, before it is marked: then it is published twice."""
    await house.hub.take_in(circular())
    (asked,) = await waiting(house)
    await reviews.release_communication(house.by["beto"], asked.id, ReleaseBody(digest=asked.digest))
    house.publisher.faults.script("replay", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await house.keep.keep()
    await house.keep.keep()
    await house.by["ana"].db.rows("UPDATE held_event SET settled_at = NULL, body = 'x'")
    await house.keep.keep()

    assert 2 == len(house.publisher.replayed)


async def test_what_an_erasure_has_blanked_ends_and_stops_nothing(house: House) -> None:
    await house.hub.take_in(circular(), circular("e-2"))
    first, second = await waiting(house)
    released = ReleaseBody(digest=second.digest)
    await reviews.release_communication(house.by["beto"], second.id, released)
    await house.by["ana"].db.rows("UPDATE held_event SET body = '', reason = ''")

    assert [] == await waiting(house)
    assert ([], []) == (house.publisher.replayed, house.publisher.notices)
    assert "cancelled" == (await acts.show_communication(house.by["ana"], first.id)).row.state


async def test_nobody_decides_and_it_is_asked_again_each_day_for_thirty(house: House) -> None:
    await house.hub.take_in(circular())
    (first,) = await waiting(house)
    house.hub.clock.advance(RULES.ends_after)
    (second,) = await waiting(house)
    house.hub.clock.advance(30 * RULES.ends_after)
    third = await waiting(house)
    await house.keep.keep()

    assert first.asked_at < second.asked_at
    assert [] == third
    assert "30 days" in house.publisher.notices[-1].data["reason"]
