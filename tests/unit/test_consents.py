"""Which of a person's consents and revocations is in force."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contact_rules.consents import (
    CHANNELS,
    PURPOSES,
    REVOCABLE,
    allows,
    answers,
    asked,
    came_back,
    consents_of,
    standing,
)
from hub.model import Consent, Event, OptedOut, Person, Purpose
from hub.model.ids import event_key
from tests.contract.values import HOUR, NOON, consent, event

SCHEMAS = Path(__file__).parents[2] / "schemas"


def said(*, granted: bool, at: datetime = NOON, **fields: Any) -> Consent:
    one = consents_of(*keyed(consent("p-1", "commercial", granted=granted, time=at, **fields)))
    return one[0]


def keyed(one: Event) -> tuple[Event, UUID]:
    return one, event_key(one)


YES, NO = said(granted=True), said(granted=False)


@pytest.mark.parametrize(
    ("told", "granted"),
    [
        ([YES], True),
        ([NO], False),
        ([YES, said(granted=False, at=NOON + HOUR)], False),
        ([NO, said(granted=True, at=NOON + HOUR)], True),
        ([YES, said(granted=False, at=NOON - HOUR)], True),
        # At the same instant the order is unknown: the revocation wins.
        ([YES, NO], False),
        ([YES, NO, said(granted=True, at=NOON + timedelta(microseconds=1))], True),
    ],
)
def test_newest_statement_counts_and_revocation_wins_at_the_same_instant(
    told: list[Consent], *, granted: bool
) -> None:
    assert granted is standing(told).granted
    assert granted is standing(told[::-1]).granted


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([said(granted=True, channels=["email", "sms"])], {"email", "sms"}),
        ([YES], set(CHANNELS)),
        # The newest consent defines all channels.
        ([YES, said(granted=True, at=NOON + HOUR, channels=["email"])], {"email"}),
        ([YES, said(granted=False, at=NOON + HOUR, channels=["whatsapp"])], {*CHANNELS} - {"whatsapp"}),
        ([said(granted=True, channels=["sms"]), said(granted=False, channels=["sms", "email"])], set()),
        ([said(granted=True, channels=["sms"]), said(granted=False, channels=["email"])], {"sms"}),
        ([said(granted=False, channels=["email"])], set()),
        ([], set(CHANNELS)),
    ],
)
def test_a_consent_may_be_for_some_channels_only(told: list[Consent], left: set[str]) -> None:
    assert left == {channel for channel in CHANNELS if allows(told, channel)}


MOMENTS = st.integers(0, 3).map(lambda hours: NOON + hours * HOUR)
WAYS = st.sets(st.sampled_from(["email", "sms", "whatsapp"])).map(sorted)
SAID = st.builds(
    lambda yes, at, ways: said(granted=yes, at=at, channels=ways or None), st.booleans(), MOMENTS, WAYS
)


@given(told=st.lists(SAID, min_size=1, max_size=6), seed=st.integers(0, 1000))
def test_any_order_of_arrival_ends_the_same(told: list[Consent], seed: int) -> None:
    again = random.Random(seed).sample([*told, *told], 2 * len(told))

    assert standing(told) == standing(again)


@given(told=st.lists(SAID, min_size=1, max_size=6))
def test_channel_needs_newest_consent_without_later_revocation(told: list[Consent]) -> None:
    newest = max((one for one in told if one.granted), key=lambda one: (one.at, one.id), default=None)
    for channel in CHANNELS:
        closed = [
            one
            for one in told
            if newest and not one.granted and one.at >= newest.at and channel in (one.channels or CHANNELS)
        ]
        named = newest is not None and channel in (newest.channels or CHANNELS)

        assert (named and not closed) is allows(told, channel)


def test_each_purpose_is_a_row_with_a_stable_id() -> None:
    one = consent(
        "p-1",
        "commercial",
        "survey",
        channels=["email"],
        evidence_hash="9f86",
        captured_at="2026-03-09T08:00:00-05:00",
    )
    rows = consents_of(*keyed(one))

    assert rows == consents_of(*keyed(one))
    assert 2 == len({row.id for row in rows})
    assert {("commercial", ("email",)), ("survey", ("email",))} == {
        (row.purpose, row.channels) for row in rows
    }
    assert {("2026-02", "web", "9f86")} == {(row.text_version, row.method, row.evidence_hash) for row in rows}
    assert {datetime(2026, 3, 9, 13, tzinfo=UTC)} == {row.at for row in rows}


def test_consent_without_its_own_time_has_the_time_of_the_event() -> None:
    [yes], [no] = (
        consents_of(*keyed(consent("p-1", "survey", granted=granted))) for granted in (True, False)
    )

    assert (NOON, NOON) == (yes.at, no.at)


def test_revoking_data_treatment_revokes_everything() -> None:
    no, yes = (
        consents_of(*keyed(consent("p-1", "data_treatment", granted=granted))) for granted in (False, True)
    )

    assert [*PURPOSES] == [row.purpose for row in no]
    assert ["data_treatment"] == [row.purpose for row in yes]


def test_other_events_have_no_consents() -> None:
    assert [] == consents_of(*keyed(event()))


def test_alta_grants_what_baja_revokes() -> None:
    rows = came_back("p-1", event_key(event()), NOON)

    assert {("p-1", purpose, True, ()) for purpose in REVOCABLE} == {
        (row.person, row.purpose, row.granted, row.channels) for row in rows
    }


def test_baja_in_force_overrides_the_ledger() -> None:
    later = OptedOut(person="p-1", purpose="commercial", since=NOON + HOUR, reason="complaint")
    other = said(granted=True, purposes=["survey"])
    [commercial, survey] = answers([YES, other], [later])

    assert (False, NOON + HOUR, "complaint") == (commercial.granted, commercial.at, commercial.method)
    assert survey.granted


def test_person_without_consent_is_left_out_and_earlier_reason_stays() -> None:
    people = [Person(ref=ref, name="") for ref in ("p-1", "p-2", "p-3", "p-4")]
    away = Person(ref="p-5", name="", left_out="on_leave")
    found = asked([*people, away], {"p-1": [YES], "p-2": [NO], "p-4": [YES]}, {"p-4"})

    assert [None, "not_opted_in", "not_opted_in", "not_opted_in", "on_leave"] == [
        one.left_out for one in found
    ]


@pytest.mark.parametrize("name", ["requested", "granted", "revoked"])
def test_the_schemas_know_the_same_purposes_and_channels(name: str) -> None:
    fields = json.loads((SCHEMAS / f"privacy.consent.{name}.v1.json").read_text())["properties"]

    assert [*PURPOSES] == fields["purposes"]["items"]["enum"]
    assert [*CHANNELS] == fields["channels"]["items"]["enum"]


def test_the_purposes_are_those_of_messages_and_the_one_of_the_law() -> None:
    assert {*PURPOSES} - {*Purpose} == {"data_treatment"}
