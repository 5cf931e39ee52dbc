"""Sender rates: events above one go one lane down, and stay there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hub.cloudevents import encode
from hub.errors import BrokerUnavailable, InvalidEvent, InvalidPolicy, StorageUnavailable
from hub.intake.decode import dead_letter
from hub.intake.replay_sender import headers_of, headers_of_moved
from hub.intake.sender_rates import SenderRates
from hub.model import CALLER_HEADER, HUB_SOURCE, LANE_HEADER, SENDER_HEADER, Event, Json, Lane, RawMessage
from hub.policy.intake import ANONYMOUS, IntakePolicy
from hub.policy.policy import Policy
from hub.policy.reader import read
from hub.resilience.rate_limit import TokenBuckets, parse_rate
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import DESK, MONDAY, OWN_USER, arrived, event
from tests.unit.hub_in_memory import MemoryHub, memory_hub

TIGHT = {"rate": {"urgent": {"rate": "60/m", "burst": 2}, "normal": {"rate": "none"}}}


@dataclass
class Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Limited:
    """Intake of one lane, with rates and a clock of their own."""

    policy: Mapping[str, Any] = field(default_factory=lambda: TIGHT)
    lane: Lane = Lane.URGENT

    def __post_init__(self) -> None:
        self.seconds = Seconds()
        self.hub: MemoryHub = memory_hub(MONDAY)
        self.rates = SenderRates(read(IntakePolicy, self.policy), own=OWN_USER, clock=self.seconds)
        self.hub.context = replace(DESK, lane=self.lane, rates=self.rates)

    async def with_town(self) -> Limited:
        await replace(self.hub, context=DESK).take_in(*town())
        return self

    @property
    def stored(self) -> list[str]:
        known = {of.id for of in town()}
        return [row.event.id for row in self.hub.store.tables.events.values() if row.event.id not in known]

    @property
    def moved(self) -> list[tuple[Lane, str]]:
        return [(lane, moved.id) for lane, moved, _ in self.hub.publisher.moved]


def emergency(name: str, **fields: Any) -> Event:
    return event("emergency.declared", {"emergency_id": name, "copropiedad_id": PLACE}, id=name, **fields)


def sent(of: Event, user: str | None = "crm", **headers: Json) -> RawMessage:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return arrived(encode(of), routing_key=of.name, user=user, headers=named)


def emergencies(user: str | None, count: int, **headers: Json) -> list[RawMessage]:
    return [sent(emergency(f"{user}-{number}"), user, **headers) for number in range(count)]


async def test_what_is_above_the_rate_goes_to_the_lane_below() -> None:
    desk = Limited()
    await desk.hub.take_in(*emergencies("crm", 4))

    assert ["crm-0", "crm-1"] == desk.stored
    assert [(Lane.NORMAL, "crm-2"), (Lane.NORMAL, "crm-3")] == desk.moved
    assert {(Lane.URGENT, "crm"): 2} == desk.rates.excess


async def test_no_sender_draws_on_the_rate_of_another() -> None:
    desk = Limited()
    await desk.hub.take_in(*emergencies("crm", 9), sent(emergency("true"), "guard"))

    assert "true" in desk.stored


async def test_all_who_name_nobody_share_one_rate_for_any_source() -> None:
    desk = Limited()
    sources = [f"urn:system:{number}" for number in range(5)]
    await desk.hub.take_in(*(sent(emergency(source, source=source), None) for source in sources))

    assert sources[:2] == desk.stored
    assert {(Lane.URGENT, ANONYMOUS): 3} == desk.rates.excess


async def test_the_rate_fills_up_again() -> None:
    desk = Limited()
    await desk.hub.take_in(*emergencies("crm", 2))
    desk.seconds.now = 1.0
    await desk.hub.take_in(sent(emergency("a")), sent(emergency("b")))

    assert ["crm-0", "crm-1", "a"] == desk.stored


async def test_the_hubs_own_events_have_no_limit() -> None:
    desk = Limited()
    troubles = [event("sla.at_risk", id=f"t-{number}", source=HUB_SOURCE) for number in range(5)]
    await desk.hub.take_in(*(sent(trouble, OWN_USER) for trouble in troubles))

    assert [] == desk.moved


async def test_over_http_a_caller_draws_on_a_rate_of_their_own() -> None:
    desk = Limited()
    await desk.hub.take_in(*emergencies(OWN_USER, 3, x_hub_caller="http:key:crm"))

    assert {(Lane.URGENT, "http:key:crm"): 1} == desk.rates.excess


async def test_what_was_moved_draws_on_the_rate_of_its_first_sender() -> None:
    desk = Limited()
    await desk.hub.take_in(*emergencies(OWN_USER, 3, x_hub_sender="crm"))

    assert {(Lane.URGENT, "crm"): 1} == desk.rates.excess


async def test_a_demoted_emergency_is_handled_where_it_was_moved() -> None:
    desk = await Limited(lane=Lane.NORMAL).with_town()
    await desk.hub.take_in(sent(emergency("a"), OWN_USER, x_hub_sender="crm", x_hub_lane="normal"))

    assert ["a"] == desk.stored
    assert [] == desk.moved
    assert {Lane.URGENT} == {message.lane for message in desk.hub.store.messages}
    assert ["emergency_ack"] == [clock.name for clock in desk.hub.store.clocks]


@pytest.mark.parametrize("user", ["crm", None])
async def test_nobody_but_the_hub_chooses_the_lane(user: str | None) -> None:
    desk = Limited()
    payment = event("admin.payment.received")
    await desk.hub.take_in(sent(payment, user, x_hub_lane="urgent", x_hub_sender=OWN_USER))

    assert [] == desk.stored
    assert [(Lane.NORMAL, payment.id)] == desk.moved


@pytest.mark.parametrize("user", ["crm", None])
async def test_nobody_but_the_hub_says_on_whose_rate_an_event_counts(user: str | None) -> None:
    desk = Limited()
    await desk.hub.take_in(*emergencies(user, 3, x_hub_sender="guard", x_hub_caller="http:key:guard"))

    assert {(Lane.URGENT, user or ANONYMOUS): 1} == desk.rates.excess


async def test_a_lane_that_the_hub_does_not_know_is_that_of_the_type() -> None:
    desk = Limited()
    await desk.hub.take_in(sent(emergency("a"), OWN_USER, x_hub_sender="crm", x_hub_lane="express"))

    assert ["a"] == desk.stored


async def test_a_duplicate_and_a_dead_letter_draw_on_no_rate() -> None:
    desk = Limited()
    wrong = event("emergency.declared", without=("copropiedad_id",))
    twice = sent(emergency("twice"))
    await desk.hub.take_in(sent(wrong), sent(wrong), twice, twice, sent(emergency("b")))

    assert ["twice", "b"] == desk.stored
    assert [] == desk.moved


async def test_a_batch_that_is_repeated_draws_once() -> None:
    desk = Limited()
    desk.hub.store.faults.script("transaction", StorageUnavailable("away"))
    with pytest.raises(StorageUnavailable):
        await desk.hub.take_in(*emergencies("crm", 2))
    await desk.hub.take_in(*emergencies("crm", 2))

    assert ["crm-0", "crm-1"] == desk.stored


async def test_what_was_processed_and_is_published_again_draws_again() -> None:
    desk = Limited()
    for _ in range(3):
        await desk.hub.take_in(sent(emergency("same")))

    assert [(Lane.NORMAL, "same")] == desk.moved


async def test_a_crash_before_the_acknowledgement_makes_no_second_message() -> None:
    urgent, normal = await Limited().with_town(), Limited(lane=Lane.NORMAL)
    normal.hub = replace(urgent.hub, context=normal.hub.context)
    await urgent.hub.take_in(*emergencies("crm", 3))
    urgent.rates.excess.clear()
    await urgent.hub.take_in(*emergencies("crm", 3))  # not acknowledged: RabbitMQ brings them again
    moved = [
        arrived(raw.body, user=OWN_USER, headers=headers_of_moved(raw, Lane.NORMAL))
        for raw in urgent.hub.publisher.demoted
    ]
    await normal.hub.take_in(*moved[:2])
    before = len(urgent.hub.store.messages)
    await normal.hub.take_in(*moved)

    assert ["crm-0", "crm-1", "crm-2"] == urgent.stored
    assert before == len(urgent.hub.store.messages)
    assert 3 == len({message.event_key for message in urgent.hub.store.messages})


async def test_nothing_is_acknowledged_that_could_not_be_demoted() -> None:
    desk = Limited()
    desk.hub.publisher.faults.script("move", BrokerUnavailable("away"))
    with pytest.raises(BrokerUnavailable):
        await desk.hub.take_in(*emergencies("crm", 3))

    assert not desk.rates.excess


async def test_normal_events_above_a_rate_go_to_bulk() -> None:
    desk = Limited({"rate": {"normal": {"rate": "60/m", "burst": 1}}}, Lane.NORMAL)
    payments = [event("admin.payment.received", id=f"p-{number}") for number in range(2)]
    await desk.hub.take_in(*map(sent, payments))

    assert [(Lane.BULK, "p-1")] == desk.moved


async def test_a_lane_without_a_rate_counts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SenderRates, "admits", lambda *_: pytest.fail("an event was counted"))
    desk = Limited(lane=Lane.NORMAL)
    await desk.hub.take_in(sent(event("admin.payment.received")))

    assert 1 == len(desk.stored)


async def test_a_hub_that_does_not_know_its_own_user_demotes_nothing() -> None:
    assert not SenderRates(read(IntakePolicy, TIGHT), own=None).limits(Lane.URGENT)


def test_the_rate_of_one_sender_replaces_that_of_all() -> None:
    senders = {"crm": {"urgent": {"rate": "none"}}, "pay": {"normal": {"rate": "20/s"}}}
    policy = read(IntakePolicy, {**TIGHT, "senders": senders})

    assert policy.of("crm", Lane.URGENT) is None
    assert policy.of("crm", Lane.NORMAL) is None
    assert (limit := policy.of("pay", Lane.URGENT)) is not None
    assert limit.at_once == 2
    assert (limit := policy.of("pay", Lane.NORMAL)) is not None
    assert limit.at_once == 20
    assert {Lane.URGENT, Lane.NORMAL} == policy.limited


def test_nobody_is_demoted_from_bulk() -> None:
    with pytest.raises(InvalidPolicy, match=r"^intake: bulk is the lowest lane"):
        read(Policy, {"intake": {"rate": {"bulk": {"rate": "1/s"}}}})


@pytest.mark.parametrize("burst", [1, 3, 60])
def test_a_bucket_holds_its_burst_and_fills_at_its_rate(burst: int) -> None:
    seconds = Seconds()
    buckets, rate = TokenBuckets(seconds), parse_rate("600/m")
    assert burst == sum(buckets.take("crm", rate, burst) for _ in range(1_000))
    for step in range(1, 50):
        seconds.now = step / 10
        assert [True, False] == [buckets.take("crm", rate, burst) for _ in range(2)]


def test_headers_of_a_moved_event_keep_the_facts_of_its_sender() -> None:
    raw = arrived(b"", user=OWN_USER, caller="http:key:crm")

    assert {SENDER_HEADER: OWN_USER, CALLER_HEADER: "http:key:crm"} == headers_of_moved(raw, None)
    assert {SENDER_HEADER: "", LANE_HEADER: "bulk"} == headers_of_moved(arrived(b""), Lane.BULK)


def test_a_replay_believes_nothing_that_its_first_sender_wrote_into_the_hubs_headers() -> None:
    forged = {LANE_HEADER: "urgent", CALLER_HEADER: "http:key:guard", SENDER_HEADER: "guard", "ce-id": "1"}
    letter = dead_letter(arrived(b"", user="mallory", headers=forged), InvalidEvent("wrong"))

    assert {SENDER_HEADER: "mallory", "ce-id": "1"} == headers_of(letter)
