"""Indicators over HTTP: period, filters, response."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hub.model import ClockState, Promise, PromiseRecord
from hub.model.contracts import ContractDecision
from hub.model.surveys import SurveyRecord
from hub.sla.indicator_rows import Indicators
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
    "query",
    [
        "from=2026-03-31&to=2026-03-01",
        "from=2025-01-01&to=2026-02-05",  # 401 days
        "from=2020-01-01&to=2026-01-01",
        "from=March",
        "month=3",
    ],
)
async def test_invalid_period_is_refused(query: str) -> None:
    assert 400 == (await ask(World(), f"/api/indicators?{query}")).status


def surveys(*scores: int | None, area: str = "mantenimiento", place: str = "ph-1") -> list[SurveyRecord]:
    return [
        SurveyRecord(
            kind="semestral",
            service_area=area,
            copropiedad_id=place,
            asked=True,
            answered=score is not None,
            score=score,
        )
        for score in scores
    ]


async def test_surveys_are_shown_in_all_and_by_group_without_few_answers() -> None:
    world = World()
    world.surveys.counted += surveys(10, 9, 8, 5, 3, None)
    world.surveys.counted += surveys(*[10] * 10, area="conserjeria", place="ph-2")
    world.surveys.counted += surveys(0, 1, 2, 3, area="contabilidad", place="ph-3")

    shown = (await ask(world, "/api/indicators")).json["surveys"]

    # 12 promoters (10 9 and ten 10), 6 detractors (5 3 0 1 2 3) of 19: 100 × 6 / 19 = 31.6.
    # The sum is 35 + 100 + 6 = 141 of 190: 74.2. Of 20 asked 19 have answered.
    assert {
        "name": "",
        "asked": 20,
        "answers": 19,
        "response_rate": 0.95,
        "nps": 31.6,
        "index": 74.2,
        "few": False,
    } == shown["total"]
    hidden = {"answers": None, "response_rate": None, "nps": None, "index": None, "few": True}
    by_area = {group.pop("name"): group for group in shown["by_area"]}
    assert {"asked": 4, **hidden} == by_area["contabilidad"]
    # The other small group hides it: the total less the others would be its four answers.
    assert {"asked": 6, **hidden} == by_area["mantenimiento"]
    assert (100.0, 100.0, 1.0) == tuple(by_area["conserjeria"][n] for n in ("nps", "index", "response_rate"))
    narrowed = (await ask(world, "/api/indicators?area=contabilidad")).json["surveys"]["total"]
    assert {"name": "", "asked": 4, **hidden} == narrowed


async def test_gauges_have_bounded_areas_and_no_few_answers() -> None:
    world = World()
    world.surveys.counted += (
        surveys(*[9] * 5) + surveys(*[0] * 5, area="Ñuñoa 7") + surveys(5, area="conserjeria")
    )
    world.surveys.counted += surveys(*[8] * 6, area="contabilidad")

    text = (await ask(world, "/metrics")).text

    assert (
        'hub_survey_nps{area="mantenimiento",copropiedad="all"}' not in text
    )  # the smallest is hidden with the single answer
    assert 'hub_survey_nps{area="other",copropiedad="all"} -100.0' in text
    assert 'hub_survey_satisfaction{area="contabilidad",copropiedad="all"} 80.0' in text
    assert 'hub_survey_response_ratio{area="all",copropiedad="all"} 1.0' in text
    assert "conserjeria" not in text
    assert "Ñuñoa" not in text


async def test_gauges_have_each_copropiedad_and_one_for_those_without() -> None:
    world = World()
    world.surveys.counted += surveys(*[10] * 5) + surveys(*[0] * 5, place="ph-2") + surveys(1, place="ph-3")
    world.surveys.counted += surveys(*[9] * 7, place="")

    text = (await ask(world, "/metrics")).text

    assert 'hub_survey_nps{area="all",copropiedad="ph-2"} -100.0' in text
    assert 'hub_survey_nps{area="all",copropiedad="other"} 100.0' in text
    assert "ph-3" not in text
    assert (
        'hub_survey_nps{area="all",copropiedad="ph-1"}' not in text
    )  # the smallest is hidden with the single answer
