"""Verdicts on messages: the cases of the law, the table of purposes, and rules stated on their own."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalog import BY_NAME
from hub.contact_rules.consents import CHANNELS, counting
from hub.contact_rules.purposes import NEED_CONSENT, PURPOSES, REVOCABLE, PurposeRules
from hub.contact_rules.verdict import Allowed, HeldUntil, Refused, Verdict, verdict
from hub.model import Consent, ContactFacts, Mark, MarkReason, Preferences, Purpose, QuietHours
from hub.policy import load_policy
from tests.unit.factories import BOGOTA, local

ROOT: Final = Path(__file__).parents[2]
CASES: Final = json.loads((ROOT / "tests/vectors/contact_rules.json").read_text(encoding="utf-8"))["cases"]
WISHES: Final[dict[str, Any]] = {"preferences": Preferences, "mark": Mark}
POLICY: Final = load_policy()
BY_LAW: Final = {Purpose.EMERGENCY, Purpose.LEGAL}


def statement(number: int, *, purpose: str = "commercial", **said: Any) -> Consent:
    known = {"id": UUID(int=number), "person": "p-1", "purpose": purpose, "said_by": UUID(int=0)}
    return msgspec.convert({**known, **said}, Consent)


def facts_of(case: dict[str, Any]) -> ContactFacts:
    given = case["facts"]
    said = [statement(n, purpose=case["purpose"], **one) for n, one in enumerate(given.get("statements", ()))]
    facts = {name: msgspec.convert(given[name], kind) for name, kind in WISHES.items() if name in given}
    return ContactFacts(**{**given, **facts, "statements": tuple(said)})


def as_data(found: Verdict) -> dict[str, Any]:
    if isinstance(found, HeldUntil):
        return {"held_until": found.at, "reason": found.reason}
    return {"refused": found.reason} if isinstance(found, Refused) else {"allowed": True}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_of_the_law_is_decided(case: dict[str, Any]) -> None:
    at, expected = datetime.fromisoformat(case["at"]), dict(case["verdict"])
    if "held_until" in expected:
        expected["held_until"] = datetime.fromisoformat(expected["held_until"])
    purpose, event = Purpose(case["purpose"]), case.get("event", "")
    found = verdict(purpose, case["channel"], facts_of(case), at=at, policy=POLICY, event=event)

    assert expected == as_data(found)


# The rules again, for any facts. They share no code with the hub's.
SHUT: Final = {date(2026, 3, 23), date(2026, 4, 2), date(2026, 4, 3)}
"""The holidays of March and of the first half of April 2026."""
STATEMENTS: Final = st.builds(
    lambda number, granted, hours, channels, proof: statement(
        number,
        granted=granted,
        at=(local("2026-03-20 12:00") + timedelta(hours=hours)).isoformat(),
        channels=sorted(channels),
        **proof,
    ),
    st.integers(1, 99),
    st.booleans(),
    st.integers(-48, 48),
    st.sets(st.sampled_from(["email", "sms", "whatsapp"])),
    st.sampled_from(
        [
            {"method": "web", "text_version": "1"},
            {"method": "reply"},
            {"method": "call", "evidence_hash": "9f"},
            {"method": "web"},
            {"text_version": "1"},
            {},
        ]
    ),
)
FACTS: Final = st.builds(
    lambda said, opted_out, rests: ContactFacts(statements=tuple(said), opted_out=opted_out, rests=rests),
    st.lists(STATEMENTS, max_size=5, unique_by=lambda consent: consent.id),
    st.sampled_from([None, None, "opted_out", "complaint"]),
    st.booleans(),
)
MARKS: Final = st.builds(
    lambda reason, hours: Mark(
        reason=reason,
        since=local("2026-03-20 12:00") - timedelta(hours=hours),
        until=local("2026-03-26 12:00"),
    ),
    st.sampled_from(MarkReason),
    st.integers(-48, 48),
)
WANTED: Final = st.builds(
    lambda channels, quiet: Preferences(channels=channels, quiet_hours=quiet),
    st.dictionaries(st.sampled_from(Purpose), st.sampled_from([(), ("sms",), ("email", "sms"), ("inbox",)])),
    st.sampled_from(
        [None, QuietHours(since="21:00", until="07:00"), QuietHours(since="08:00", until="12:00")]
    ),
)
WISHED: Final = st.builds(
    lambda facts, wished, mark: msgspec.structs.replace(facts, preferences=wished, mark=mark),
    FACTS,
    st.none() | WANTED,
    st.none() | MARKS,
)
INSTANTS: Final = st.integers(0, 15 * 24 * 60).map(
    lambda minutes: local("2026-03-16 00:00") + timedelta(minutes=minutes)
)


def wanted_it(channel: str, facts: ContactFacts, at: datetime) -> bool:
    """Some consent that can be shown came first, and nothing since says otherwise."""
    for consent in facts.statements:
        shown = consent.method == "reply" or (
            consent.method and (consent.text_version or consent.evidence_hash)
        )
        covers = not consent.channels or channel in consent.channels
        if not (consent.granted and shown and covers and consent.at <= at):
            continue
        later = [one for one in facts.statements if one.at > consent.at and one.at <= at and one.granted]
        refused = [
            one
            for one in facts.statements
            if not one.granted and one.at >= consent.at and (not one.channels or channel in one.channels)
        ]
        if not refused and all(not one.channels or channel in one.channels for one in later):
            return True
    return False


def by_day(at: datetime) -> bool:
    """From 7:00 to 22:00 (issue 28): at other hours a notice of the service rings no telephone."""
    return time(7) <= at.astimezone(BOGOTA).time() < time(22)


def lawful_hour(purpose: Purpose, channel: str, at: datetime) -> bool:
    there = at.astimezone(BOGOTA)
    day, hour = there.weekday(), there.time()
    if day == 6 or there.date() in SHUT:
        return False
    opens, closes = (time(8), time(15)) if day == 5 else (time(7), time(19))
    if purpose is Purpose.COMMERCIAL and channel == "sms":
        opens = time(8)
    return opens <= hour < closes


@settings(max_examples=600)
@given(
    purpose=st.sampled_from(Purpose),
    channel=st.sampled_from(["email", "sms", "whatsapp", "inbox"]),
    facts=FACTS,
    at=INSTANTS,
)
def test_nothing_that_is_allowed_breaks_a_rule(
    purpose: Purpose, channel: str, facts: ContactFacts, at: datetime
) -> None:
    found = verdict(purpose, channel, facts, at=at, policy=POLICY)

    night = purpose is Purpose.SERVICE and channel in {"sms", "whatsapp"} and not by_day(at)
    if not isinstance(found, Allowed):
        assert facts.rests or night or purpose in {Purpose.COMMERCIAL, Purpose.SURVEY, Purpose.COLLECTION}
        return
    assert facts.rests or not night
    if purpose in {Purpose.COMMERCIAL, Purpose.SURVEY, Purpose.COLLECTION}:
        assert facts.opted_out is None
        assert wanted_it(channel, facts, at)
        assert lawful_hour(purpose, channel, at)


@settings(max_examples=600)
@given(
    purpose=st.sampled_from(Purpose),
    channel=st.sampled_from(["email", "sms", "inbox", "print"]),
    facts=WISHED,
    at=INSTANTS,
)
def test_nothing_that_is_allowed_breaks_a_wish_or_a_mark(
    purpose: Purpose, channel: str, facts: ContactFacts, at: datetime
) -> None:
    if not isinstance(verdict(purpose, channel, facts, at=at, policy=POLICY), Allowed):
        return
    mark, wished = facts.mark, facts.preferences
    if mark is not None and mark.since <= at and (mark.until is None or at < mark.until):
        assert mark.reason != "deceased"
        assert purpose in {*BY_LAW, Purpose.INTERNAL}
    silent = channel in {"inbox", "print"}
    if wished is None or purpose not in {Purpose.SERVICE, Purpose.SURVEY, Purpose.COMMERCIAL}:
        return
    wanted = wished.channels.get(purpose)
    assert wanted is None or (wanted and (silent or channel in wanted))
    if not (facts.rests or silent or wished.quiet_hours is None):
        clock, quiet = at.astimezone(BOGOTA).strftime("%H:%M"), wished.quiet_hours
        over_midnight = quiet.since > quiet.until
        inside = (
            clock >= quiet.since or clock < quiet.until
            if over_midnight
            else quiet.since <= clock < quiet.until
        )
        assert not inside


@given(
    purpose=st.sampled_from(sorted(NEED_CONSENT)),
    channel=st.sampled_from(["email", "sms"]),
    facts=FACTS,
    at=INSTANTS,
)
def test_what_is_held_may_leave_at_its_instant_and_not_before(
    purpose: Purpose, channel: str, facts: ContactFacts, at: datetime
) -> None:
    found = verdict(purpose, channel, facts, at=at, policy=POLICY)

    if isinstance(found, HeldUntil):
        before = verdict(purpose, channel, facts, at=found.at - timedelta(seconds=1), policy=POLICY)
        assert at < found.at
        assert not isinstance(before, Allowed)


@given(said=st.lists(STATEMENTS, max_size=8, unique_by=lambda consent: consent.id), at=INSTANTS)
def test_what_a_claim_returns_decides_as_the_whole_ledger(said: list[Consent], at: datetime) -> None:
    for channel in CHANNELS:
        whole, bounded = (
            verdict(Purpose.SURVEY, channel, ContactFacts(statements=tuple(one)), at=at, policy=POLICY)
            for one in (said, counting(said, at=at))
        )
        assert whole == bounded


def test_every_purpose_of_the_catalogue_has_its_rules() -> None:
    used = {audience.purpose for kind in BY_NAME.values() for audience in kind.audiences}

    assert set(Purpose) == PURPOSES.keys()
    assert used <= PURPOSES.keys()


def test_the_catalogue_asks_of_each_audience_what_its_purpose_needs() -> None:
    for kind in BY_NAME.values():
        for audience in kind.audiences:
            rules = PURPOSES[audience.purpose]
            # One channel a week: a cascade would change it.
            assert audience.one_authorised is (audience.purpose is Purpose.COLLECTION), kind.name
            if rules.excludable:
                assert all("opted_in:" in word for word in audience.who), kind.name


@pytest.mark.parametrize("purpose", Purpose)
def test_what_the_law_demands_cannot_be_switched_off(purpose: Purpose) -> None:
    rules = PURPOSES[purpose]
    closed = rules.needs_consent or rules.may_switch_off or rules.revocable or rules.quiet_hours

    # A mark is for the resident, not for the colleague.
    assert rules.despite_do_not_contact is (purpose in {*BY_LAW, Purpose.INTERNAL})
    assert not (purpose in BY_LAW and (closed or rules.digestible or rules.limited))


def test_rules_of_a_purpose_agree_with_each_other() -> None:
    for rules in PURPOSES.values():
        assert not rules.revocable or rules.needs_consent
        assert not rules.excludable or rules.limited
        assert not rules.digestible or rules.may_switch_off
        assert all(len(sentence.split()) <= 20 for sentence in rules.why_es.split(". "))
    assert ("commercial", "survey") == REVOCABLE


def test_purposes_with_hours_are_those_of_the_policy() -> None:
    assert NEED_CONSENT == POLICY.contact_hours.keys()


def printed() -> str:
    """Print the table of purposes as the page has it: a column for each rule, a row for each purpose."""
    names = [field.name for field in msgspec.structs.fields(PurposeRules) if field.name != "why_es"]
    rows = [["purpose", *names, "why, for the person"], ["---"] * (len(names) + 2)]
    for purpose, rules in PURPOSES.items():
        marks = ["yes" if getattr(rules, name) else "" for name in names]
        rows.append([f"`{purpose}`", *marks, rules.why_es])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def test_the_page_prints_the_table_of_purposes() -> None:
    page = (ROOT / "docs/data-protection.md").read_text(encoding="utf-8")

    assert printed() in page, f"docs/data-protection.md must have:\n{printed()}"
