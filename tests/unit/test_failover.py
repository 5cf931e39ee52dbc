"""Several providers of a channel: those asked, those passed over, and their common answer."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from datetime import timedelta

import pytest
from msgspec.structs import replace

from hub.channels.connection_slots import ConnectionSlots
from hub.channels.failover import Failover, Provider
from hub.channels.failures import misconfigured, no_place
from hub.errors import PermanentFailure, SendFailure, TransientFailure
from hub.model import Accepted, Lane, Outgoing
from hub.resilience.breaker import Breaker, Breakers, Circuit
from hub.resilience.rate_limit import Rate
from hub.testing import MemoryChannel, MemoryEmail, MemoryThrottle
from tests.providers.samples import outgoing
from tests.unit.factories import POLICY, SECOND

DOWN = TransientFailure("connect_failed", provider="smtp")
UNKNOWN = TransientFailure("timeout", provider="smtp", unknown=True)
FILTERED = PermanentFailure("filtered", provider="twilio", code="30007")
AUTH = misconfigured("provider_auth", provider="smtp")
GREYLISTED = TransientFailure("smtp_451_4.7.1", provider="smtp")
NO_MAILBOX = PermanentFailure("smtp_550_5.1.1", provider="smtp", gone=True)
HOUR = timedelta(hours=1)


class Pool:
    """Providers `smtp`, `smtp-2` … that answer as scripted."""

    def __init__(self, *channels: MemoryChannel, rate: Rate | None = None) -> None:
        self.channels = channels
        breakers = Breakers(POLICY.breaker)
        self.names = ["smtp", *(f"smtp-{number}" for number in range(2, len(channels) + 1))]
        self.breakers = [breakers.of("email", name) for name in self.names]
        self.failover = Failover(
            [
                Provider(name=name, channel=channel, breaker=breaker, rate=rate)
                for name, channel, breaker in zip(self.names, channels, self.breakers, strict=True)
            ],
            throttle=MemoryThrottle(time.monotonic),
            timeout=30 * SECOND,
        )

    async def send(self, message: Outgoing | None = None) -> Accepted:
        return await self.failover.send(message or outgoing())

    async def fails(self, message: Outgoing | None = None) -> TransientFailure:
        with pytest.raises(TransientFailure) as caught:
            await self.send(message)
        return caught.value

    @property
    def asked(self) -> list[int]:
        """The number of calls of each."""
        return [len(channel.sent) for channel in self.channels]


def opened(breaker: Breaker) -> None:
    for _ in range(POLICY.breaker.min_calls):
        given = breaker.enter(time.monotonic())
        assert given is not None
        breaker.leave(given, time.monotonic(), fault=True, took=SECOND)


async def test_the_first_sends_and_the_others_are_not_asked() -> None:
    pool = Pool(MemoryEmail(), MemoryEmail())
    answer = await pool.send()

    assert (answer.provider, answer.earlier, pool.asked) == ("smtp", (), [1, 0])


@pytest.mark.parametrize(
    "failure", [DOWN, AUTH, FILTERED, no_place("smtp"), TransientFailure("rate_limited")]
)
async def test_what_is_of_the_provider_or_its_route_goes_to_the_next_at_once(
    failure: SendFailure,
) -> None:
    pool = Pool(MemoryEmail(failure), MemoryEmail())
    answer = await pool.send()

    assert (answer.provider, pool.asked) == ("smtp-2", [1, 1])
    assert failure.provider != "smtp-2", "the failure that was raised is another's, too"


def test_a_receipt_is_waited_for_only_where_each_provider_sends_one() -> None:
    class Confirming(MemoryEmail):
        traits = dataclasses.replace(MemoryEmail.traits, confirms=True)

    mixed, all_of_them = Pool(Confirming(), MemoryEmail()), Pool(Confirming(), Confirming())

    assert (False, True) == (mixed.failover.traits.confirms, all_of_them.failover.traits.confirms)


async def test_everybody_who_was_asked_is_listed() -> None:
    pool = Pool(MemoryEmail(DOWN), MemoryEmail(AUTH), MemoryEmail())
    answer = await pool.send()

    assert answer.provider == "smtp-3"
    assert [(failure.provider, failure.reason) for failure in answer.earlier] == [
        ("smtp", "connect_failed"),
        ("smtp-2", "provider_auth"),
    ]
    assert all(failure.took is not None for failure in answer.earlier)


@pytest.mark.parametrize("failure", [UNKNOWN, GREYLISTED, NO_MAILBOX])
async def test_what_another_would_answer_too_or_may_double_stops(failure: SendFailure) -> None:
    pool = Pool(MemoryEmail(failure), MemoryEmail())
    with pytest.raises(type(failure)) as caught:
        await pool.send()

    assert (caught.value.reason, caught.value.provider, pool.asked) == (failure.reason, "smtp", [1, 0])


async def test_each_is_asked_once_and_the_last_word_is_returned() -> None:
    pool = Pool(MemoryEmail(DOWN), MemoryEmail(DOWN))
    failure = await pool.fails()

    assert (failure.provider, failure.untried, pool.asked) == ("smtp-2", False, [1, 1])
    assert [earlier.provider for earlier in failure.earlier] == ["smtp"]


async def test_an_open_one_is_passed_over() -> None:
    pool = Pool(MemoryEmail(*[DOWN] * 10), MemoryEmail())
    for _ in range(12):
        assert (await pool.send()).provider == "smtp-2"

    assert pool.asked == [10, 12]
    assert pool.breakers[0].circuit is Circuit.OPEN


async def test_where_all_are_open_nobody_is_asked_and_it_is_no_try() -> None:
    pool = Pool(MemoryEmail(), MemoryEmail())
    for breaker in pool.breakers:
        opened(breaker)
    failure = await pool.fails()

    assert (failure.reason, failure.untried, pool.asked) == ("circuit_open", True, [0, 0])
    assert failure.retry_after is not None
    assert timedelta(0) < failure.retry_after <= POLICY.breaker.open_for


@pytest.mark.parametrize("failure", [GREYLISTED, NO_MAILBOX, TransientFailure("rate_limited"), FILTERED])
async def test_what_says_nothing_against_the_provider_does_not_open_it(failure: SendFailure) -> None:
    pool = Pool(MemoryEmail(*[failure] * 20))
    for _ in range(20):
        with pytest.raises(SendFailure):
            await pool.send()

    assert pool.breakers[0].circuit is Circuit.CLOSED


async def test_outcomes_that_nobody_knows_open_it() -> None:
    pool = Pool(MemoryEmail(*[UNKNOWN] * 10))
    for _ in range(10):
        await pool.fails()

    assert pool.breakers[0].circuit is Circuit.OPEN


async def test_whoever_may_have_it_already_is_asked_first() -> None:
    pool = Pool(MemoryEmail(), MemoryEmail())
    answer = await pool.send(replace(outgoing(), unsure_of="smtp-2"))

    assert (answer.provider, pool.asked) == ("smtp-2", [0, 1])


async def test_unless_it_is_not_well() -> None:
    pool = Pool(MemoryEmail(), MemoryEmail())
    opened(pool.breakers[1])
    answer = await pool.send(replace(outgoing(), unsure_of="smtp-2"))

    assert answer.provider == "smtp"


async def test_a_filter_at_the_second_is_not_the_end_while_the_first_may_still_accept() -> None:
    pool = Pool(MemoryEmail(DOWN), MemoryEmail(FILTERED))
    failure = await pool.fails()

    assert (failure.reason, failure.provider, failure.code) == ("filtered", "smtp-2", "30007")
    assert [earlier.provider for earlier in failure.earlier] == ["smtp"]


async def test_a_filter_at_the_second_is_not_the_end_while_the_first_is_left_alone() -> None:
    pool = Pool(MemoryEmail(), MemoryEmail(FILTERED))
    opened(pool.breakers[0])

    assert (await pool.fails()).untried is False


async def test_where_every_route_is_closed_for_good_it_is_the_end() -> None:
    pool = Pool(MemoryEmail(FILTERED), MemoryEmail(FILTERED))
    with pytest.raises(PermanentFailure) as caught:
        await pool.send()

    assert (caught.value.provider, len(caught.value.earlier)) == ("smtp-2", 1)


async def test_a_wrong_password_of_one_does_not_make_the_other_wait() -> None:
    pool = Pool(MemoryEmail(DOWN), MemoryEmail(AUTH))
    failure = await pool.fails()

    # The first may be back in seconds, the password in a quarter of an hour.
    assert (failure.reason, failure.retry_after, failure.ours) == ("provider_auth", timedelta(0), False)


async def test_wrong_passwords_of_all_are_ours_to_correct() -> None:
    pool = Pool(MemoryEmail(AUTH), MemoryEmail(AUTH))
    failure = await pool.fails()

    assert (failure.retry_after, failure.ours) == (AUTH.retry_after, True)


async def test_another_one_is_begun_only_while_its_whole_time_fits_into_the_lease() -> None:
    pool = Pool(MemoryEmail(DOWN), MemoryEmail())
    failure = await pool.fails(replace(outgoing(), until=time.monotonic() + 29))

    assert (failure.provider, pool.asked) == ("smtp", [1, 0])


async def test_a_filter_is_not_the_end_while_there_was_no_time_to_ask_another_one() -> None:
    pool = Pool(MemoryEmail(FILTERED), MemoryEmail())
    failure = await pool.fails(replace(outgoing(), until=time.monotonic() + 29))

    assert (failure.reason, failure.provider, pool.asked) == ("filtered", "smtp", [1, 0])


async def test_a_provider_without_time_outs_is_cut_before_the_lease_ends_and_named() -> None:
    async def hang(_outgoing: Outgoing) -> Accepted:
        await asyncio.sleep(3600)
        raise AssertionError

    pool = Pool(MemoryEmail(hang), MemoryEmail())
    short = Failover(pool.failover.providers, throttle=MemoryThrottle(time.monotonic), timeout=SECOND / 100)
    with pytest.raises(TransientFailure) as caught:
        await short.send(replace(outgoing(), until=time.monotonic() + 0.55))

    assert (caught.value.provider, caught.value.unknown, pool.asked) == ("smtp", True, [1, 0])


async def test_a_send_that_is_cancelled_gives_its_probe_back() -> None:
    async def hang(_outgoing: Outgoing) -> Accepted:
        await asyncio.sleep(3600)
        raise AssertionError

    pool = Pool(MemoryEmail(hang))
    now = time.monotonic() - 60
    for _ in range(POLICY.breaker.min_calls):
        given = pool.breakers[0].enter(now)
        assert given is not None
        pool.breakers[0].leave(given, now, fault=True, took=SECOND)
    probe = asyncio.create_task(pool.failover.send(outgoing()))
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    answer = await pool.send()

    assert (answer.provider, pool.breakers[0].circuit) == ("smtp", Circuit.CLOSED)


async def test_a_crowd_that_waits_for_places_says_nothing_against_the_provider() -> None:
    places, slow = ConnectionSlots(1), POLICY.breaker.slow_after / 100

    async def through_one_place(_outgoing: Outgoing) -> Accepted:
        await places.take(Lane.NORMAL, asyncio.get_running_loop().time() + 60)
        try:
            await asyncio.sleep(slow.total_seconds() / 20)
        finally:
            places.give_back(Lane.NORMAL)
        return Accepted(provider="smtp")

    rules = POLICY.breaker
    hasty = type(rules)(
        **{**{name: getattr(rules, name) for name in rules.__struct_fields__}, "slow_after": slow}
    )
    breaker = Breaker(hasty)
    provider = Provider(name="smtp", channel=MemoryEmail(*[through_one_place] * 60), breaker=breaker)
    failover = Failover([provider], throttle=MemoryThrottle(time.monotonic), timeout=SECOND)
    await asyncio.gather(*(failover.send(outgoing()) for _ in range(60)))

    assert breaker.circuit is Circuit.CLOSED


async def test_a_short_turn_is_waited_for() -> None:
    pool = Pool(MemoryEmail(), rate=Rate(10, SECOND))
    began = time.monotonic()
    for _ in range(3):
        await pool.send()

    assert pool.asked == [3]
    assert time.monotonic() - began > 0.15  # eight a second that are not urgent: two times an eighth


async def test_a_long_turn_comes_later_and_is_no_try_and_no_fault() -> None:
    pool = Pool(MemoryEmail(), MemoryEmail(), rate=Rate(1, HOUR))
    await pool.send()
    failures = [await pool.fails() for _ in range(20)]

    assert {(failure.reason, failure.provider, failure.untried) for failure in failures} == {
        ("throttled", "smtp", True)
    }
    assert pool.asked == [1, 0]
    assert pool.breakers[0].circuit is Circuit.CLOSED


async def test_an_urgent_one_passes_a_crowd() -> None:
    pool = Pool(MemoryEmail(), rate=Rate(1, HOUR))
    await pool.send(outgoing(lane=Lane.BULK))
    await pool.fails(outgoing(lane=Lane.BULK))

    assert (await pool.send(outgoing(lane=Lane.URGENT))).provider == "smtp"


async def test_it_closes_what_it_holds() -> None:
    pool = Pool(MemoryEmail(), MemoryEmail())
    await pool.failover.aclose()

    assert [channel.closed for channel in pool.channels] == [True, True]
