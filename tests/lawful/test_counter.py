"""The counter itself, by hand-made cases: each rule broken and kept, on both sides of each bound."""

import ast
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.lawful.counter import Rule, miscounted, unlawful, withheld, within_hours
from tests.lawful.facts import (
    Contact,
    DoNotContact,
    Erased,
    Excluded,
    Facts,
    Owed,
    Payer,
    Payment,
    QuietHours,
    Reader,
    Statement,
    SwitchedOff,
    Term,
)
from tests.lawful.holidays import HOLIDAYS, YEARS, is_holiday

HERE = Path(__file__).parent
LONG_AGO = datetime(2026, 1, 2, 15, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Bogota")).astimezone(UTC)


TUESDAY = local("2026-03-10T10:00")


def contact(at: str | datetime = TUESDAY, **fields: Any) -> Contact:
    values = {
        "person": "p-1",
        "channel": "email",
        "address": "p-1@example.com",
        "purpose": "commercial",
        "account": "u-1",
        "debt": "u-1:2026-03",
    }
    return Contact(at=local(at) if isinstance(at, str) else at, **{**values, **fields})


def statement(purpose: str = "commercial", *channels: str, **fields: Any) -> Statement:
    values = {"person": "p-1", "granted": True, "said": LONG_AGO, "known": LONG_AGO}
    return Statement(purpose=purpose, channels=frozenset(channels), **{**values, **fields})


def refusal(purpose: str = "commercial", *channels: str, known: datetime = TUESDAY) -> Statement:
    return statement(purpose, *channels, granted=False, said=TUESDAY, known=known)


ALLOWED = Facts(
    statements=[statement("commercial"), statement("survey"), statement("collection")],
    payers=[Payer(account="u-1", person="p-1", since=LONG_AGO)],
)


def broken(*contacts: Contact, facts: Facts = ALLOWED) -> list[Rule]:
    return [breach.rule for breach in unlawful(contacts, facts)]


def with_statements(*statements: Statement) -> Facts:
    return replace(ALLOWED, statements=statements)


def test_the_counter_shares_nothing_with_the_hub() -> None:
    for name in ("counter.py", "facts.py", "holidays.py"):
        assert not [module for module in _imports(HERE / name) if module.split(".")[0] == "hub"], name


def _imports(file: Path) -> Iterable[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_holidays_are_those_of_the_published_lists() -> None:
    years = json.loads((HERE.parent / "vectors" / "co_holidays.json").read_text("utf-8"))["years"]
    listed = {date.fromisoformat(day["date"]) for year in YEARS for day in years[str(year)]["holidays"]}
    assert listed == HOLIDAYS


def test_a_year_without_a_list_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="2031"):
        is_holiday(date(2031, 1, 1))


@pytest.mark.parametrize("purpose", ["commercial", "collection", "survey"])
def test_an_authorised_contact_in_hours_is_lawful(purpose: str) -> None:
    assert broken(contact(purpose=purpose)) == []


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-03-10T06:59:59.999999", False),
        ("2026-03-10T07:00:00", True),
        ("2026-03-10T18:59:59.999999", True),
        ("2026-03-10T19:00:00", False),
        ("2026-03-14T07:59:59.999999", False),  # Saturday
        ("2026-03-14T08:00:00", True),
        ("2026-03-14T14:59:59.999999", True),
        ("2026-03-14T15:00:00", False),
        ("2026-03-15T10:00:00", False),  # Sunday
        ("2026-03-23T10:00:00", False),  # San José, moved
        ("2026-03-19T10:00:00", True),  # its own day is a working day
        ("2026-04-04T10:00:00", True),  # Holy Saturday is no holiday
        ("2026-04-03T10:00:00", False),  # Good Friday
        ("2026-07-13T10:00:00", False),  # Virgen de Chiquinquirá, since 2026
        ("2027-07-12T10:00:00", False),
        ("2026-12-31T18:59:59", True),
        ("2027-01-01T10:00:00", False),
    ],
)
def test_hours_of_ley_2300(at: str, allowed: bool) -> None:
    assert within_hours(local(at)) is allowed
    assert (Rule.HOURS not in broken(contact(at))) is allowed


def test_hours_do_not_bind_a_service_notice() -> None:
    assert broken(contact("2026-03-15T23:00", purpose="service")) == []


@pytest.mark.parametrize("purpose", ["commercial", "collection", "survey"])
def test_silence_is_no_consent(purpose: str) -> None:
    assert broken(contact(purpose=purpose), facts=with_statements()) == [Rule.CONSENT]


def test_consent_to_another_purpose_is_none() -> None:
    assert broken(contact(), facts=with_statements(statement("survey"))) == [Rule.CONSENT]


