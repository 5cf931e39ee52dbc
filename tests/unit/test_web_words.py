"""The page has a label for everything that the hub can show."""

from __future__ import annotations

from hub.catalog import CATALOG
from hub.channels.push import fcm
from hub.channels.sms import twilio
from hub.channels.whatsapp import verdicts
from hub.model import ClockState, Purpose, State, UnreachedReason
from hub.policy import load_policy
from hub.rendering import labels_es, outcomes_es, titles_es
from hub.settings import Mode


def test_every_state_of_a_message_has_a_word() -> None:
    assert set(labels_es.MESSAGE_STATES) == {state.value for state in State}


def test_every_state_of_a_clock_has_a_word() -> None:
    assert set(labels_es.CLOCK_STATES) == {state.value for state in ClockState}


def test_every_reason_why_an_event_does_not_reach_all_has_words() -> None:
    assert set(labels_es.UNREACHED) == {reason.value for reason in UnreachedReason}


def test_every_event_of_the_catalogue_has_a_title() -> None:
    assert set(titles_es.EVENTS) == {kind.name for kind in CATALOG}


def test_every_promise_of_the_policy_has_a_name() -> None:
    assert set(titles_es.CLOCKS) == set(load_policy().clocks)


def test_every_channel_of_the_catalogue_has_a_word() -> None:
    used = {
        channel
        for kind in CATALOG
        for audience in kind.audiences
        for step in audience.channels
        for channel in step
    }

    assert used <= set(labels_es.CHANNELS)


def test_every_purpose_and_every_mode_has_a_word() -> None:
    assert set(labels_es.PURPOSES) == {purpose.value for purpose in Purpose}
    assert set(labels_es.MODES) == {mode.value for mode in Mode}


def test_every_reason_that_a_provider_gives_has_a_sentence() -> None:
    tables = (twilio.MEANINGS, verdicts.MEANINGS, fcm.MEANINGS, fcm.BY_STATUS)

    given = {reason for table in tables for _, reason in table.values()}
    assert given <= set(outcomes_es.REASONS)


def test_reason_prefix_is_never_a_whole_reason() -> None:
    assert not set(outcomes_es.REASON_STARTS) & set(outcomes_es.REASONS)
