"""Texts know what lies behind and what lies ahead when they leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from hub.rendering.tenses import tenses
from tests.unit.test_templates import TEMPLATES, context, examples

DAY: Final = timedelta(days=1)
NIGHT: Final = datetime(2026, 10, 1, 5, tzinfo=UTC)
"""The end of 30 September in Bogotá."""


def said(
    event: str, leaves: datetime, *, channel: str = "email", variant: str | None = None, **data: Any
) -> str:
    given = context(event, {**examples(event)[0], **data})
    words = TEMPLATES.render(event, channel, replace(given, leaves=leaves), variant=variant)
    return f"{words.subject} {words.text}"


@pytest.mark.parametrize(("leaves", "over"), [(NIGHT - DAY, False), (NIGHT - DAY / 24, False), (NIGHT, True)])
def test_contract_that_is_over_is_not_served_until_a_day_to_come(leaves: datetime, over: bool) -> None:
    words = said("contract.ended", leaves, ended_on="2026-09-30")

    assert (over, not over) == ("terminó el" in words, "Hasta ese día los atendemos" in words)
    assert over != ("termina el" in words)


@pytest.mark.parametrize(("deadline", "months"), [("2026-06-30", 3), ("2026-07-31", 1), ("2026-06-29", 3)])
def test_lead_of_a_notice_is_named_only_where_the_days_have_it(deadline: str, months: int) -> None:
    data = {"kind": "vivienda", "notice_deadline": deadline, "ends_on": "2026-09-30"}
    leaves = NIGHT - 200 * DAY
    words = [said("realestate.contract.expiring", leaves, variant=one, **data) for one in (None, "agent")]

    assert months == tenses(NIGHT, None)["meses_entre"](deadline, "2026-09-30")
    assert [months == 3] * 2 == ["tres meses" in text for text in words]


def test_outage_promises_no_hour_that_is_behind() -> None:
    ends = "2026-09-30T20:00:00-05:00"
    name, leaving = "building.outage.reported", (NIGHT - DAY, NIGHT)
    words = [said(name, at, channel="sms", expected_end=ends) for at in leaving]

    assert [True, False] == ["Regreso estimado" in text for text in words]
