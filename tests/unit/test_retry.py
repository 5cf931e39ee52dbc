"""Retries, and the origin of a failure: the message, the provider, or ourselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.failures import Blame, blame, misconfigured, no_place
from hub.errors import InvalidPolicy, PermanentFailure, SendFailure, TransientFailure
from hub.resilience.retry import Decision, GiveUp, RetryIn, RetryPolicy, backoff, decide

POLICY = RetryPolicy(base=timedelta(seconds=30), cap=timedelta(seconds=300), jitter=0.2, tries=8)
BUSY = TransientFailure("smtp_451")
OURS = TransientFailure("provider_auth", retry_after=timedelta(minutes=15), ours=True)


def test_all_tries_together_take_so_long() -> None:
    assert timedelta(seconds=30 + 60 + 120 + 240 + 3 * 300) == POLICY.span


def asks(seconds: float) -> TransientFailure:
    return TransientFailure("http_429", retry_after=timedelta(seconds=seconds))


def turn(seconds: float) -> TransientFailure:
    return TransientFailure("throttled", retry_after=timedelta(seconds=seconds), untried=True)


def wait(seconds: float) -> RetryIn:
    return RetryIn(timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("error", "attempt", "chance", "expected"),
    [
        (BUSY, 1, 0.5, wait(30)),  # 30 × 2^0 × (1 + 0.2 × 0)
        (BUSY, 2, 0.5, wait(60)),  # 30 × 2^1 × 1
        (BUSY, 4, 0.5, wait(240)),  # 30 × 2^3 × 1
        (BUSY, 5, 0.5, wait(300)),  # min(30 × 2^4, 300) × 1
        (BUSY, 1, 0.0, wait(24)),  # 30 × (1 − 0.2)
        (BUSY, 1, 0.75, wait(33)),  # 30 × (1 + 0.2 × 0.5)
        (BUSY, 7, 0.0, wait(240)),  # min(30 × 2^6, 300) × (1 − 0.2): below the cap
        (BUSY, 7, 0.75, wait(330)),  # min(30 × 2^6, 300) × (1 + 0.1): above it
        (BUSY, 8, 0.5, GiveUp("retries_exhausted")),  # the eighth try of eight
        (BUSY, 9, 0.5, GiveUp("retries_exhausted")),  # a policy that became shorter
        (asks(60), 1, 0.0, wait(60)),  # max(24, 60 × (1 + 0.2 × 0)): never earlier
        (asks(60), 1, 0.5, wait(66)),  # max(30, 60 × (1 + 0.2 × 0.5)): spread later only
        (asks(10), 3, 0.5, wait(120)),  # max(30 × 2^2, 11): our own wait is longer
        (asks(900), 1, 0.0, wait(900)),  # the provider may ask for more than our cap
        (asks(10**13), 1, 0.0, wait(7 * 86_400)),  # but not for centuries
        (asks(60), 8, 0.5, GiveUp("retries_exhausted")),  # a wish gives no more tries
        (OURS, 800, 0.5, wait(990)),  # max(300, 900 × (1 + 0.2 × 0.5)): no number of tries is enough
        (turn(0.5), 3, 0.5, wait(0.55)),  # 0.5 + 0.5 × 0.2 × 0.5: a place in a line is soon past
        (turn(90), 800, 0.5, wait(90.5)),  # 90 + 1 × 0.5, and no number of turns is too many
        (PermanentFailure("smtp_550", gone=True), 1, 0.5, GiveUp("smtp_550")),
        (SendFailure("unknown"), 1, 0.5, wait(30)),  # not known to be permanent: tried again
    ],
)
def test_a_failure_leads_to_one_decision(
    error: SendFailure, attempt: int, chance: float, expected: Decision
) -> None:
    assert decide(error, attempt, policy=POLICY, chance=chance) == expected


@given(
    attempt=st.integers(1, 10_000),
    chance=st.floats(0, 1, exclude_max=True),
    base=st.integers(1, 86_400),
    factor=st.integers(1, 100),
    jitter=st.floats(0, 0.99),
)
def test_a_wait_is_positive_and_stays_around_the_cap(
    attempt: int, chance: float, base: int, factor: int, jitter: float
) -> None:
    cap = timedelta(seconds=base * factor)
    policy = RetryPolicy(base=timedelta(seconds=base), cap=cap, jitter=jitter, tries=10)
    delay = backoff(attempt, policy=policy, chance=chance)

    assert timedelta(0) < delay <= cap * (1 + jitter) + timedelta(microseconds=1)


def test_a_base_longer_than_the_cap_is_refused() -> None:
    with pytest.raises(InvalidPolicy, match="base must not be longer than cap"):
        RetryPolicy(base=timedelta(seconds=2), cap=timedelta(seconds=1), jitter=0, tries=1)


def test_what_found_no_connection_waits_for_seconds_only() -> None:
    decision = decide(no_place("smtp"), 3, policy=POLICY, chance=1)

    assert isinstance(decision, RetryIn)
    assert decision.delay <= timedelta(seconds=3)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransientFailure("timeout"), Blame.PROVIDER),
        (TransientFailure("timeout", unknown=True), Blame.PROVIDER),
        (TransientFailure("connect_failed"), Blame.PROVIDER),
        (TransientFailure("http_503"), Blame.PROVIDER),
        (TransientFailure("smtp_421"), Blame.PROVIDER),
        (TransientFailure("smtp_421_4.7.0"), Blame.PROVIDER),
        (TransientFailure("smtp_454_4.7.0"), Blame.PROVIDER),
        (TransientFailure("smtp_452_4.3.1"), Blame.PROVIDER),  # its own disk
        (TransientFailure("smtp_554"), Blame.PROVIDER),  # in answer to the connection
        (misconfigured("provider_auth", provider="smtp"), Blame.PROVIDER),
        (misconfigured("provider_tls", provider="smtp"), Blame.PROVIDER),
        (TransientFailure("smtp_450_4.2.1"), Blame.MESSAGE),
        (TransientFailure("smtp_451"), Blame.MESSAGE),
        (TransientFailure("smtp_451_4.7.1"), Blame.MESSAGE),  # greylisted
        (TransientFailure("smtp_452_4.2.2"), Blame.MESSAGE),  # a full mailbox
        (TransientFailure("unreachable_handset"), Blame.MESSAGE),
        (PermanentFailure("smtp_550_5.1.1", gone=True), Blame.MESSAGE),
        (PermanentFailure("not_mobile"), Blame.MESSAGE),
        (PermanentFailure("opted_out"), Blame.MESSAGE),
        (PermanentFailure("filtered"), Blame.ROUTE),
        (PermanentFailure("blocked"), Blame.ROUTE),
        (PermanentFailure("smtputf8_unsupported"), Blame.ROUTE),
        (misconfigured("provider_region", provider="twilio"), Blame.ROUTE),
        (TransientFailure("rate_limited"), Blame.ROUTE),
        (no_place("smtp"), Blame.ROUTE),
    ],
    ids=str,
)
def test_a_failure_is_of_the_message_the_route_or_the_provider(error: SendFailure, expected: Blame) -> None:
    assert blame(error) is expected