def test_consent_of_somebody_else_is_none() -> None:
    assert broken(contact(), facts=with_statements(statement(person="p-2"))) == [Rule.CONSENT]


def test_consent_is_earlier_than_the_contact() -> None:
    facts = with_statements(statement(said=TUESDAY, known=TUESDAY))
    assert broken(contact(TUESDAY), facts=facts) == [Rule.CONSENT]
    assert broken(contact(TUESDAY + TICK), facts=facts) == []


def test_consent_that_nobody_had_on_record_cannot_be_proved() -> None:
    late = statement(known=TUESDAY + TICK)
    assert broken(contact(TUESDAY), facts=with_statements(late)) == [Rule.CONSENT]


def test_a_channel_that_was_not_named_is_not_authorised() -> None:
    facts = with_statements(statement("commercial", "email"))
    assert broken(contact(channel="sms"), facts=facts) == [Rule.CHANNEL]
    assert broken(contact(channel="email"), facts=facts) == []


def test_a_withdrawal_binds_from_when_it_is_known() -> None:
    known = TUESDAY + timedelta(hours=2)
    facts = with_statements(statement(), refusal(known=known))
    assert broken(contact(known), facts=facts) == []
    assert broken(contact(known + TICK), facts=facts) == [Rule.CONSENT]


def test_a_withdrawn_channel_leaves_the_others() -> None:
    facts = with_statements(statement(), refusal("commercial", "sms"))
    later = TUESDAY + TICK
    assert broken(contact(later, channel="sms"), facts=facts) == [Rule.CHANNEL]
    assert broken(contact(later, channel="email"), facts=facts) == []


def test_a_newer_consent_revives_a_withdrawn_one() -> None:
    again = TUESDAY + timedelta(hours=1)
    facts = with_statements(statement(), refusal(), statement(said=again, known=again))
    assert broken(contact(again), facts=facts) == [Rule.CONSENT]
    assert broken(contact(again + TICK), facts=facts) == []


def test_statements_count_in_the_order_in_which_they_were_said() -> None:
    told_late = statement(said=TUESDAY - timedelta(hours=1), known=TUESDAY + timedelta(hours=1))
    facts = with_statements(refusal(), told_late)
    assert broken(contact(TUESDAY + timedelta(hours=2)), facts=facts) == [Rule.CONSENT]


def test_the_general_withdrawal_withdraws_all() -> None:
    facts = replace(ALLOWED, statements=[*ALLOWED.statements, refusal("data_treatment")])
    for purpose in ("commercial", "collection", "survey"):
        assert broken(contact(TUESDAY + TICK, purpose=purpose), facts=facts) == [Rule.CONSENT]


def test_one_contact_a_day_until_midnight_of_bogota() -> None:
    first = contact("2026-03-10T18:59")
    same_day = contact("2026-03-10T18:59:59", about="another")
    next_day = contact("2026-03-11T07:00")
    assert broken(first, same_day) == [Rule.DAY]
    assert broken(first, next_day) == []


@pytest.mark.parametrize(("second", "rules"), [("23:59:59", [Rule.DAY]), ("24:00:00", [])])
def test_a_day_ends_at_midnight_of_bogota(second: str, rules: list[Rule]) -> None:
    """20:00 and 23:59:59 are two days in UTC, and one in Bogotá."""
    begin = local("2026-03-10T00:00")
    hours, minutes, seconds = map(int, second.split(":"))
    later = contact(begin + timedelta(hours=hours, minutes=minutes, seconds=seconds))
    found = broken(contact("2026-03-10T10:00"), later)
    assert [rule for rule in found if rule is not Rule.HOURS] == rules


def test_collection_and_advertising_share_the_day() -> None:
    assert broken(contact("2026-03-10T08:00", purpose="collection"), contact()) == [Rule.DAY]


def test_a_survey_or_a_service_does_not_use_up_the_day() -> None:
    others = [contact("2026-03-10T08:00", purpose=purpose) for purpose in ("survey", "service", "legal")]
    assert broken(*others, contact()) == []


def test_two_people_have_a_day_each() -> None:
    facts = with_statements(statement(), statement(person="p-2"))
    assert broken(contact(), contact(person="p-2"), facts=facts) == []


def test_a_message_that_arrives_twice_is_two_contacts() -> None:
    assert broken(contact("2026-03-10T08:00"), contact("2026-03-10T08:01")) == [Rule.DAY]


def test_one_channel_a_week() -> None:
    monday, sunday = contact("2026-03-09T10:00"), contact("2026-03-14T10:00", channel="sms")
    assert broken(monday, sunday) == [Rule.WEEK]
    assert broken(monday, contact("2026-03-16T10:00", channel="sms")) == []
    assert broken(monday, contact("2026-03-13T10:00")) == []


