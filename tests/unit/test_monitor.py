"""The monitor publishes each incident once, and its end once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from structlog.testing import capture_logs

from hub.access.check_rate import CheckRate
from hub.app.monitoring import report_rates, report_unknown
from hub.cloudevents.schemas import Schemas
from hub.errors import (
    AppointmentsUnavailable,
    BrokerUnavailable,
    InvalidEvent,
    StorageUnavailable,
    TransientFailure,
)
from hub.health import monitor
from hub.health.incidents import (
    BY_KIND,
    KINDS,
    avoided_channels,
    event_of,
    title_of,
)
from hub.health.monitor import Monitor
from hub.health.symptoms import (
    of_ages,
    of_audit,
    of_balance,
    of_clock,
    of_excess,
    of_gaps,
    of_letters,
    of_old_exclusions,
    of_queues,
    of_unknown_codes,
    of_unrecognised,
    of_waiting_advertising,
    of_wrong_senders,
)
from hub.intake.decode import dead_letter
from hub.intake.sender_rates import SenderRates
from hub.model import Gap, Incident, Lane, Purpose, Remaining, State, Symptom
from hub.model.exclusions import REGISTER, ExclusionList
from hub.model.incidents import UNKNOWN_CODES
from hub.model.webhooks import LateWebhook
from hub.policy import load_policy
from hub.policy.intake import ANONYMOUS
from hub.tasks import cancel
from hub.testing import MemoryMonitor, MemoryPublisher, MemoryStore, SettableClock
from tests.unit.delivery_harness import ABOUT, mail
from tests.unit.factories import HOUR, MINUTE, MONDAY, OWN_USER, SECOND, arrived, event, incoming

FLOODED = load_policy().intake
POLICY = load_policy().monitor
EXCLUSIONS = load_policy().exclusions
SCHEMAS = Schemas.load()
LETTER = dead_letter(incoming(event("pqrs.received")), InvalidEvent("data.radicado: required"))
ROSA = {"person_id": "p-1", "version": 1, "names": "Rosa Ruiz", "contact_points": []}
HER_DUTY = {
    "membership_id": "m-1",
    "version": 1,
    "person_id": "p-1",
    "scope": "company",
    "role": "staff",
    "duty": "ops",
}


@dataclass
class House:
    """A healthy hub, of which a test breaks something."""

    clock: SettableClock = field(default_factory=lambda: SettableClock(MONDAY))
    publisher: MemoryPublisher = field(default_factory=MemoryPublisher)
    lonely: dict[str, int] = field(default_factory=dict)
    servers: dict[str, bool] = field(default_factory=lambda: {"rabbitmq": True, "redis": True})
    funds: list[Remaining] = field(default_factory=list)
    funds_fail: bool = False
    asked: int = 0
    apart: timedelta = timedelta(0)
    stopped: bool = False
    """Break the timers: no audit ends any more."""

    def __post_init__(self) -> None:
        self.memory = MemoryStore(self.clock)
        self.store = MemoryMonitor(self.memory, self.clock)
        self.watch = self.another()

    def another(self) -> Monitor:
        """Another process that monitors the same hub."""
        return Monitor(
            store=self.store,
            publisher=self.publisher,
            queues=self,
            answers=self.answers,
            clocks={"redis": self.there},
            balances=self.balances,
            now=self.clock,
            policy=POLICY,
            exclusions=EXCLUSIONS,
        )

    async def unattended(self) -> Mapping[str, int]:
        return self.lonely

    async def answers(self) -> Mapping[str, bool]:
        return self.servers

    async def there(self) -> datetime:
        return self.clock() + self.apart

    async def balances(self) -> Sequence[Remaining]:
        self.asked += 1
        if self.funds_fail:
            raise TransientFailure("connect_failed")
        return self.funds

    async def passes(self, times: int = 1, *, wait: timedelta = POLICY.interval) -> None:
        for _ in range(times):
            if not self.stopped:
                await self.store.beat("timers", {"audit": "ended"})
            await monitor.check_and_notify(self.watch)
            self.clock.advance(wait)

    async def circuit(self, state: str) -> None:
        await self.store.beat("delivery", {"circuit:sms:twilio": state})

    @property
    def published_events(self) -> list[tuple[str, str]]:
        return [(event.name.rpartition(".")[2], event.data["key"]) for event in self.publisher.events]


async def test_healthy_hub_reports_nothing() -> None:
    house = House()
    await house.passes(20)

    assert [] == house.published_events
    assert house.watch.well


async def _break_document_host(house: House) -> None:
    await house.store.beat("timers", {"circuit:document:archivo.example.com:8443": "open"})


async def _break_circuit(house: House) -> None:
    await house.circuit("open")


async def _break_queue(house: House) -> None:
    async with house.memory.transaction() as transaction:
        await transaction.add_events([ABOUT])
        await transaction.add_messages([structs.replace(mail(), lane=Lane.URGENT)])
    house.clock.advance(POLICY.queue_max_age[Lane.URGENT] + SECOND)


async def _break_intake(house: House) -> None:
    house.lonely = {"hub.events.urgent": 2, "hub.events.bulk": 0}


async def _bury(house: House, times: int = 1) -> None:
    async with house.memory.transaction() as transaction:
        await transaction.add_dead_letters(
            [replace(LETTER, id=uuid4(), received_at=house.clock()) for _ in range(times)]
        )


async def _impersonate(house: House, times: int = 1, **fields: Any) -> None:
    made = {"source": "urn:hub", "sender": "mallory", "wrong_sender": True, **fields}
    async with house.memory.transaction() as transaction:
        await transaction.add_dead_letters(
            [replace(LETTER, id=uuid4(), received_at=house.clock(), **made) for _ in range(times)]
        )


async def _stop_timers(house: House) -> None:
    await house.store.beat("timers", {"audit": "ended"})
    house.stopped = True
    house.clock.advance(POLICY.audit_max_age + SECOND)


async def _spend(house: House) -> None:
    house.funds = [Remaining(place="sms:twilio", amount=Decimal("9.99"), currency="USD")]


async def _set_clock(house: House) -> None:
    house.apart = -6 * SECOND


async def _set_clock_of_a_process(house: House) -> None:
    await house.store.beat("uno:41", {"clock": "-7200.5"})
    await house.store.beat("uno:42", {"clock": "0.0"})
    await house.store.beat("dos:41", {"clock": "4.0"})


async def _stop_redis(house: House) -> None:
    house.servers["redis"] = False


async def _lose_way(house: House) -> None:
    await house.store.beat("web", {"gap:": str(Gap(since=MONDAY - MINUTE, until=MONDAY))})


async def _flood(house: House) -> None:
    rates = SenderRates(FLOODED, own=OWN_USER)
    rates.note_demoted(Lane.URGENT, [arrived(b"", user="crm")] * 40)
    await report_rates(house.store, rates=rates)


async def _turn_off(house: House) -> None:
    house.store.off.append(("0199", "urn:crm", "http_500"))


async def _let_wait(house: House) -> None:
    late = LateWebhook(id="0199", source="urn:crm", error="http_500", age=timedelta(hours=2))
    house.store.late.append(late)


async def _outdate(house: House) -> None:
    day = house.clock().date() - timedelta(days=4)
    house.store.loaded = ExclusionList(list_date=day, loaded_at=house.clock() - HOUR, addresses=3)


async def _advertise(house: House) -> None:
    waiting = structs.replace(
        mail(), state=State.HELD, reason=REGISTER, purpose=Purpose.COMMERCIAL, next_at=house.clock() + HOUR
    )
    async with house.memory.transaction() as transaction:
        await transaction.add_events([ABOUT])
        await transaction.add_messages([waiting])


async def _send_false_messages(house: House) -> None:
    rate = CheckRate(lambda: 0.0)
    for number in range(POLICY.max_unknown_codes + 1):
        rate.wrong(f"192.0.2.{number}")
    await report_unknown(house.store, rate=rate)


async def _not_recognise(house: House) -> None:
    house.store.reports += [house.clock()] * (POLICY.max_unrecognised + 1)


BROKEN = {
    "circuit:sms:twilio": _break_circuit,
    "document_host:archivo.example.com:8443": _break_document_host,
    "queue_age:email:urgent": _break_queue,
    "unattended:intake": _break_intake,
    "dead_letters": _bury,
    "impersonation": _impersonate,
    "auditor": _stop_timers,
    "balance:sms:twilio": _spend,
    "skew:redis:postgresql": _set_clock,
    "skew:uno:postgresql": _set_clock_of_a_process,
    "server:redis": _stop_redis,
    "topology": _lose_way,
    "sender_rate:urgent:crm": _flood,
    "webhook:0199": _turn_off,
    "webhook_age:0199": _let_wait,
    "exclusions": _outdate,
    "register": _advertise,
    "unknown_codes": _send_false_messages,
    "unrecognised": _not_recognise,
}


@pytest.mark.parametrize("key", BROKEN)
async def test_each_kind_of_incident_is_published_once(key: str) -> None:
    house = House()
    await BROKEN[key](house)
    await house.passes(3)

    assert ("began", key) in house.published_events
    # A letter refused for its sender is a dead letter too.
    assert {key, "dead_letters"} >= {named for _, named in house.published_events}
    assert len(set(house.published_events)) == len(house.published_events)
    for published in house.publisher.events:
        SCHEMAS.check(published, now=house.clock())


def test_each_kind_is_broken_here() -> None:
    assert {kind.name for kind in KINDS} == {key.partition(":")[0] for key in BROKEN}


@pytest.mark.parametrize("key", BROKEN)
def test_title_names_the_subject(key: str) -> None:
    assert "{" not in title_of(key)


def test_incident_of_documents_names_the_host_with_its_port() -> None:
    title = title_of("document_host:archivo.example.com:8443")

    assert "archivo.example.com:8443 no entrega sus documentos" == title


def test_only_a_channel_is_avoided() -> None:
    assert {key: avoided_channels(key) for key in BROKEN if avoided_channels(key)} == {
        "circuit:sms:twilio": ["sms"],
        "queue_age:email:urgent": ["email"],
        "balance:sms:twilio": ["sms"],
    }


@pytest.mark.parametrize(
    ("unattended", "measured"),
    [
        ({"hub.events.urgent": 1}, "Espera 1"),
        ({"hub.events.urgent": 2, "hub.events.bulk": 1}, "Esperan 3"),
    ],
)
def test_one_that_waits_is_counted_in_the_singular(unattended: Mapping[str, int], measured: str) -> None:
    assert [measured] == [symptom.measured for symptom in of_queues(unattended)]


@pytest.mark.parametrize(
    ("gaps", "measured"),
    [
        ([], []),
        (
            [Gap(since=MONDAY, until=MONDAY + 2 * SECOND), Gap(since=MONDAY - SECOND, until=MONDAY)],
            ["Sin camino desde las 08:04:59 del 09/03, hasta las 08:05:02 del 09/03"],
        ),
        ([Gap(since=MONDAY)], ["Sin camino desde las 08:05:00 del 09/03, y aún falta"]),
        ([Gap(until=MONDAY)], ["Sin camino desde antes, hasta las 08:05:00 del 09/03"]),
    ],
)
def test_gap_is_reported_with_the_times_in_colombia(gaps: Sequence[Gap], measured: Sequence[str]) -> None:
    assert measured == [symptom.measured for symptom in of_gaps(gaps)]
    assert gaps == [Gap.read(str(gap)) for gap in gaps]


def test_text_about_dead_letters_is_about_notices_of_other_systems() -> None:
    kind = BY_KIND["dead_letters"]

    assert kind.title.startswith("Hay avisos de otros sistemas")
    assert kind.to_do.startswith("Mírelos")


async def test_open_incident_updates_its_count_of_dead_letters() -> None:
    house = House()
    await _bury(house)
    await house.passes()
    first = await house.store.incidents(10)
    await _bury(house, 2)
    await house.passes()
    [later] = await house.store.incidents(10)

    assert ["1 abierto, 1 de la última hora"] == [incident.measured for incident in first]
    assert "3 abiertos, 3 de la última hora" == later.measured
    assert [("began", "dead_letters")] == house.published_events


async def test_end_of_an_incident_is_published_once_after_a_delay() -> None:
    house = House()
    await house.circuit("open")
    await house.passes()
    await house.circuit("closed")
    await house.passes(20)

    assert [("began", "circuit:sms:twilio"), ("ended", "circuit:sms:twilio")] == house.published_events
    for published in house.publisher.events:
        SCHEMAS.check(published, now=house.clock())


@pytest.mark.parametrize("key", ["unattended:intake", "server:redis"])
async def test_symptom_of_a_start_counts_the_second_time(key: str) -> None:
    house = House()
    await BROKEN[key](house)
    await house.passes()
    house.lonely, house.servers["redis"] = {}, True
    await house.passes(20)

    assert [] == house.published_events


async def test_flapping_symptom_is_one_incident() -> None:
    house = House()
    for state in ("open", "closed", "half_open", "closed", "open") * 4:
        await house.circuit(state)
        await house.passes()

    assert [("began", "circuit:sms:twilio")] == house.published_events


async def test_circuit_that_no_process_reports_is_resolved() -> None:
    house = House()
    await house.circuit("open")
    await house.passes(20)

    assert [("began", "circuit:sms:twilio"), ("ended", "circuit:sms:twilio")] == house.published_events


async def test_incident_with_a_failing_check_is_not_resolved() -> None:
    house = House()
    await house.circuit("open")
    await house.passes()
    house.store.faults.always("open_circuits", StorageUnavailable())
    await house.passes(20)

    assert [("began", "circuit:sms:twilio")] == house.published_events


@pytest.mark.parametrize(
    ("method", "error"),
    [("audit_age", StorageUnavailable()), ("open_circuits", AppointmentsUnavailable())],
)
async def test_failing_check_does_not_hide_the_others(method: str, error: Exception) -> None:
    house = House()
    house.store.faults.always(method, error)
    await _break_intake(house)
    await house.passes(2)

    assert [("began", "unattended:intake")] == house.published_events


async def test_a_hub_whose_audit_is_old_or_unknown_is_not_well() -> None:
    house = House()
    await _stop_timers(house)
    await house.passes()
    assert not house.watch.well

    house = House()
    house.store.faults.always("audit_age", StorageUnavailable())
    await house.passes()
    assert not house.watch.well


async def test_audit_age_before_the_first_audit_counts_from_the_start() -> None:
    house = House(stopped=True)
    await house.passes(2)
    assert [] == house.published_events

    house.clock.advance(POLICY.audit_max_age)
    await house.passes()
    assert [("began", "auditor")] == house.published_events


async def test_hub_that_starts_after_a_day_gives_its_timers_as_long_as_any_others() -> None:
    house = House()
    await house.passes()
    house.stopped = True
    house.clock.advance(timedelta(days=1))
    house.watch = house.another()
    await house.passes(2)
    assert ([], False) == (house.published_events, house.watch.well)

    house.clock.advance(POLICY.audit_max_age)
    await house.passes()
    assert [("began", "auditor")] == house.published_events

    house.watch = house.another()
    await house.passes(4)
    assert [("began", "auditor")] == house.published_events


async def test_crash_between_publishing_and_marking_repeats_the_same_id() -> None:
    house = House()
    await house.circuit("open")
    house.store.faults.script("mark_published", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await house.passes()
    house.clock.advance(HOUR)
    await house.circuit("open")
    await house.passes()

    first, repeated = house.publisher.events
    assert (first.source, first.id, first.time) == (repeated.source, repeated.id, repeated.time)


async def test_incidents_during_a_broker_outage_are_published_later_in_order() -> None:
    house = House()
    await house.circuit("open")
    house.publisher.faults.script("event", *[BrokerUnavailable()] * 10)
    for _ in range(10):
        with pytest.raises(BrokerUnavailable):
            await house.passes()
        house.clock.advance(POLICY.interval)
    await house.passes()

    assert [("began", "circuit:sms:twilio"), ("ended", "circuit:sms:twilio")] == house.published_events


async def test_balances_are_read_at_most_every_quarter_of_an_hour() -> None:
    house = House()
    await _spend(house)
    await house.passes(4 * 15)
    await house.passes(2)

    assert 2 == house.asked
    assert [("began", "balance:sms:twilio")] == house.published_events


@pytest.mark.parametrize(
    ("low", "currency", "is_published"),
    [(Decimal(12), "SMS", True), (Decimal(9), "USD", False), (None, "USD", True), (None, "EUR", False)],
)
async def test_providers_own_low_balance_limit_comes_first(
    low: Decimal | None, currency: str, is_published: bool
) -> None:
    house = House()
    house.funds = [Remaining(place="sms:uno", amount=Decimal("9.99"), currency=currency, low=low)]
    await house.passes()

    assert is_published is bool(house.published_events)


def test_what_has_just_reached_its_limit_is_no_incident() -> None:
    limit = Decimal(12)
    found = [
        of_letters(POLICY.max_dead_letters, 0, POLICY),
        of_unknown_codes(POLICY.max_unknown_codes, POLICY),
        of_unrecognised(POLICY.max_unrecognised, POLICY),
        of_audit(POLICY.audit_max_age, POLICY),
        of_ages({("sms", lane): age for lane, age in POLICY.queue_max_age.items()}, POLICY),
        of_balance(Remaining(place="sms:uno", amount=limit, currency="SMS", low=limit), POLICY),
        of_clock("hub", POLICY.max_clock_skew, POLICY),
    ]

    assert [] == [symptom for symptoms in found for symptom in symptoms]


async def test_an_incident_names_nobody_whom_to_notify() -> None:
    house = House()
    await house.circuit("open")
    await house.passes()

    assert [] == house.publisher.events[0].data["notify"]


@pytest.mark.parametrize("on_duty", [True, False])
async def test_it_is_logged_that_an_incident_has_nobody_on_duty(*, on_duty: bool) -> None:
    house = House()
    if on_duty:
        async with house.memory.transaction() as transaction:
            await transaction.apply_directory(
                [
                    event("directory.person.upserted", ROSA),
                    event("directory.membership.upserted", HER_DUTY),
                ]
            )
    await house.circuit("open")
    with capture_logs() as logs:
        await house.passes()

    assert on_duty is not ("monitor.nobody_on_duty" in {line["event"] for line in logs})


async def test_an_impersonation_is_over_an_hour_after_its_last_letter() -> None:
    house = House()
    await _impersonate(house)
    await house.passes()
    house.clock.advance(POLICY.dead_letter_window)
    await house.passes(20)

    assert ("ended", "impersonation") in house.published_events


async def test_a_letter_refused_for_another_reason_is_no_impersonation() -> None:
    house = House()
    await _bury(house)
    await house.passes()

    assert [("began", "dead_letters")] == house.published_events


@pytest.mark.parametrize(
    ("found", "measured"),
    [
        ([("urn:hub", "mallory")], "1; el último en nombre del centro mismo, de mallory"),
        ([("urn:hub", None), ("urn:crm", "x")], "2; el último en nombre del centro mismo, sin identificarse"),
        ([("urn:hub:visite-https://malo.example", "m")], "1; el último en nombre del centro mismo, de m"),
        ([("urn:crm", "http:key:pay")], "1; el último en nombre de urn:crm, de http:key:pay"),
        ([(None, None)], "1; el último en nombre de nadie, sin identificarse"),
    ],
)
def test_an_impersonation_names_the_source_and_the_user(
    found: Sequence[tuple[str | None, str | None]], measured: str
) -> None:
    assert [measured] == [symptom.measured for symptom in of_wrong_senders(found)]


def test_names_that_others_choose_fit_into_an_incident() -> None:
    [symptom] = of_wrong_senders([("urn:" + "x" * 250, "u" * 250)])

    assert len(symptom.measured) <= 200


async def test_incident_of_an_unknown_kind_is_left_to_the_other_hub() -> None:
    house = House()
    await house.store.see([Symptom(key="moon:full", measured="x")])
    await house.circuit("open")
    await house.passes()

    assert [("began", "circuit:sms:twilio")] == house.published_events


async def test_monitor_continues_after_a_fault() -> None:
    house = House()
    house.watch.policy = msgspec.structs.replace(POLICY, interval=timedelta(milliseconds=1))
    house.publisher.faults.script("event", RuntimeError("a fault of ours"), BrokerUnavailable())
    await house.circuit("open")
    watching = asyncio.create_task(monitor.run(house.watch))
    async with asyncio.timeout(10):
        while not house.published_events:  # noqa: ASYNC110 - the memory store emits no event
            await asyncio.sleep(0.001)
    await cancel(watching)

    assert [("began", "circuit:sms:twilio")] == house.published_events


SEEN = st.lists(
    st.tuples(st.sampled_from(["open", "closed", "silent", "blind"]), st.integers(1, 90)), max_size=40
)


@given(SEEN, st.integers(1, 3))
def test_begins_and_ends_alternate_and_at_most_one_is_open(
    seen: list[tuple[str, int]], watchers: int
) -> None:
    house = House()
    others = [house.another() for _ in range(watchers - 1)]

    async def live() -> None:
        for what, seconds in seen:
            house.store.faults.always("open_circuits", StorageUnavailable() if what == "blind" else None)
            if what in {"open", "closed"}:
                await house.circuit(what)
            await house.passes(wait=timedelta(0))
            for process in others:
                await monitor.check_and_notify(process)
            house.clock.advance(seconds * SECOND)
            assert len([row for row in house.store.rows if row.resolved_at is None]) <= 1

    asyncio.run(live())
    verbs = [verb for verb, _ in house.published_events]

    assert ["began", "ended"] * (len(verbs) // 2) + ["began"] * (len(verbs) % 2) == verbs
    assert len({event.id for event in house.publisher.events}) == len(verbs)


async def test_last_known_balance_stays_in_force_if_a_read_fails() -> None:
    house = House()
    await _spend(house)
    await house.passes()
    house.funds_fail = True
    await house.passes(4 * 16)

    assert [("began", "balance:sms:twilio")] == house.published_events


async def test_a_sender_above_the_rate_is_named_and_the_incident_ends_by_itself() -> None:
    house = House()
    await _flood(house)
    await house.passes()
    [began] = house.publisher.events
    house.clock.advance(POLICY.heartbeat_max_age)
    await house.passes(20)

    assert "crm publica demasiados avisos urgentes" == began.data["title"]
    assert "40 de más hace un momento" == began.data["measured"]
    assert [("began", "sender_rate:urgent:crm"), ("ended", "sender_rate:urgent:crm")] == (
        house.published_events
    )


def test_senders_with_colons_or_without_a_name_are_named_in_the_title() -> None:
    assert "http:key:crm publica demasiados avisos normales" == title_of("sender_rate:normal:http:key:crm")
    assert "Quien no da su nombre" in title_of(f"sender_rate:urgent:{ANONYMOUS}")


def test_the_longest_name_of_a_sender_fits_into_the_incident() -> None:
    [symptom] = of_excess({(Lane.URGENT, "x" * 255): 1})
    incident = Incident(key=symptom.key, since=MONDAY, seen_at=MONDAY, measured=symptom.measured)

    SCHEMAS.check(event_of(incident, now=MONDAY), now=MONDAY)


async def test_what_could_not_be_reported_is_reported_the_next_time() -> None:
    house, rates = House(), SenderRates(FLOODED, own=OWN_USER)
    house.store.faults.script("beat", StorageUnavailable("away"))
    for _ in range(2):
        rates.note_demoted(Lane.URGENT, [arrived(b"", user="crm")])
        await report_rates(house.store, rates=rates)

    assert {(Lane.URGENT, "crm"): 2} == await house.store.excess(MINUTE)
    assert not rates.excess


@pytest.mark.parametrize(
    ("days", "measured"),
    [
        (3, []),
        (4, ["Es del 05/03, hace 4 días; todavía sirve"]),
        (5, ["Es del 04/03, hace 5 días; todavía sirve"]),
        (6, ["Es del 03/03, hace 6 días; ya no sirve"]),
    ],
)
def test_staff_is_warned_before_the_list_is_too_old(days: int, measured: list[str]) -> None:
    today = MONDAY.date()
    loaded = ExclusionList(list_date=today - timedelta(days=days), loaded_at=MONDAY, addresses=3)
    found = of_old_exclusions(loaded, today, load_policy().exclusions)

    assert measured == [symptom.measured for symptom in found]


def test_without_a_list_nobody_is_told_to_load_one_until_something_waits() -> None:
    assert [] == list(of_old_exclusions(None, MONDAY.date(), load_policy().exclusions))
    assert [] == list(of_waiting_advertising(None, 0))
    [symptom] = of_waiting_advertising(None, 1)
    assert "1 mensaje espera; no hay lista" == symptom.measured


async def test_the_incident_of_waiting_advertising_ends_when_a_list_is_loaded() -> None:
    house = House()
    await _advertise(house)
    await house.passes(2)
    house.store.loaded = ExclusionList(list_date=MONDAY.date(), loaded_at=house.clock(), addresses=3)
    await house.passes(10)

    assert [("began", "register"), ("ended", "register")] == house.published_events


async def test_advertising_that_waits_although_a_list_is_loaded_is_an_incident() -> None:
    """The list may be one of a key that is gone: nothing can be looked up in it."""
    house = House()
    house.store.loaded = ExclusionList(
        list_date=MONDAY.date(), loaded_at=house.clock() - 2 * HOUR, addresses=3
    )
    await _advertise(house)
    await house.passes(2)

    assert [("began", "register")] == house.published_events


def test_wrong_codes_are_forgotten_after_an_hour() -> None:
    seconds = [0.0]
    rate = CheckRate(lambda: seconds[0])
    rate.wrong("192.0.2.1")
    seconds[0] = 3599.0
    rate.wrong("192.0.2.2")
    assert 2 == rate.lately()

    seconds[0] = 3600.0
    assert 1 == rate.lately()


async def test_as_many_wrong_codes_as_the_policy_allows_are_no_incident() -> None:
    house = House()
    await house.store.beat("web:1", {UNKNOWN_CODES: str(POLICY.max_unknown_codes - 1)})
    await house.store.beat("web:2", {UNKNOWN_CODES: "1"})
    house.store.reports += [house.clock()] * POLICY.max_unrecognised
    await house.passes()

    assert [] == house.published_events
