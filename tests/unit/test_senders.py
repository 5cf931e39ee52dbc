"""Senders over RabbitMQ: the sources that each may use, and the replay of a refused event."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from hub.access.api_keys import issue, require_bound
from hub.catalog import BY_NAME
from hub.errors import InvalidEvent, InvalidKey, WrongSender
from hub.intake.decode import dead_letter
from hub.intake.process_batch import store_dead_letter
from hub.intake.replay_sender import as_sent, headers_of, headers_of_moved
from hub.intake.source_bindings import BindingSnapshot, SourceBindings
from hub.model import (
    HUB_SOURCE,
    MENDED_BY,
    MENDED_HEADER,
    SENDER_HEADER,
    ClockState,
    DeadLetter,
    Event,
    Json,
    RawMessage,
    Scope,
    is_hub_source,
    normal_source,
)
from hub.ports import SenderKeys
from hub.sla.acknowledge import acknowledged
from hub.testing import MemoryKeys
from tests.unit.factories import MINUTE, MONDAY, OWN_USER, SOURCE, event, incoming
from tests.unit.hub_in_memory import MemoryHub, memory_hub

HUBS = [
    *("urn:hub", "urn:hub:import", "urn:hub:api", "URN:hub", "urn:HUB:x", "urn:hub:"),
    *("urn:hub#x", "URN:hub?+x", "urn:hub?=x", "urn:hub?x", "urn:hub:api#x", "urn:%68ub", "urn:h%75%62:api"),
]
NOT_HUBS = [
    "urn:hubert",
    "urn:hub-2",
    "urn:crm:hub",
    "https://urn:hub",
    "hub",
    "urn:%2568ub",
    "urn:crm#urn:hub",
]
SAME = [
    ("urn:crm:x", "URN:CRM:x"),
    ("urn:crm:x", "urn:crm:x#part"),
    ("urn:crm:x", "urn:crm:x?+resolve?=query"),
    ("urn:crm:x", "urn:c%72m:%78"),
    ("urn:crm:a%2Fb", "urn:crm:a%2fb"),
    ("https://crm.example/x", "HTTPS://CRM.example/%78"),
    ("https://u@crm.example/x", "https://u@CRM.example/x"),
    ("crm", "%63rm"),
]
OTHERS = [
    ("urn:crm:x", "urn:crm:X"),
    ("urn:crm:a/b", "urn:crm:a%2Fb"),
    ("https://crm.example/x", "https://crm.example/X"),
    ("https://crm.example/?of=1", "https://crm.example/?of=2"),
    ("https://u@crm.example/x", "https://U@crm.example/x"),
    ("crm", "CRM"),
]


@pytest.fixture
def hub() -> MemoryHub:
    return memory_hub()


def sent(event: Event, user: str | None, headers: Mapping[str, Json] | None = None) -> RawMessage:
    return replace(incoming(event), user=user, headers=headers or {})


def replayed(letter: DeadLetter) -> RawMessage:
    """Deliver a replay as the broker would: from the hub's own user, who may name no other."""
    return RawMessage(
        body=letter.body,
        content_type=letter.content_type,
        headers=headers_of(letter),
        routing_key=letter.routing_key,
        received_at=MONDAY,
        user=OWN_USER,
    )


def taken(hub: MemoryHub) -> list[str]:
    return [row.event.id for row in hub.store.tables.events.values()]


def letter_of(hub: MemoryHub) -> DeadLetter:
    [row] = hub.letters
    return row.letter


@pytest.mark.parametrize("source", HUBS)
def test_every_spelling_of_the_hub_is_the_hub(source: str) -> None:
    assert is_hub_source(source)