def test_the_first_channel_of_a_week_stays_its_channel() -> None:
    week = [contact(f"2026-03-{day}T10:00", channel=channel) for day, channel in _WEEK]
    assert broken(*week) == [Rule.WEEK]


_WEEK = [("10", "email"), ("11", "sms"), ("12", "email")]


def test_a_week_goes_on_over_the_end_of_the_year() -> None:
    """28 December 2026 to 3 January 2027 is week 53."""
    monday = contact("2026-12-28T10:00")
    assert broken(monday, contact("2027-01-02T10:00", channel="sms")) == [Rule.WEEK]
    assert broken(monday, contact("2027-01-04T10:00", channel="sms")) == []


def test_a_week_ends_at_midnight_of_bogota() -> None:
    """Sunday 20:00 in Bogotá is Monday in UTC."""
    found = broken(contact("2026-03-13T10:00"), contact("2026-03-15T20:00", channel="sms"))
    assert found == [Rule.HOURS, Rule.WEEK]


def test_collection_goes_to_the_payer_alone() -> None:
    facts = replace(ALLOWED, payers=[Payer(account="u-1", person="p-2", since=LONG_AGO)])
    assert broken(contact(purpose="collection"), facts=facts) == [Rule.PAYER]
    assert broken(contact(purpose="service"), facts=facts) == []


def test_the_payer_is_the_one_of_that_instant() -> None:
    change = TUESDAY
    payers = [
        Payer(account="u-1", person="p-1", since=LONG_AGO, until=change),
        Payer(account="u-1", person="p-2", since=change),
    ]
    facts = replace(ALLOWED, payers=payers)
    assert broken(contact(change, purpose="collection"), facts=facts) == []
    assert broken(contact(change + TICK, purpose="collection"), facts=facts) == [Rule.PAYER]


def test_a_payer_of_another_account_is_none() -> None:
    facts = replace(ALLOWED, payers=[Payer(account="u-2", person="p-1", since=LONG_AGO)])
    assert broken(contact(purpose="collection"), facts=facts) == [Rule.PAYER]


def test_a_payment_ends_collection_from_when_it_is_known() -> None:
    facts = replace(ALLOWED, payments=[Payment(debt="u-1:2026-03", known=TUESDAY)])
    assert broken(contact(TUESDAY, purpose="collection"), facts=facts) == []
    assert broken(contact(TUESDAY + TICK, purpose="collection"), facts=facts) == [Rule.PAID]
    other = contact(TUESDAY + TICK, purpose="collection", debt="u-1:2026-04")
    assert broken(other, facts=facts) == []


def test_an_excluded_number_gets_no_advertising() -> None:
    facts = replace(ALLOWED, excluded=[Excluded(address="p-1@example.com", since=TUESDAY)])
    assert broken(contact(TUESDAY), facts=facts) == []
    assert broken(contact(TUESDAY + TICK), facts=facts) == [Rule.EXCLUDED]
    assert broken(contact(TUESDAY + TICK, purpose="collection"), facts=facts) == []


def test_a_number_may_be_excluded_for_one_channel() -> None:
    entry = Excluded(address="p-1@example.com", since=LONG_AGO, channels=frozenset({"sms"}))
    facts = replace(ALLOWED, excluded=[entry])
    assert broken(contact(channel="sms"), facts=facts) == [Rule.EXCLUDED]
    assert broken(contact(channel="whatsapp"), facts=facts) == []


def test_one_survey_in_thirty_days() -> None:
    first = contact(purpose="survey", about="s-1")
    soon = contact(TUESDAY + timedelta(days=29, hours=23), purpose="survey", about="s-2")
    later = contact(TUESDAY + timedelta(days=30), purpose="survey", about="s-2")
    assert broken(first, soon) == [Rule.SURVEYS]
    assert broken(first, later) == []


def test_a_reminder_of_a_survey_is_no_second_survey() -> None:
    first = contact(purpose="survey", about="s-1")
    assert broken(first, contact(TUESDAY + timedelta(days=4), purpose="survey", about="s-1")) == []


def test_a_mark_of_staff_stops_all_but_what_the_law_demands() -> None:
    facts = replace(ALLOWED, marks=[DoNotContact(person="p-1", since=LONG_AGO)])
    for purpose in ("commercial", "survey", "service", "transactional"):
        assert broken(contact(purpose=purpose), facts=facts) == [Rule.MARKED]
    for purpose in ("legal", "emergency"):
        assert broken(contact(purpose=purpose), facts=facts) == []


def test_a_mark_that_was_taken_off_binds_no_more() -> None:
    facts = replace(ALLOWED, marks=[DoNotContact(person="p-1", since=LONG_AGO, until=TUESDAY)])
    assert broken(contact(TUESDAY - TICK), facts=facts) == [Rule.MARKED]
    assert broken(contact(TUESDAY), facts=facts) == []


