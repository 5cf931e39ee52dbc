"""Indicators over HTTP: period, filters, response."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hub.model import ClockState, Promise, PromiseRecord
from hub.model.contracts import ContractDecision
from hub.operations.indicators import Indicators
from tests.integration.web_doubles import NOON, World, ask

BOGOTA = ZoneInfo("America/Bogota")
HOUR = timedelta(hours=1)


def kept(name: str, state: ClockState, hours: int, level: int = 1) -> PromiseRecord:
    """A clock that began on Monday 9 March 2026 at 12:00 and ended `hours` later."""
    return PromiseRecord(
        case="pqrs_id:1",
        name=name,
        state=state,
        started_at=NOON,
        ended_at=NOON + hours * HOUR,
        level=level,
        promise=Promise(target=24 * HOUR),
    )


async def test_indicator_days_are_whole_bogota_days_in_business_hours() -> None:
    world = World()
    world.log.kept.extend(
        [
            kept("first_reply", ClockState.MET, 3),
            # To Tuesday at 12:00: 5 h and 4 h.
            kept("first_reply", ClockState.BREACHED, 24, level=2),
            kept("legal_term", ClockState.MET, 4),
        ]
    )

    reply = await ask(world, "/api/indicators?from=2026-03-01&to=2026-03-31&area=water&copropiedad=ph-1")

    answer = msgspec.convert(reply.json, Indicators)
    [(period, area, places)] = world.log.periods
    assert datetime(2026, 3, 1, tzinfo=BOGOTA) == period.since
    assert datetime(2026, 4, 1, tzinfo=BOGOTA) == period.until
    assert ("water", frozenset({"ph-1"})) == (area, places)
    assert ("2026-03-01", "2026-03-31") == (reply.json["from"], reply.json["to"])
    # (3 + 9) / 2 = 6; of two the second.
    first_reply = answer.promises[0]
    assert (0.5, 6.0, 9.0) == (first_reply.share_met, first_reply.mean_hours, first_reply.p90_hours)
    assert {"2": 1} == first_reply.breached_by_level
    assert {"closed": 1, "resolved": 0, "share": 0.0} == reply.json["first_instance"]


async def test_renewal_rate_of_the_period_is_shown_by_area_and_copropiedad() -> None:
    world = World()
    world.log.decisions.extend(
        [
            ContractDecision(case="1", renewed=True, area="aseo", copropiedad="ph-1"),
            ContractDecision(case="2", renewed=False, area="aseo", copropiedad="ph-1"),
            ContractDecision(case="3", renewed=True, area="aseo"),
        ]
    )

    reply = await ask(world, "/api/indicators?from=2026-03-01&to=2026-03-31&area=aseo&copropiedad=ph-1")

    [(period, area, places)] = world.log.contract_periods
    assert (datetime(2026, 3, 1, tzinfo=BOGOTA), datetime(2026, 4, 1, tzinfo=BOGOTA)) == (
        period.since,
        period.until,
    )
    assert ("aseo", frozenset({"ph-1"})) == (area, places)
    assert reply.json["renewals"] == {
        "renewed": 2,
        "ended": 1,
        "share": 0.6667,
        "by": [
            {"area": "aseo", "copropiedad": None, "renewed": 1, "ended": 0, "share": 1.0},
            {"area": "aseo", "copropiedad": "ph-1", "renewed": 1, "ended": 1, "share": 0.5},
        ],
    }


async def test_default_period_is_the_last_thirty_days() -> None:
    world = World()

    answer = (await ask(world, "/api/indicators")).json

    [(period, _, places)] = world.log.periods
    assert (timedelta(days=30), None) == (period.until - period.since, places)
    assert [] == answer["promises"]
    assert None is answer["first_instance"]["share"]


@pytest.mark.parametrize(
    "query", ["from=2026-03-31&to=2026-03-01", "from=2020-01-01&to=2026-01-01", "from=March", "month=3"]
)
async def test_invalid_period_is_refused(query: str) -> None:
    assert 400 == (await ask(World(), f"/api/indicators?{query}")).status
