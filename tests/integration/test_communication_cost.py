"""Cost of a communication: what the plan says, and a count of what left that shares nothing with the hub."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Final

from hub.desk.communications import acts, people
from hub.desk.communications.rows import CommunicationBody
from hub.parts.dry_run import DryRuns
from tests.integration.test_communications import BOTH, Desk, desk
from tests.operators import operator
from tests.unit.factories import CHANNELS, member, mobile, somebody

__all__ = ["desk"]

SERVICE: Final = "agua potable, agua caliente y bombas de presión de los tanques, " + "y ascensor " * 9
OUTSIDE: Final = frozenset("áíóúÁÍÓÚ“”’–…€")
PRICE: Final = 40


def billed(text: str) -> int:
    """Count the parts of a text as an operator's rate card says."""
    if OUTSIDE.isdisjoint(text):
        return 1 if len(text) <= 160 else ceil(len(text) / 153)
    return 1 if len(text) <= 70 else ceil(len(text) / 67)


def reaching(desk: Desk) -> Desk:
    """Give the desk the channels and the texts with which the office sends."""
    dry = DryRuns(desk.by.db, desk.office.rules, lambda: CHANNELS)
    return replace(
        desk, by=operator(desk.by.db, now=desk.office.clock, publisher=desk.publisher, dry_run=dry)
    )


async def test_the_sum_equals_an_independent_count_of_segments(desk: Desk) -> None:
    desk = reaching(desk)
    await desk.office.take_in(
        *(somebody(f"p-sms{n}", mobile(f"+57300123456{n}")) for n in range(3)),
        *(member(f"p-sms{n}", "unit:a1", "resident") for n in range(3)),
    )
    data = {"service": SERVICE.strip(), "since": desk.office.clock().isoformat()}
    body = CommunicationBody(kind="building.outage.reported", data=data, to=BOTH)
    row = await acts.make_communication(desk.by, body)
    whole = await acts.plan_communication(desk.by, row.id)
    await desk.send(whole)
    await desk.publish()
    await desk.office.deliver()

    texts = [outgoing.rendered.text for outgoing in desk.office.channels["sms"].sent]
    counted = sum(map(billed, texts))
    assert 4 == len(texts)
    assert counted > 4  # some of them are of several parts
    assert whole.plan is not None
    assert whole.plan.shown is not None
    assert whole.plan.shown.cost is not None
    spent = await people.cost_communication(desk.by, row.id)
    assert (counted, {"sms": counted * PRICE}) == (spent.sms_parts, spent.pesos)
    planned = whole.plan.shown.cost
    assert (counted, {"sms": counted * PRICE}, False) == (planned.sms_parts, planned.pesos, planned.at_most)


async def test_a_lead_that_is_missed_is_said(desk: Desk) -> None:
    desk = reaching(desk)
    soon = desk.office.clock() + timedelta(hours=30)
    data = {
        "affected_services": ["agua"],
        "contact": "Portería",
        "starts_at": soon.isoformat(),
        "ends_at": (soon + timedelta(hours=4)).isoformat(),
    }
    body = CommunicationBody(
        kind="maintenance.scheduled.announced", data=data, to=("residents@copropiedad:ph-a",)
    )
    row = await acts.make_communication(desk.by, body)
    whole = await acts.plan_communication(desk.by, row.id)

    assert whole.plan is not None
    assert whole.plan.shown is not None
    assert {"notice_lead": soon - timedelta(hours=72)} == whole.plan.shown.missed
