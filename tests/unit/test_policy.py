from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.business_time import BusinessDays, Mode, Term
from hub.business_time.durations import parse_term
from hub.errors import InvalidPolicy
from hub.model import Purpose, StepKind
from hub.policy import Policy, load_policy
from hub.policy.clocks import ClockPolicy
from hub.policy.policy import BUILT_IN as BUILT_IN_FILE
from hub.policy.policy import RENAMED, TUNING
from tests.unit.clock_factory import instants, scheduled

BOGOTA = ZoneInfo("America/Bogota")
MONDAY_10_30 = datetime(2026, 3, 9, 10, 30, tzinfo=BOGOTA)
BUILT_IN = load_policy()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BOGOTA)


@pytest.fixture
def overlaid(tmp_path: Path) -> Overlaid:
    return Overlaid(tmp_path / "policy.toml")


class Overlaid:
    """Loads the policy with some overriding lines."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, toml: str) -> Policy:
        self.path.write_text(toml)
        return load_policy(self.path)


def test_the_first_reply_escalates_at_24_32_40_and_48_business_hours() -> None:
    clock = scheduled(BUILT_IN.clocks["first_reply"], MONDAY_10_30, policy=BUILT_IN)
    steps = instants(clock, StepKind.ESCALATE, StepKind.REMIND)

    assert steps == [
        local("2026-03-11 16:30"),  # 24 h: 6.5 on Monday, 9 on Tuesday, 8.5 on Wednesday
        local("2026-03-12 15:30"),  # 32 h
        local("2026-03-13 14:30"),  # 40 h
        local("2026-03-16 13:30"),  # 48 h, over a weekend
    ]
    assert steps[0] == clock.due_at
    assert {step.tzinfo for step in steps} == {UTC}


def test_a_first_reply_is_at_risk_at_80_percent_of_its_business_hours() -> None:
    clock = scheduled(BUILT_IN.clocks["first_reply"], MONDAY_10_30, policy=BUILT_IN)

    # 19.2 h: 6.5 on Monday, 9 on Tuesday, 3.7 on Wednesday
    assert instants(clock, StepKind.AT_RISK) == [local("2026-03-11 11:42")]


@pytest.mark.parametrize(
    ("kind", "days"), [("peticion", 15), ("informacion", 10), ("consulta", 30), ("felicitacion", 15)]
)
def test_the_legal_term_depends_on_the_kind(kind: str, days: int) -> None:
    assert BUILT_IN.clocks["legal_term"].target_for({"kind": kind}) == BusinessDays(days)


def test_a_legal_term_is_at_risk_when_the_business_day_of_80_percent_opens() -> None:
    clock = scheduled(BUILT_IN.clocks["legal_term"], MONDAY_10_30, policy=BUILT_IN, data={"kind": "queja"})

    # The 12th of 15 business days; Monday 23 March is a holiday.
    assert instants(clock, StepKind.AT_RISK) == [local("2026-03-26 08:00")]
    assert clock.due_at == local("2026-04-01 00:00")


def test_a_part_of_business_days_is_counted_in_decimals() -> None:
    rules = ClockPolicy(target=BusinessDays(10), at_risk=0.7)  # 0.7 × 10 is 7.000000000000001 in floats

    assert instants(scheduled(rules, MONDAY_10_30, policy=BUILT_IN), StepKind.AT_RISK) == [
        local("2026-03-18 08:00")
    ]


def test_an_emergency_is_counted_in_minutes_of_any_hour() -> None:
    clock = scheduled(BUILT_IN.clocks["emergency_ack"], local("2026-03-08 03:00"), policy=BUILT_IN)

    assert clock.due_at == local("2026-03-08 03:05")
    assert instants(clock, StepKind.AT_RISK) == []


def test_maintenance_depends_on_the_priority() -> None:
    clock = BUILT_IN.clocks["maintenance_response"]
    terms = [clock.target_for({"priority": word}) for word in ("urgente", "alta", "media", "baja")]

    assert terms == [timedelta(hours=hours) for hours in (2, 4, 9, 18)]
    assert clock.target_for({}) == timedelta(hours=9)


def test_every_purpose_has_an_expiry_and_only_the_law_never_expires() -> None:
    assert set(BUILT_IN.expiry) == set(Purpose)
    assert [purpose for purpose, after in BUILT_IN.expiry.items() if after is None] == [Purpose.LEGAL]


def test_policies_with_the_same_content_are_equal() -> None:
    assert load_policy() == BUILT_IN
    assert load_policy().calendar == BUILT_IN.calendar


def test_the_calendar_is_built_once() -> None:
    assert BUILT_IN.calendar is BUILT_IN.calendar


def test_the_lease_is_longer_than_the_provider_may_take() -> None:
    assert BUILT_IN.delivery.lease == timedelta(seconds=60)


def test_a_channel_without_numbers_of_its_own_retries_like_the_default(overlaid: Overlaid) -> None:
    policy = overlaid('[retry]\ndefault = { base = "1s" }\nemail = { tries = 3 }')

    assert policy.retry_for("email").base == policy.retry_for("carrier_pigeon").base == timedelta(seconds=1)
    assert policy.retry_for("email").tries == 3
    assert policy.retry_for("sms").base == timedelta(seconds=15)


def test_an_overlay_can_make_a_ladder_of_seconds(overlaid: Overlaid) -> None:
    policy = overlaid(
        '[clocks.first_reply]\ntarget = "3s"\nany_hour = true\nladder = ["3s", "1s", "1s", "1s"]\n'
    )
    steps = instants(
        scheduled(policy.clocks["first_reply"], MONDAY_10_30, policy=policy),
        StepKind.ESCALATE,
        StepKind.REMIND,
    )

    assert [(step - MONDAY_10_30).total_seconds() for step in steps] == [3, 4, 5, 6]
    assert policy.clocks["first_reply"].at_risk == 0.8
    assert policy.clocks["legal_term"] == BUILT_IN.clocks["legal_term"]


def test_an_overlay_can_replace_a_table_of_targets_by_one(overlaid: Overlaid) -> None:
    clock = overlaid('[clocks.legal_term]\ntarget = "1bd"').clocks["legal_term"]

    assert clock.target_for({"kind": "consulta"}) == BusinessDays(1)


def test_an_overlay_can_change_one_day_and_one_mode(overlaid: Overlaid) -> None:
    policy = overlaid(
        '[calendar]\nmode = "business_day_clock"\nweek = { sat = [["08:00", "24:00"]], mon = [] }\n'
        'special_days = { "2026-03-10" = [], "2026-03-09" = [[08:00:00, 09:00:00]] }'
    )

    assert policy.calendar_rules.mode is Mode.BUSINESS_DAY_CLOCK
    # 13.5 h are left of that special Monday; Tuesday is closed; the rest is Wednesday's.
    mode = policy.calendar_rules.mode
    assert policy.calendar.due(MONDAY_10_30, timedelta(hours=24), mode=mode) == local("2026-03-11 10:30")


def test_the_environment_names_an_overlay(overlaid: Overlaid, monkeypatch: pytest.MonkeyPatch) -> None:
    overlaid('[company]\nphone = "(604) 111 1111"')
    monkeypatch.setenv("HUB_POLICY", str(overlaid.path))

    assert load_policy().company.phone == "(604) 111 1111"
    assert load_policy().company.name == "COPROSERVICIOS S.A.S."


@pytest.mark.parametrize(
    ("table", "lines", "complaint"),
    [
        (None, "[clock.first_reply]", "clock is not known; did you mean clocks?"),
        (None, "[clocks.first_replay]", "clocks.first_replay is not known; did you mean first_reply?"),
        ("clocks.first_reply", 'traget = "3s"', ".traget is not known; did you mean target?"),
        ("retry", "emial = {}", ".emial is not known; did you mean email?"),
        ("delivery", "x = 1", ".x is not known; known: provider_timeout, lease_margin, sweep_after"),
        ("clocks.first_reply", "target = 24", ".target: 24 is not a duration"),
        ("clocks.first_reply", 'target = "24 h"', ".target: '24 h' is not a duration"),
        ("clocks.first_reply", 'target = "0h"', ".target: '0h' is not a duration"),
        ("clocks.first_reply", 'ladder = "24h"', ".ladder must be a list"),
        ("clocks.first_reply", 'ladder = ["24h", "x"]', ".ladder[1]: 'x' is not a duration"),
        ("clocks.first_reply", 'target = "8h"', ": the ladder must begin with the target"),
        ("clocks.first_reply", "at_risk = 1.5", ".at_risk: Expected `float` < 1.0"),
        ("clocks.legal_term", "any_hour = true", ": any_hour cannot run in business days"),
        ("clocks.legal_term", 'ladder = ["15bd"]', ": a ladder needs a single target"),
        (
            "clocks.first_reply",
            'ladder = ["24h", "1bd"]',
            ": the steps of a ladder are all hours or all business days",
        ),
        ("clocks.first_reply", 'target = { queja = "1h" }', ": a table of targets needs by"),
        (
            "clocks.first_reply",
            'by = "kind"\nladder = []\ntarget = { queja = "1h" }',
            ": target.default is missing",
        ),
        ("calendar", "week = { lun = [] }", ".week: lun is not known; did you mean sun?"),
        ("calendar", 'week = { mon = [["8", "17"]] }', '.week.mon: "8" is not a time of day'),
        ("calendar", 'week = { mon = ["08:00"] }', ".week.mon: opening hours are a list of pairs"),
        ("calendar", "week = { mon = [[8, 17]] }", '.week.mon: "8" is not a time of day'),
        ("calendar", "week = { mon = 8 }", ".week.mon: opening hours are a list of pairs"),
        (
            "calendar",
            "week = { mon = [], tue = [], wed = [], thu = [], fri = [] }",
            ": no day of the week has opening hours",
        ),
        ("calendar", "legal_days = []", ": legal terms need at least one weekday"),
        ("calendar", 'special_days = { "24 dic" = [] }', ".special_days: 24 dic is not a date"),
        ("calendar", 'mode = "working"', ".mode: working is not known; did you mean working_time"),
        ("calendar", 'zone = "Bogota"', ': "Bogota" is not a time zone'),
        (None, "calendar = 1", "calendar must be a table"),
        (None, "clocks = 1", "clocks must be a table"),
        ("expiry", 'sms = "1h"', ": sms is not known"),
        ("expiry", 'service = "2bd"', ".service: business days have no length here"),
        (
            "windows.night",
            'purposes = ["survey"]\nweek = { mon = [["08:00", "09:00"]] }',
            ".purposes: survey already has a window",
        ),
        (
            "windows.night",
            'purposes = ["emergency"]\nweek = { mon = [["08:00", "09:00"]] }',
            ": an emergency is sent at any hour",
        ),
        ("windows.night", 'purposes = ["legal"]\nweek = {}', ": the calendar never opens"),
        (
            "windows.noon",
            'purposes = ["commercial"]\nchannels = ["sms"]\nweek = { mon = [["08:00", "09:00"]] }',
            ".purposes: commercial by sms already has a window",
        ),
        # Open only while the law's window is closed.
        (
            "windows.late",
            'purposes = ["collection"]\nchannels = ["sms"]\nweek = { mon = [["20:00", "21:00"]] }',
            ": the calendar never opens",
        ),
        ("windows.night", 'purposes = ["legal"]', ".week is missing"),
        ("night", 'purposes = ["emergency"]', ": emergency waits for no morning"),
        ("night", 'purposes = ["legal", "service"]', ": legal waits for no morning"),
        ("night", 'since = "22h"', ".since: '22h' is no time of the day; write \"22:00\""),
        ("night", 'since = "06:00"', ": the night begins in the evening and ends in the morning"),
        ("retry", 'email = { base = "2h" }', ".email: base must not be longer than cap"),
        ("retry", "email = { tries = 0 }", ".email.tries: Expected `int` >= 1"),
        ("retry", "email = 1", ".email must be a table"),
        (None, "retry = 1", "retry must be a table"),
        ("throttle.person", 'sms = "6"', ".sms: a rate is written"),
        ("throttle", 'exempt = ["law"]', ".exempt[0]: law is not known; known: emergency, legal"),
        ("sms", 'prefix = "house"', ".prefix: house is not known; known: building, company, none"),
        ("monitor", 'interval = "PT15S"', ".interval: 'PT15S' is not a duration; write \"24h\""),
        ("monitor.queue_max_age", 'urgent = "2"', ".urgent: '2' is not a duration"),
        ("monitor", 'interval = "2h"', ": clear_after and heartbeat_max_age must not be shorter"),
        ("monitor", 'planned_stop = "2h"', ": planned_stop must not be longer than an hour"),
        ("monitor", "max_dead_letters = 0", ".max_dead_letters: Expected `int` >= 1"),
        ("clocks.legal_term", "alerts = { at_risk = 5 }", ".alerts.at_risk: Expected `int` <= 4"),
        ("clocks.legal_term", 'target = { default = "x" }', ".target: 'x' is not a duration"),
        ("clocks.dunning", 'since = "issued_on"', ": a dated promise has no since"),
        ("intake.rate", 'urgent = { rate = "10" }', '.urgent.rate: a rate is written "20/s"'),
        ("intake.rate", "urgent = { burst = 0 }", ".urgent.burst: Expected `int` >= 1"),
        ("intake.rate", 'slow = { rate = "1/s" }', ": slow is not known; known: urgent, normal"),
        (None, '[intake.rate]\nbulk = { rate = "1/s" }', "intake: bulk is the lowest lane"),
        ("intake.senders", "crm = { urgent = { } }", ".crm.urgent.rate is missing"),
        ("watch", "x = 1", " is now monitor: see hub/tuning.toml"),
        (None, "watch = 1", "watch is now monitor: see hub/tuning.toml"),
    ],
)
def test_a_wrong_policy_names_the_key(
    overlaid: Overlaid, table: str | None, lines: str, complaint: str
) -> None:
    """A complaint begins with the table, where it is about one."""
    with pytest.raises(InvalidPolicy) as refused:
        overlaid(f"[{table}]\n{lines}" if table else lines)

    assert str(refused.value).startswith(f"{table or ''}{complaint}")


@pytest.mark.parametrize(("old", "new"), [pair for pair in RENAMED.items() if "." in pair[0]])
def test_a_renamed_key_is_refused_by_its_new_name(overlaid: Overlaid, old: str, new: str) -> None:
    table, key = old.split(".")
    new_table, new_key = new.split(".")

    with pytest.raises(InvalidPolicy, match=f"^{old} is now {new}: see hub/tuning.toml$"):
        overlaid(f"[{table}]\n{key} = 1")
    assert new_key in tomllib.loads(TUNING.read_text())[new_table]


@pytest.mark.parametrize(
    "table",
    [
        *("company", "calendar", "clocks.first_reply", "clocks.legal_term.alerts", "clocks_summary"),
        *("windows.ley_2300", "night", "sms", "delivery", "breaker", "throttle", "monitor", "retry.default"),
    ],
)
def test_every_table_refuses_a_key_that_is_not_known(overlaid: Overlaid, table: str) -> None:
    with pytest.raises(InvalidPolicy, match=rf"^{re.escape(table)}\.no_such_key is not known; known: \w+"):
        overlaid(f"[{table}]\nno_such_key = 1")


def test_one_overlay_changes_promises_and_tuning(overlaid: Overlaid) -> None:
    policy = overlaid('[company]\nphone = "1"\n[breaker]\nmin_calls = 3\n[monitor]\ninterval = "1s"')

    assert ("1", 3) == (policy.company.phone, policy.breaker.min_calls)
    assert timedelta(seconds=1) == policy.monitor.interval


def test_no_table_is_in_both_built_in_files() -> None:
    promises, tuning = (tomllib.loads(file.read_text()) for file in (BUILT_IN_FILE, TUNING))

    assert {"api", "delivery", "breaker", "throttle", "intake", "monitor", "retry"} == set(tuning)
    assert set(promises).isdisjoint(tuning)


def test_unreadable_policy_file_is_named(tmp_path: Path) -> None:
    broken, binary = tmp_path / "broken.toml", tmp_path / "binary.toml"
    broken.write_text("target = ")
    binary.write_bytes(b"\xff")

    with pytest.raises(InvalidPolicy, match=r"none\.toml cannot be read: No such file"):
        load_policy(tmp_path / "none.toml")
    with pytest.raises(InvalidPolicy, match=r"broken\.toml is not TOML: Invalid value"):
        load_policy(broken)
    with pytest.raises(InvalidPolicy, match=r"binary\.toml is not TOML"):
        load_policy(binary)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", timedelta(hours=24)),
        ("90m", timedelta(minutes=90)),
        ("10s", timedelta(seconds=10)),
        ("500ms", timedelta(milliseconds=500)),
        ("15bd", BusinessDays(15)),
    ],
)
def test_duration_is_read_as_written(text: str, expected: Term) -> None:
    assert parse_term(text) == expected