@pytest.mark.parametrize("source", NOT_HUBS)
def test_a_name_that_only_looks_like_the_hub_is_free(source: str) -> None:
    assert not is_hub_source(source)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_source_are_one(one: str, other: str) -> None:
    assert normal_source(one) == normal_source(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_different_sources_stay_different(one: str, other: str) -> None:
    assert normal_source(one) != normal_source(other)


@pytest.mark.parametrize("source", [one for one, _ in (*SAME, *OTHERS)])
def test_normal_spelling_is_its_own(source: str) -> None:
    assert normal_source(source) == source


@pytest.mark.parametrize("spelling", ["URN:CRM:x", "urn:crm:x#1", "urn:c%72m:x"])
async def test_a_bound_source_is_bound_in_every_spelling(hub: MemoryHub, spelling: str) -> None:
    await hub.bind("crm", "urn:crm:x")
    for user in ("crm", "mallory"):
        await hub.take_in(sent(event("pqrs.received", source=spelling, id=user), user))

    assert ["crm"] == taken(hub)


def test_a_key_over_http_publishes_for_its_source_in_every_spelling() -> None:
    require_bound(event("pqrs.received", source="URN:crm:x#1"), "urn:CRM:x", ())
    with pytest.raises(WrongSender):
        require_bound(event("pqrs.received", source="urn:crm:X"), "urn:crm:x", ())


@pytest.mark.parametrize("source", HUBS)
def test_no_key_is_bound_to_a_spelling_of_the_hub(source: str) -> None:
    with pytest.raises(InvalidKey):
        issue("x", scopes=[Scope.PUBLISH], source=source, known_types=BY_NAME, by="test", now=MONDAY)


@pytest.mark.parametrize("user", [None, "mallory", ""])
@pytest.mark.parametrize("source", HUBS)
async def test_an_event_in_the_hubs_name_is_taken_from_the_hub_alone(
    hub: MemoryHub, source: str, user: str | None
) -> None:
    await hub.take_in(sent(event("pqrs.received", source=source), user))

    assert taken(hub) == []
    assert (letter_of(hub).field, letter_of(hub).sender) == ("source", user)
    assert letter_of(hub).wrong_sender


@pytest.mark.parametrize("source", [SOURCE, HUB_SOURCE])
@pytest.mark.parametrize("name", [kind.name for kind in BY_NAME.values() if kind.hub_emitted])
async def test_a_kind_of_the_hubs_own_is_taken_from_the_hub_alone(
    hub: MemoryHub, name: str, source: str
) -> None:
    await hub.take_in(sent(event(name, source=source), "mallory"))

    assert taken(hub) == []
    assert letter_of(hub).wrong_sender


async def test_the_hubs_own_user_is_believed(hub: MemoryHub) -> None:
    await hub.take_in(sent(event("sla.at_risk", source=HUB_SOURCE), OWN_USER))

    assert (taken(hub), hub.letters) == (["sla.at_risk-1"], [])


async def test_without_a_user_of_its_own_nobody_is_the_hub() -> None:
    nobody = BindingSnapshot(keys=SenderKeys(), own=None)

    for user in (None, "hub", "guest"):
        with pytest.raises(WrongSender):
            nobody.require(event("sla.at_risk", source=HUB_SOURCE), sent(event("sla.at_risk"), user))


@pytest.mark.parametrize("user", [None, "mallory"])
async def test_a_forged_acknowledgement_stops_no_clock(hub: MemoryHub, user: str | None) -> None:
    await hub.take_in(event("emergency.declared"))
    [clock] = hub.store.clocks
    forged = acknowledged(clock.id, clock.case, 2, by="mallory", place=None, at=MONDAY + MINUTE)
    hub.clock.advance(2 * MINUTE)
    await hub.take_in(sent(forged, user))
    assert hub.states("emergency_ack") == [ClockState.OPEN]

    await hub.take_in(sent(forged, OWN_USER))
    assert hub.states("emergency_ack") == [ClockState.MET]


async def test_a_replay_is_refused_again_and_keeps_its_sender(hub: MemoryHub) -> None:
    await hub.take_in(sent(event("sla.at_risk", source=HUB_SOURCE), "mallory", {"x-of": "hers"}))
    [first] = hub.letters
    hub.store.tables.letters[first.letter.id] = dataclasses.replace(first, state="replayed")
    await hub.take_in(replayed(first.letter))

    assert taken(hub) == []
    assert hub.letters == [dataclasses.replace(first, times=2)]


async def test_a_replay_of_a_bound_source_is_taken_for_its_user(hub: MemoryHub) -> None:
    wrong = sent(event("pqrs.received", without=("radicado",)), "crm")
    await hub.take_in(wrong)
    await hub.bind("crm")
    # As if a newer hub no longer required the missing field.
    fixed = dataclasses.replace(letter_of(hub), body=incoming(event("pqrs.received")).body)
    await hub.take_in(replayed(fixed))

    assert taken(hub) == ["pqrs.received-1"]


async def test_a_source_that_was_bound_since_is_refused_to_its_earlier_sender(hub: MemoryHub) -> None:
    """A replay comes from the hub's own user, who may publish for every source."""
    good = event("pqrs.received")
    letter = dead_letter(sent(good, "mallory"), InvalidEvent("the hub did not know it yet"))
    await hub.bind("crm")
    await hub.take_in(replayed(letter))

    assert taken(hub) == []
    assert (letter_of(hub).sender, letter_of(hub).wrong_sender) == ("mallory", True)


@pytest.mark.parametrize(
    ("source", "bound", "accepted"),
    [
        (SOURCE, True, False),
        ("urn:free", True, False),
        (HUB_SOURCE, True, False),
        ("urn:free", False, True),
        (HUB_SOURCE, False, False),
    ],
)
async def test_a_letter_without_a_sender_is_replayed_as_nobodys(
    hub: MemoryHub, source: str, *, bound: bool, accepted: bool
) -> None:
    letter = dead_letter(sent(event("pqrs.received", source=source), None), InvalidEvent("not known yet"))
    if bound:
        await hub.bind("crm")
    await hub.take_in(replayed(letter))

    assert bool(taken(hub)) is accepted


@pytest.mark.parametrize(("user", "accepted"), [("crm", True), ("forms", False), (None, False)])
async def test_a_mended_letter_has_the_rights_of_its_sender(
    hub: MemoryHub, user: str | None, *, accepted: bool
) -> None:
    letter = dead_letter(sent(event("pqrs.received"), user), InvalidEvent("too old"))
    await hub.bind("crm")
    await hub.bind("forms", "urn:forms")
    await hub.take_in(replayed(dataclasses.replace(letter, mended_by="account:ana")))

    assert bool(taken(hub)) is accepted


async def test_what_a_key_was_refused_over_http_is_not_taken_over_rabbitmq(hub: MemoryHub) -> None:
    refused = sent(event("pqrs.received", source="urn:free"), "http:key:pay")
    await hub.take_in(replayed(dead_letter(refused, WrongSender("the key publishes for another source"))))

    assert taken(hub) == []
    assert (letter_of(hub).sender, letter_of(hub).wrong_sender) == ("http:key:pay", True)


async def test_the_header_of_a_replay_is_believed_of_the_hub_alone(hub: MemoryHub) -> None:
    for user in ("mallory", None):
        forged = event("sla.at_risk", source=HUB_SOURCE, id=f"of {user}")
        await hub.take_in(sent(forged, user, {SENDER_HEADER: OWN_USER}))

    assert taken(hub) == []
    assert [row.letter.sender for row in hub.letters] == ["mallory", None]


async def test_a_header_that_a_sender_made_up_does_not_travel_with_the_replay(hub: MemoryHub) -> None:
    await hub.take_in(sent(event("sla.at_risk", source=HUB_SOURCE), "mallory", {SENDER_HEADER: OWN_USER}))
    await hub.take_in(replayed(letter_of(hub)))

    assert taken(hub) == []
    assert headers_of(letter_of(hub))[SENDER_HEADER] == "mallory"


async def test_what_the_office_has_mended_says_so(hub: MemoryHub) -> None:
    # The fault does not matter here: the letter is published with other words.
    letter = dataclasses.replace(
        dead_letter(sent(event("pqrs.received"), "crm"), InvalidEvent("too old")), mended_by="account:ana"
    )
    await hub.take_in(replayed(letter))
    [row] = hub.store.tables.events.values()

    assert "account:ana" == row.event.extensions[MENDED_BY]


async def test_publisher_cannot_say_that_the_office_has_mended_its_event(hub: MemoryHub) -> None:
    forged = event("pqrs.received", mendedby="account:ana")
    await hub.take_in(sent(forged, "crm", {MENDED_HEADER: "account:ana"}))
    [row] = hub.store.tables.events.values()

    assert {} == row.event.extensions


def test_mended_event_that_is_moved_to_another_lane_still_says_so() -> None:
    raw = replace(sent(event("pqrs.received"), "crm"), mended_by="account:ana")
    moved = replace(raw, user=OWN_USER, mended_by=None, headers=headers_of_moved(raw, None))

    assert ("crm", "account:ana") == (as_sent(moved, OWN_USER).user, as_sent(moved, OWN_USER).mended_by)


async def test_a_replay_on_which_the_hub_fails_keeps_its_sender(hub: MemoryHub) -> None:
    forged = dead_letter(sent(event("sla.at_risk", source=HUB_SOURCE), "mallory"), WrongSender("not hers"))
    await store_dead_letter(
        replayed(forged),
        ZeroDivisionError(),
        senders=SourceBindings(MemoryKeys(hub.clock), own=OWN_USER),
        store=hub.store,
        publisher=hub.publisher,
        now=hub.clock,
    )

    assert (letter_of(hub).sender, SENDER_HEADER in letter_of(hub).headers) == ("mallory", False)


def test_what_is_no_replay_stays_as_it_came() -> None:
    for raw in (
        sent(event("pqrs.received"), OWN_USER),
        sent(event("pqrs.received"), "x", {SENDER_HEADER: "y"}),
    ):
        assert as_sent(raw, OWN_USER) is raw
        assert as_sent(raw, None) is raw
