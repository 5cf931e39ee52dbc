"""The price of what leaves, by the provider that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from hub.channels.registry import first_of
from hub.intake.dry_run_schemas import DryRunPersonMessage
from hub.model import State
from hub.operations.communications.cost import expected_end, planned_cost
from hub.policy.prices import PricePolicy
from hub.rendering.context import INITIAL
from hub.resilience.rate_limit import parse_rate
from hub.settings import load
from tests.unit.factories import MONDAY

PRICES = PricePolicy(
    sms={"default": 40, "twilio": 55}, whatsapp={"default": 50}, letter=500, page=100, mail=0
)


def sent(channel: str, parts: int | None = None) -> DryRunPersonMessage:
    return DryRunPersonMessage(
        audience=0,
        channel=channel,
        occasion=INITIAL,
        state=State.QUEUED,
        reason=None,
        leaves_at=None,
        then=[],
        skipped=[],
        parts=parts,
    )


def test_a_plan_has_the_price_of_the_provider_that_sends_first() -> None:
    messages = [sent("sms", 2), sent("whatsapp")]
    costs = [
        planned_cost(messages, PRICES, leaves=[State.QUEUED], providers={"sms": name, "whatsapp": "meta"})
        for name in ("twilio", "another")
    ]

    assert [{"sms": 110, "whatsapp": 50}, {"sms": 80, "whatsapp": 50}] == [cost.pesos for cost in costs]


def test_who_sends_first_has_the_name_of_its_attempts() -> None:
    described = "http+http://127.0.0.1:1?spec=examples/sms-provider.toml"
    settings = [
        load({"HUB_MODE": "live", "HUB_SMS_URL": urls, "HUB_EMAIL_URL": "smtps://127.0.0.1:1"})
        for urls in (f"twilio+http://127.0.0.1:1 {described}", described)
    ]

    assert [{"email": "smtp", "sms": "twilio"}, {"email": "smtp", "sms": "mensajeria"}] == [
        first_of(one) for one in settings
    ]


@pytest.mark.parametrize(
    ("left", "lawful_at", "end"),
    [
        ({"sms": 600, "email": 90_000}, None, MONDAY + timedelta(minutes=30)),
        ({"sms": 600}, MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=9, minutes=30)),
        ({"sms": 600}, MONDAY - timedelta(hours=9), MONDAY + timedelta(minutes=30)),
        ({"email": 3}, MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=9)),
        ({"email": 3}, None, None),
        ({"sms": 0}, MONDAY + timedelta(hours=9), None),
    ],
)
def test_the_end_is_that_of_what_is_left_at_the_rates_from_lawful_hours_on(
    left: Mapping[str, int], lawful_at: datetime | None, end: datetime | None
) -> None:
    assert end == expected_end(left, {"sms": [parse_rate("20/m")]}, lawful_at=lawful_at, now=MONDAY)