def test_a_switched_off_channel_is_not_used() -> None:
    off = SwitchedOff(person="p-1", purpose="service", channel="sms", since=LONG_AGO)
    facts = replace(ALLOWED, switched_off=[off])
    assert broken(contact(purpose="service", channel="sms"), facts=facts) == [Rule.UNWANTED]
    assert broken(contact(purpose="service", channel="email"), facts=facts) == []
    assert broken(contact(purpose="legal", channel="sms"), facts=facts) == []


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ("2026-03-10T20:59:59", False),
        ("2026-03-10T21:00:00", True),
        ("2026-03-11T06:59:59", True),
        ("2026-03-11T07:00:00", False),
    ],
)
def test_quiet_hours_span_midnight(at: str, quiet: bool) -> None:
    hours = QuietHours(person="p-1", begins=time(21), ends=time(7), since=LONG_AGO)
    facts = replace(ALLOWED, quiet_hours=[hours])
    assert broken(contact(at, purpose="service"), facts=facts) == [Rule.QUIET] * quiet
    assert broken(contact(at, purpose="emergency"), facts=facts) == []


def test_quiet_hours_hold_back_nothing_that_lies_in_an_inbox() -> None:
    hours = QuietHours(person="p-1", begins=time(21), ends=time(7), since=LONG_AGO)
    facts = replace(ALLOWED, quiet_hours=[hours])
    assert broken(contact("2026-03-10T23:00", purpose="service", channel="inbox"), facts=facts) == []


@pytest.mark.parametrize(
    ("at", "rings"),
    [("21:59:59", False), ("22:00:00", True), ("23:30:00", True), ("06:59:59", True), ("07:00:00", False)],
)
def test_no_notice_of_the_service_rings_a_telephone_at_night(at: str, rings: bool) -> None:
    """The company's policy, 4.1 and 6.2."""
    for channel in ("push", "sms", "whatsapp"):
        notice = contact(f"2026-03-10T{at}", purpose="service", channel=channel)
        assert broken(notice) == [Rule.NIGHT] * rings
        assert broken(replace(notice, urgent=True)) == []
        assert broken(replace(notice, purpose="transactional")) == []
    assert broken(contact(f"2026-03-10T{at}", purpose="service", channel="email")) == []


def test_who_reads_english_is_written_to_in_english_and_nobody_else_is() -> None:
    facts = replace(ALLOWED, readers=[Reader(person="p-1", language="en")])
    assert broken(contact(), facts=facts) == [Rule.LANGUAGE]
    assert broken(contact(language="en"), facts=facts) == []
    assert broken(contact(language="en")) == [Rule.LANGUAGE]
    assert broken(contact(purpose="legal", channel="print"), facts=facts) == []


def test_who_is_erased_gets_nothing_more_of_any_purpose() -> None:
    facts = replace(ALLOWED, erased=[Erased(person="p-1", since=TUESDAY)])
    for purpose in ("commercial", "service", "legal", "emergency"):
        assert broken(contact(TUESDAY, purpose=purpose), facts=facts) == []
        assert Rule.ERASED in broken(contact(TUESDAY + TICK, purpose=purpose), facts=facts)


def test_what_must_leave_and_does_not_in_time_is_withheld() -> None:
    owed = Owed(person="p-1", about="e-1", by=TUESDAY)
    assert withheld([contact(about="e-1")], [owed]) == []
    for other in (
        contact(TUESDAY + TICK, about="e-1"),
        contact(about="e-2"),
        contact(person="p-2", about="e-1"),
    ):
        assert withheld([other], [owed]) == [owed]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-09T08:05", "2026-04-01T00:00"),  # Monday; 23 March is a holiday
        ("2026-03-27T23:59:59", "2026-04-22T00:00"),  # Friday before Holy Week
        ("2026-04-04T09:00", "2026-04-25T00:00"),  # Holy Saturday
        ("2026-12-23T10:00", "2027-01-19T00:00"),
    ],
)
def test_a_petition_is_due_fifteen_business_days_after_its_receipt(received: str, due: str) -> None:
    lawful = Term(case="pqrs_id:1", received=local(received), due=local(due))
    assert miscounted([lawful]) == []
    late = replace(lawful, due=lawful.due + timedelta(days=1))
    assert miscounted([late]) == [late]


def test_one_contact_may_break_several_rules() -> None:
    sunday = contact("2026-03-15T10:00", purpose="collection", person="p-9", channel="sms")
    assert broken(sunday) == [Rule.CONSENT, Rule.PAYER, Rule.HOURS]
