from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.business_time import ColombianHolidays
from hub.contact_rules import next_allowed
from hub.model import Purpose
from hub.policy import load_policy

BOGOTA = ZoneInfo("America/Bogota")
POLICY = load_policy()
RESTRICTED = (Purpose.COLLECTION, Purpose.COMMERCIAL, Purpose.SURVEY)
FREE = tuple(purpose for purpose in Purpose if purpose not in RESTRICTED)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BOGOTA)


@pytest.mark.parametrize("purpose", RESTRICTED)
@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-09 06:59:59.999999", "2026-03-09 07:00"),  # Monday, before the window
        ("2026-03-09 07:00", "2026-03-09 07:00"),
        ("2026-03-09 18:59:59.999999", "2026-03-09 18:59:59.999999"),
        ("2026-03-09 19:00", "2026-03-10 07:00"),  # 19:00:00 is outside
        ("2026-03-13 19:00", "2026-03-14 08:00"),  # Friday evening to Saturday
        ("2026-03-14 14:59:59", "2026-03-14 14:59:59"),
        ("2026-03-14 15:00", "2026-03-16 07:00"),  # Saturday afternoon to Monday
        ("2026-03-15 10:00", "2026-03-16 07:00"),  # Sunday
        ("2026-03-21 15:00", "2026-03-24 07:00"),  # over a Monday holiday
        ("2026-04-01 19:00", "2026-04-04 08:00"),  # Holy Saturday is no holiday
        ("2026-07-11 15:00", "2026-07-14 07:00"),  # the holiday of Ley 2578, 13 July
        ("2026-12-24 19:30", "2026-12-26 08:00"),  # Christmas is a Friday
    ],
)
def test_a_restricted_purpose_waits_for_the_window_of_the_law(purpose: str, at: str, expected: str) -> None:
    allowed = next_allowed(purpose, local(at), policy=POLICY)

    assert allowed == local(expected)
    assert allowed.tzinfo is UTC


@pytest.mark.parametrize(
    ("purpose", "channel", "expected"),
    [
        ("commercial", "sms", "2026-03-10 08:00"),
        ("commercial", "email", "2026-03-10 07:00"),
        ("collection", "sms", "2026-03-10 07:00"),
    ],
)
def test_a_carriers_window_narrows_that_of_the_law_for_its_channel(
    purpose: str, channel: str, expected: str
) -> None:
    at = local("2026-03-10 06:00")

    assert local(expected) == next_allowed(purpose, at, policy=POLICY, channel=channel)


def test_a_window_of_a_channel_alone_leaves_the_other_channels_free(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        '[windows.calls]\npurposes = ["service"]\nchannels = ["voice"]\nweek = { tue = [["10:00", "11:00"]] }'
    )
    policy, at = load_policy(file), local("2026-03-09 06:00")

    assert local("2026-03-10 10:00") == next_allowed("service", at, policy=policy, channel="voice")
    assert at == next_allowed("service", at, policy=policy, channel="email")


@pytest.mark.parametrize("purpose", FREE)
def test_other_purposes_are_allowed_at_any_hour(purpose: Purpose) -> None:
    christmas_night = local("2026-12-25 03:00")
    allowed = next_allowed(purpose, christmas_night, policy=POLICY)

    assert allowed == christmas_night
    assert allowed.tzinfo is UTC


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="gossip"):
        next_allowed("gossip", local("2026-03-09 10:00"), policy=POLICY)


@pytest.mark.parametrize("purpose", ["emergency", "collection"])
def test_an_instant_needs_a_zone(purpose: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_allowed(purpose, datetime(2026, 3, 9), policy=POLICY)  # noqa: DTZ001 - the point of the test


@given(
    st.integers(0, 3 * 366 * 24 * 60).map(lambda m: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
)
def test_the_allowed_instant_is_inside_and_the_first_one(at: datetime) -> None:
    allowed = next_allowed("collection", at, policy=POLICY)

    assert is_inside(allowed)
    assert allowed >= at
    assert allowed == at or not is_inside(at)
    assert allowed == at or not is_inside(allowed - timedelta(minutes=1))


def is_inside(at: datetime) -> bool:
    """Say the article in other words: Mon–Fri 7–19, Sat 8–15, never Sundays or holidays."""
    moment = at.astimezone(BOGOTA)
    day = date(moment.year, moment.month, moment.day)
    if day in ColombianHolidays() or day.weekday() == 6:
        return False
    return 8 <= moment.hour < 15 if day.weekday() == 5 else 7 <= moment.hour < 19
