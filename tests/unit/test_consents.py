"""Consents in force, among a person's grants and revocations."""

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
    allows,
    answers,
    came_back,
    consenting,
    consents_of,
    in_force,
    with_facts,
)
from hub.contact_rules.purposes import REVOCABLE
from hub.model import Consent, Event, OptedOut, Person, Purpose
from hub.model.ids import event_key
from tests.contract.values import HOUR, NOON, consent, event

SCHEMAS = Path(__file__).parents[2] / "schemas"


def statement(*, granted: bool, at: datetime = NOON, **fields: Any) -> Consent:
    one = consents_of(*keyed(consent("p-1", "commercial", granted=granted, time=at, **fields)))
    return one[0]


def keyed(event: Event) -> tuple[Event, UUID]:
    return event, event_key(event)


YES, NO = statement(granted=True), statement(granted=False)


@pytest.mark.parametrize(
    ("statements", "granted"),
    [
        ([YES], True),
        ([NO], False),
        ([YES, statement(granted=False, at=NOON + HOUR)], False),
        ([NO, statement(granted=True, at=NOON + HOUR)], True),
        ([YES, statement(granted=False, at=NOON - HOUR)], True),
        # At the same instant the order is unknown: the revocation wins.
        ([YES, NO], False),
        ([YES, NO, statement(granted=True, at=NOON + timedelta(microseconds=1))], True),
    ],
)
def test_newest_statement_counts_and_revocation_wins_at_the_same_instant(
    statements: list[Consent], *, granted: bool
) -> None:
    assert granted is in_force(statements).granted
    assert granted is in_force(statements[::-1]).granted


@pytest.mark.parametrize(
    ("statements", "left"),
    [
        ([statement(granted=True, channels=["email", "sms"])], {"email", "sms"}),
        ([YES], set(CHANNELS)),
        # The newest consent defines all channels.
        ([YES, statement(granted=True, at=NOON + HOUR, channels=["email"])], {"email"}),
        ([YES, statement(granted=False, at=NOON + HOUR, channels=["whatsapp"])], {*CHANNELS} - {"whatsapp"}),
        (
            [statement(granted=True, channels=["sms"]), statement(granted=False, channels=["sms", "email"])],
            set(),
        ),
        ([statement(granted=True, channels=["sms"]), statement(granted=False, channels=["email"])], {"sms"}),
        ([statement(granted=False, channels=["email"])], set()),
        # Silence is no consent.
        ([], set()),
    ],
)
def test_a_consent_may_be_for_some_channels_only(statements: list[Consent], left: set[str]) -> None:
    assert left == {channel for channel in CHANNELS if allows(statements, channel, at=NOON + 9 * HOUR)}


MOMENTS = st.integers(0, 3).map(lambda hours: NOON + hours * HOUR)
WAYS = st.sets(st.sampled_from(["email", "sms", "whatsapp"])).map(sorted)
STATEMENTS = st.builds(
    lambda yes, at, ways: statement(granted=yes, at=at, channels=ways or None), st.booleans(), MOMENTS, WAYS
)


@given(statements=st.lists(STATEMENTS, min_size=1, max_size=6), seed=st.integers(0, 1000))
def test_any_order_of_arrival_ends_the_same(statements: list[Consent], seed: int) -> None:
    again = random.Random(seed).sample([*statements, *statements], 2 * len(statements))

    assert in_force(statements) == in_force(again)


@given(statements=st.lists(STATEMENTS, min_size=1, max_size=6))
def test_channel_needs_newest_consent_without_later_revocation(statements: list[Consent]) -> None:
    newest = max(
        (statement for statement in statements if statement.granted),
        key=lambda statement: (statement.at, statement.id),
        default=None,
    )
    for channel in CHANNELS:
        closed = [
            statement
            for statement in statements
            if newest
            and not statement.granted
            and statement.at >= newest.at
            and channel in (statement.channels or CHANNELS)
        ]
        named = newest is not None and channel in (newest.channels or CHANNELS)

        assert (named and not closed) is allows(statements, channel, at=NOON + 9 * HOUR)


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
    other = statement(granted=True, purposes=["survey"])
    [commercial, survey] = answers([YES, other], [later])

    assert (False, NOON + HOUR, "complaint") == (commercial.granted, commercial.at, commercial.method)
    assert survey.granted


def test_person_without_consent_is_left_out_and_earlier_reason_stays() -> None:
    people = [Person(ref=ref, name="") for ref in ("p-1", "p-2", "p-3", "p-4")]
    away = Person(ref="p-5", name="", left_out="on_leave")
    statements = {"p-1": [YES], "p-2": [NO], "p-4": [YES]}
    # A refusal of an address closes its channel: the person may be asked over another one.
    opted_out = {"p-1": [("ana@example.com", "opted_out")], "p-4": [("", "complaint")]}
    found = consenting(with_facts([*people, away], statements, opted_out))

    assert [None, "not_opted_in", "not_opted_in", "not_opted_in", "on_leave"] == [
        person.left_out for person in found
    ]


@pytest.mark.parametrize("name", ["requested", "granted", "revoked"])
def test_the_schemas_know_the_same_purposes_and_channels(name: str) -> None:
    fields = json.loads((SCHEMAS / f"privacy.consent.{name}.v1.json").read_text())["properties"]

    assert [*PURPOSES] == fields["purposes"]["items"]["enum"]
    assert [*CHANNELS] == fields["channels"]["items"]["enum"]


def test_the_purposes_are_those_of_messages_and_the_one_of_the_law() -> None:
    assert {*PURPOSES} - {*Purpose} == {"data_treatment"}
