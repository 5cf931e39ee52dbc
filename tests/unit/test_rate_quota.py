"""Quotas of callers' requests, and their headers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.resilience.rate_limit import Rate
from hub.resilience.tallies import MOST
from hub.web.rate_limit import Quota
from hub.web.responses import Refusal


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def quota(clock: Clock, most: int = 2) -> Quota:
    return Quota("api", Rate(most, timedelta(minutes=1)), clock)


def test_headers_say_the_policy_what_is_left_and_when_it_is_whole_again() -> None:
    clock = Clock()
    counted = quota(clock)
    first = counted.take("key:crm")
    clock.now += 12.5
    second = counted.take("key:crm")

    assert {"RateLimit-Policy": '"api";q=2;w=60', "RateLimit": '"api";r=1;t=60'} == first
    assert '"api";r=0;t=48' == second["RateLimit"]


def test_caller_over_the_quota_is_refused_until_the_window_ends() -> None:
    clock = Clock()
    counted = quota(clock)
    for _ in range(2):
        counted.take("key:crm")
    with pytest.raises(Refusal) as refused:
        counted.take("key:crm")
    clock.now += 60

    assert (429, "60", '"api";r=0;t=60') == (
        refused.value.status,
        refused.value.headers["Retry-After"],
        refused.value.headers["RateLimit"],
    )
    assert '"api";r=1;t=60' == counted.take("key:crm")["RateLimit"]


def test_each_caller_has_a_quota_of_its_own() -> None:
    counted = quota(Clock())
    for _ in range(2):
        counted.take("key:crm")

    assert '"api";r=1;t=60' == counted.take("key:erp")["RateLimit"]


def test_callers_that_are_counted_are_bounded_and_the_oldest_begins_anew() -> None:
    counted = quota(Clock())
    for number in range(MOST + 1):
        counted.take(f"inbox:p-{number}")

    assert MOST == len(counted._used.known)
    assert '"api";r=1;t=60' == counted.take("inbox:p-0")["RateLimit"]
    assert '"api";r=0;t=60' == counted.take(f"inbox:p-{MOST}")["RateLimit"]
