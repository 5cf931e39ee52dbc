"""Decisions on messages: sent now or not, and the next step after a failure."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.errors import PermanentFailure, SendFailure, TransientFailure
from hub.messages.delivery.decisions import accepted, blocking_outcome, fail_unsent, failed
from hub.model import (
    Accepted,
    Attempt,
    ChannelTraits,
    Claimed,
    ContactFacts,
    Outcome,
    Purpose,
    State,
    SuppressionStatus,
    Target,
)
from tests.unit.factories import HOUR, MONDAY, POLICY, SECOND, claim_of, consent_facts, local, message

AGREED: Final = consent_facts()
EMAIL: Final = ChannelTraits(name="email", contact="email")


def claimed(
    attempt: int = 1,
    *,
    suppression: SuppressionStatus | None = None,
    contact: ContactFacts = AGREED,
    **fields: Any,
) -> Claimed:
    return claim_of(
        message(state=State.SENDING, **fields), attempt=attempt, suppression=suppression, contact=contact
    )


EVENING = local("2026-03-13 19:00")  # Friday; the window opens again on Saturday at 08:00
MORNING = local("2026-03-14 08:00")


@pytest.mark.parametrize(
    "purpose", [Purpose.EMERGENCY, Purpose.TRANSACTIONAL, Purpose.SERVICE, Purpose.LEGAL]
)
def test_message_allowed_at_any_hour_is_not_held(purpose: Purpose) -> None:
    assert blocking_outcome(claimed(purpose=purpose), policy=POLICY, now=EVENING) is None


@pytest.mark.parametrize("purpose", [Purpose.COLLECTION, Purpose.COMMERCIAL, Purpose.SURVEY])
@pytest.mark.parametrize(
    ("now", "until"),
    [(EVENING, MORNING), (EVENING - SECOND, None), (MORNING, None), (MORNING - SECOND, MORNING)],
)
def test_message_outside_contact_hours_is_held_until_allowed(
    purpose: Purpose, now: datetime, until: datetime | None
) -> None:
    outcome = blocking_outcome(claimed(purpose=purpose), policy=POLICY, now=now)

    assert (outcome and (outcome.state, outcome.reason, outcome.next_at)) == (
        until and (State.HELD, "contact_hours", until)
    )


def test_time_that_a_message_is_held_does_not_count_against_it() -> None:
    claim = claimed(purpose=Purpose.COLLECTION, expires_at=EVENING + HOUR)
    outcome = blocking_outcome(claim, policy=POLICY, now=EVENING)

    # Held for 13 hours, from 19:00 to 08:00; an hour was left, and an hour is left.
    assert outcome is not None
    assert outcome.expires_at == MORNING + HOUR


def test_message_without_expiry_is_held_without_expiry() -> None:
    outcome = blocking_outcome(claimed(purpose=Purpose.COLLECTION), policy=POLICY, now=EVENING)

    assert outcome is not None
    assert outcome.expires_at is None


@pytest.mark.parametrize(
    ("late", "expected"), [(-SECOND, None), (timedelta(0), State.EXPIRED), (SECOND, State.EXPIRED)]
)
def test_a_message_expires_at_its_instant(late: timedelta, expected: State | None) -> None:
    outcome = blocking_outcome(claimed(expires_at=MONDAY), policy=POLICY, now=MONDAY + late)

    assert (outcome and outcome.state) == expected


def test_an_expired_message_is_not_held_first() -> None:
    claim = claimed(purpose=Purpose.COMMERCIAL, expires_at=EVENING)
    outcome = blocking_outcome(claim, policy=POLICY, now=EVENING)

    assert outcome is not None
    assert outcome.state is State.EXPIRED


@pytest.mark.parametrize(("provider", "reason"), [("file", "captured"), ("smtp", None)])
def test_what_went_into_a_file_says_so(provider: str, reason: str | None) -> None:
    outcome = accepted(claimed(), Accepted(provider=provider), MONDAY, MONDAY + SECOND, traits=EMAIL)

    assert (State.SENT, reason) == (outcome.state, outcome.reason)


@pytest.mark.parametrize(("waits", "state"), [(False, State.SENT), (True, State.WAITING)])
def test_accepted_message_is_sent_and_in_an_inbox_waits(*, waits: bool, state: State) -> None:
    claim = claimed()
    answer = Accepted(provider="smtp", reference="r-1", code="250")

    traits = dataclasses.replace(EMAIL, waits=waits)

    assert accepted(claim, answer, MONDAY, MONDAY + SECOND, traits=traits) == Outcome(
        message_id=claim.message.id,
        state=state,
        attempts=(
            Attempt(
                message_id=claim.message.id,
                at=MONDAY,
                outcome="accepted",
                provider="smtp",
                reference="r-1",
                code="250",
                took=SECOND,
            ),
        ),
    )


def judged(error: SendFailure, attempt: int = 1, **fields: Any) -> Outcome:
    # chance ½ means no jitter: email waits 30 s × 2^(attempt − 1)
    return failed(claimed(attempt, **fields), error, MONDAY, MONDAY + SECOND, policy=POLICY, chance=0.5)


@pytest.mark.parametrize(
    ("error", "attempt", "state", "reason", "wait"),
    [
        (TransientFailure("smtp_451"), 1, State.RETRYING, "smtp_451", 30),
        (TransientFailure("smtp_451"), 3, State.RETRYING, "smtp_451", 120),
        (TransientFailure("http_429", retry_after=timedelta(seconds=90)), 1, State.RETRYING, "http_429", 99),
        (TransientFailure("smtp_451"), 20, State.FAILED, "retries_exhausted", None),  # the last of 20 tries
        (PermanentFailure("smtp_550"), 1, State.FAILED, "smtp_550", None),
    ],
)
def test_a_failure_leads_to_another_try_or_to_the_end(
    error: SendFailure, attempt: int, state: State, reason: str, wait: int | None
) -> None:
    outcome = judged(error, attempt)
    expected = None if wait is None else MONDAY + SECOND + wait * SECOND

    assert (outcome.state, outcome.reason, outcome.next_at) == (state, reason, expected)


@pytest.mark.parametrize(("left", "state"), [(31, State.EXPIRED), (32, State.RETRYING)])
def test_retry_after_the_expiry_expires_the_message_now(left: int, state: State) -> None:
    # Tried until 08:05:01, next at 08:05:31.
    outcome = judged(TransientFailure("smtp_451"), expires_at=MONDAY + left * SECOND)

    assert (outcome.state, outcome.reason) == (state, "smtp_451")


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (TransientFailure("smtp_451", code="451 4.7.1", provider="smtp"), "transient", "451 4.7.1"),
        (TransientFailure("timeout", unknown=True, provider="smtp"), "unknown", "timeout"),
        (PermanentFailure("smtp_550", provider="smtp"), "permanent", "smtp_550"),
    ],
)
def test_attempt_records_whether_the_provider_may_have_the_message(
    error: SendFailure, outcome: str, code: str
) -> None:
    [attempt] = judged(error).attempts

    assert (attempt.outcome, attempt.code, attempt.provider, attempt.took) == (outcome, code, "smtp", SECOND)


def calls(outcome: Outcome) -> list[tuple[str, str, timedelta, timedelta]]:
    """Provider, outcome, offset from the start, and duration of each attempt."""
    return [
        (attempt.provider, attempt.outcome, attempt.at - MONDAY, attempt.took) for attempt in outcome.attempts
    ]


def test_each_provider_called_in_one_send_gets_an_attempt() -> None:
    first = TransientFailure("connect_failed").attributed_to("smtp", took=SECOND / 4)
    second = PermanentFailure("filtered").attributed_to("smtp-2", took=SECOND / 2)
    yes = Accepted(provider="smtp-3", earlier=(first, second))
    no = TransientFailure("smtp_421").attributed_to("smtp-3", earlier=(first, second))

    asked = [
        ("smtp", "transient", 0 * SECOND, SECOND / 4),
        ("smtp-2", "permanent", SECOND / 4, SECOND / 2),
    ]
    assert calls(accepted(claimed(), yes, MONDAY, MONDAY + SECOND, traits=EMAIL)) == [
        *asked,
        ("smtp-3", "accepted", 3 * SECOND / 4, SECOND / 4),
    ]
    assert calls(judged(no)) == [*asked, ("smtp-3", "transient", 3 * SECOND / 4, SECOND / 4)]


def test_no_two_attempts_of_a_message_begin_at_the_same_instant() -> None:
    refusals = tuple(TransientFailure("connect_failed").attributed_to(name) for name in ("smtp", "smtp-2"))
    answer = Accepted(provider="smtp-3", earlier=refusals)
    outcome = accepted(claimed(), answer, MONDAY, MONDAY + SECOND, traits=EMAIL)

    assert len({attempt.at for attempt in outcome.attempts}) == 3


def test_attempts_of_a_pool_do_not_change_the_failure() -> None:
    shared = TransientFailure("provider_auth", provider="fcm", retry_after=SECOND, ours=True)
    attributed = shared.attributed_to("fcm-2", earlier=(shared,))

    assert (shared.provider, shared.earlier) == ("fcm", ())
    assert (attributed.reason, attributed.retry_after, attributed.ours, attributed.provider) == (
        "provider_auth",
        SECOND,
        True,
        "fcm-2",
    )


def test_unsendable_message_fails_without_an_attempt() -> None:
    claim = claimed()

    assert fail_unsent(claim, "template") == Outcome(
        message_id=claim.message.id, state=State.FAILED, reason="template", tried=False
    )


def test_send_without_a_provider_call_is_no_try_and_no_attempt() -> None:
    outcome = judged(TransientFailure("circuit_open", retry_after=HOUR, untried=True), attempt=99)

    assert (outcome.state, outcome.tried, outcome.attempts) == (State.RETRYING, False, ())
    assert outcome.next_at is not None
    assert outcome.next_at >= MONDAY + HOUR


OPEN = TransientFailure("circuit_open", retry_after=SECOND, untried=True)
AUTH = TransientFailure("provider_auth", retry_after=SECOND, ours=True)
NEXT = ((Target(channel="sms", contact_id="c", address="+57"),),)
SPAN = POLICY.retry_for("email").span
TRANSACTIONAL = 72 * HOUR
"""As in `[expiry]` of the policy."""


@pytest.mark.parametrize(
    ("error", "fields", "expected"),
    [
        (OPEN, {"created_at": MONDAY - SPAN, "fallback": NEXT}, State.FAILED),
        (AUTH, {"created_at": MONDAY - SPAN, "fallback": NEXT}, State.FAILED),
        (OPEN, {"created_at": MONDAY - SPAN + 2 * SECOND, "fallback": NEXT}, State.RETRYING),
        # No other channel is left: only waiting remains.
        (OPEN, {"created_at": MONDAY - SPAN}, State.RETRYING),
        # Legally required: staff must be alerted.
        (OPEN, {"created_at": MONDAY - SPAN, "purpose": Purpose.LEGAL}, State.FAILED),
        # A channel at its rate limit is not broken.
        (
            TransientFailure("throttled", retry_after=SECOND, untried=True),
            {"created_at": MONDAY - SPAN, "fallback": NEXT},
            State.RETRYING,
        ),
        # It was held for most of its age, or it is a reminder with a wall-time end.
        (
            OPEN,
            {"created_at": MONDAY - SPAN, "fallback": NEXT, "expires_at": MONDAY + TRANSACTIONAL},
            State.RETRYING,
        ),
        (
            OPEN,
            {"created_at": MONDAY - SPAN, "fallback": NEXT, "expires_at": MONDAY + TRANSACTIONAL - SPAN},
            State.FAILED,
        ),
        (
            OPEN,
            {
                "created_at": MONDAY - SPAN,
                "fallback": NEXT,
                "expires_at": MONDAY + HOUR,
                "ends_at": MONDAY + HOUR,
            },
            State.RETRYING,
        ),
    ],
)
def test_channel_broken_for_all_tries_gives_way_to_the_next_step(
    error: SendFailure, fields: dict[str, Any], expected: State
) -> None:
    outcome = judged(error, **{"purpose": Purpose.TRANSACTIONAL, **fields})

    assert (outcome.state, outcome.reason) == (expected, error.reason)


def test_providers_called_before_an_untried_one_keep_their_attempts() -> None:
    first = TransientFailure("smtp_421").attributed_to("smtp")
    outcome = judged(TransientFailure("throttled", untried=True).attributed_to("smtp-2", earlier=(first,)))

    assert (outcome.tried, [attempt.provider for attempt in outcome.attempts]) == (True, ["smtp"])


WAITING = claimed(patience=HOUR, fallback=((Target(channel="sms", contact_id="c", address="+57"),),))


@pytest.mark.parametrize(
    ("claim", "confirms", "expected"),
    [
        (WAITING, True, MONDAY + SECOND + HOUR),
        (WAITING, False, None),  # no receipt would ever come
        (claimed(patience=HOUR), True, None),  # there is no next step
        (claimed(fallback=WAITING.message.fallback), True, None),  # the policy waits for ever
    ],
)
def test_receipt_is_awaited_only_if_one_can_come_and_a_step_is_left(
    claim: Claimed, *, confirms: bool, expected: datetime | None
) -> None:
    traits = dataclasses.replace(EMAIL, confirms=confirms)
    outcome = accepted(claim, Accepted(provider="sms"), MONDAY, MONDAY + SECOND, traits=traits)

    assert (outcome.state, outcome.next_at) == (State.SENT, expected)


def test_waiting_for_the_first_allowed_hour_extends_nothing() -> None:
    # An event of Friday evening: its lifetime runs from Saturday at 08:00 anyway.
    claim = replace(claimed(purpose=Purpose.COLLECTION, expires_at=MORNING + HOUR), event_time=EVENING)
    outcome = blocking_outcome(claim, policy=POLICY, now=EVENING)

    assert outcome is not None
    assert (outcome.next_at, outcome.expires_at) == (MORNING, MORNING + HOUR)


def test_wall_time_end_does_not_move_while_a_message_is_held() -> None:
    claim = claimed(purpose=Purpose.COLLECTION, expires_at=EVENING + HOUR, ends_at=EVENING + 2 * HOUR)
    outcome = blocking_outcome(claim, policy=POLICY, now=EVENING)

    assert outcome is not None
    assert outcome.expires_at == EVENING + 2 * HOUR
