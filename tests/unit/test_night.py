"""The night: what would ring a telephone and can wait, waits until seven (issue 28; policy 4.1 and 6.2)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hub.contact_rules import next_allowed
from hub.errors import InvalidPolicy
from hub.messages.delivery.decisions import blocking_outcome
from hub.model import Claimed, Purpose, State
from hub.parts.company import CompanyRules
from hub.policy import load_policy
from hub.settings import load
from tests.unit.factories import claim_of, local, message

POLICY = load_policy()
LATE = local("2026-03-10 23:00")
MORNING = local("2026-03-11 07:00")


def told(event: str, channel: str) -> Claimed:
    sent = message(
        event=event,
        channel=channel,
        purpose=Purpose.SERVICE,
        created_at=LATE,
        expires_at=LATE + timedelta(hours=48),
    )
    return claim_of(sent, event_time=LATE, source="urn:desk")


def test_package_of_the_night_is_held_until_seven_and_loses_none_of_its_time() -> None:
    held = blocking_outcome(told("concierge.package.received", "sms"), policy=POLICY, now=LATE)

    assert held is not None
    assert (State.HELD, "contact_hours", MORNING) == (held.state, held.reason, held.next_at)
    assert MORNING + timedelta(hours=48) == held.expires_at


@pytest.mark.parametrize(
    ("event", "channel"),
    [
        ("building.outage.reported", "sms"),
        ("building.outage.restored", "push"),
        ("admin.circular.issued", "email"),
        ("admin.circular.issued", "inbox"),
    ],
)
def test_outages_and_what_wakes_nobody_leave_at_night(event: str, channel: str) -> None:
    assert blocking_outcome(told(event, channel), policy=POLICY, now=LATE) is None


def test_policy_chooses_the_night_and_what_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        '[night]\nsince = "21:30"\nuntil = "06:00"\nchannels = ["sms", "email"]\n'
        'at_any_hour = ["concierge.package.received"]\n'
    )
    policy, at = load_policy(file), local("2026-03-10 21:45")

    def leaves(event: str, channel: str) -> bool:
        return at == next_allowed(Purpose.SERVICE, at, policy=policy, channel=channel, event=event)

    found = {
        (event, channel): leaves(event, channel) for event in NAMES for channel in ("sms", "email", "push")
    }
    assert {name for name, free in found.items() if not free} == {
        ("building.outage.reported", "sms"),
        ("building.outage.reported", "email"),
    }


NAMES = ("building.outage.reported", "concierge.package.received")


def test_hours_of_the_company_that_open_only_at_night_count(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        '[windows.late]\npurposes = ["service"]\nchannels = ["sms"]\nweek = { tue = [["22:30", "23:30"]] }\n'
    )
    opens = next_allowed(Purpose.SERVICE, local("2026-03-10 12:00"), policy=load_policy(file), channel="sms")

    assert local("2026-03-10 22:30") == opens


def test_event_that_does_not_exist_prevents_the_start(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('[night]\nat_any_hour = ["building.outage.began"]')

    with pytest.raises(InvalidPolicy, match=r"^night\.at_any_hour: building\.outage\.began is not known"):
        _ = CompanyRules(load({"HUB_POLICY": str(file)})).policy
