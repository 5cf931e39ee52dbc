"""Indicators by step and group, NPS and response rate, by hand; the bars of their charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.business_time.periods import steps
from hub.model import ClockState, Period, Promise, PromiseRecord
from hub.model.contracts import ContractDecision
from hub.model.surveys import SurveyRecord
from hub.rendering.plots import HEIGHT, LABELS, columns, lines
from hub.sla.indicator_rows import IndicatorStep
from hub.sla.satisfaction import by_group, satisfaction, unanswered
from hub.sla.steps import by_step, promises_by

BOGOTA = ZoneInfo("America/Bogota")
MONDAY = datetime(2026, 3, 9, 17, tzinfo=UTC)
WEEK = timedelta(days=7)
SINCE, UNTIL = date(2026, 3, 9), date(2026, 3, 29)
PERIOD = Period(since=datetime(2026, 3, 9, tzinfo=BOGOTA), until=datetime(2026, 3, 30, tzinfo=BOGOTA))
FEWEST = 5


def promise(state: ClockState, at: datetime = MONDAY, area: str | None = "aseo") -> PromiseRecord:
    return PromiseRecord(
        case="c",
        name="first_reply",
        state=state,
        started_at=at,
        level=1,
        promise=Promise(target=WEEK),
        area=area,
    )


def survey(at: datetime, score: int | None = None, answered_at: datetime | None = None) -> SurveyRecord:
    return SurveyRecord(
        kind="semestral",
        service_area=None,
        copropiedad_id=None,
        asked=True,
        answered=score is not None,
        score=score,
        at=at,
        answered_at=answered_at or at,
    )


def stepped(
    clocks: Sequence[PromiseRecord] = (),
    surveys: Sequence[SurveyRecord] = (),
    decisions: Sequence[ContractDecision] = (),
) -> list[IndicatorStep]:
    cut = steps(SINCE, UNTIL)
    return by_step(cut, clocks, PERIOD, surveys, decisions, zone=BOGOTA, fewest=FEWEST)


def test_promise_counts_in_the_week_in_which_it_began_in_colombia() -> None:
    late_on_sunday = datetime(2026, 3, 16, 4, 59, tzinfo=UTC)
    found = stepped([promise(ClockState.MET, late_on_sunday), promise(ClockState.BREACHED, MONDAY + WEEK)])

    assert [(step.promises.met, step.promises.breached) for step in found] == [(1, 0), (0, 1), (0, 0)]
    assert [step.promises.share_met for step in found] == [1.0, 0.0, None]


def test_promise_of_the_first_instant_counts_and_one_of_the_last_does_not() -> None:
    ends = [promise(ClockState.MET, PERIOD.since), promise(ClockState.MET, PERIOD.until)]
    found = stepped(ends)

    assert [1, 0, 0] == [step.promises.met for step in found]


def test_promise_counts_in_its_area_and_cancelled_or_earlier_ones_in_none() -> None:
    known = [
        promise(ClockState.MET),
        promise(ClockState.AT_RISK),
        promise(ClockState.OPEN, area=None),
        promise(ClockState.CANCELLED),
        promise(ClockState.MET, MONDAY - WEEK),
    ]
    found = promises_by(known, PERIOD, lambda clock: clock.area)

    assert [(one.name, one.met, one.running) for one in found] == [("", 0, 1), ("aseo", 1, 1)]


def test_survey_is_asked_in_one_week_and_answered_in_another() -> None:
    found = stepped(surveys=[survey(MONDAY, 9, MONDAY + WEEK) for _ in range(FEWEST)])

    assert [step.surveys.asked for step in found] == [FEWEST, 0, 0]
    assert [step.surveys.answers for step in found] == [0, FEWEST, None]
    assert found[0].surveys.response_rate == 1.0
    assert found[1].surveys.index == 90.0


def test_week_of_few_answers_is_hidden_and_one_more_so_that_none_follows_from_the_total() -> None:
    many = [survey(MONDAY, 9) for _ in range(8)]
    fewer = [survey(MONDAY + WEEK, 5) for _ in range(6)]
    found = stepped(surveys=[*many, *fewer, survey(MONDAY + 2 * WEEK, 0)])

    assert [step.surveys.few for step in found] == [False, True, True]


def test_contract_counts_in_the_week_of_its_decision() -> None:
    renewed = ContractDecision(case="1", renewed=True, at=MONDAY)
    ended = ContractDecision(case="2", renewed=False, at=MONDAY + WEEK)
    found = stepped(decisions=[renewed, ended])

    assert [(step.renewed, step.ended) for step in found] == [(1, 0), (0, 1), (0, 0)]


def record(
    score: int | None = None, *, kind: str = "semestral", area: str | None = "water", asked: bool = True
) -> SurveyRecord:
    return SurveyRecord(
        kind=kind,
        service_area=area,
        copropiedad_id="ph-1",
        asked=asked,
        answered=asked and score is not None,
        score=score,
    )


def test_figures_of_ten_answers_and_two_silent_people() -> None:
    scores = [10, 10, 9, 9, 8, 7, 7, 6, 3, 0]
    found = satisfaction([*map(record, scores), record(), record()], fewest=5)

    # Promoters 10 10 9 9 = 4 of 10, detractors 6 3 0 = 3 of 10: 40 - 30 = 10.
    # The sum is 69, the mean 6.9 of 10: 69 of 100. Of 12 asked 10 have answered.
    assert (12, 10, 10 / 12) == (found.asked, found.answers, found.response_rate)
    assert ("", 10.0, 69.0, False) == (found.name, found.nps, found.index, found.few)


def test_score_of_an_assembly_is_satisfaction_and_no_recommendation() -> None:
    given = [*(record(10) for _ in range(5)), *(record(0, kind="asamblea") for _ in range(5))]
    found = satisfaction(given, fewest=5)

    assert (100.0, 50.0) == (found.nps, found.index)


def test_answer_to_a_survey_that_the_hub_has_not_asked_counts_in_no_response_rate() -> None:
    found = satisfaction([record(9, asked=False) for _ in range(5)], fewest=5)

    assert (0, 5, None, 100.0) == (found.asked, found.answers, found.response_rate, found.nps)


def test_four_answers_show_only_how_many_were_asked() -> None:
    found = satisfaction([record(9), record(1), record(5), record(5), record()], fewest=5)

    assert unanswered("", 5, few=True) == found
    assert not satisfaction([record()], fewest=5).few


def test_smallest_group_is_hidden_with_a_single_small_one() -> None:
    """Otherwise the total less the others would tell what one person has answered."""
    given = [
        *(record(9, area="water") for _ in range(9)),
        *(record(8, area="gardens") for _ in range(6)),
        record(0, area="desk"),
        record(area=None),
    ]
    groups = {group.name: group for group in by_group(given, lambda one: one.service_area, fewest=5)}

    assert {"": False, "water": False, "gardens": True, "desk": True} == {
        name: group.few for name, group in groups.items()
    }
    assert (None, 6) == (groups["gardens"].index, groups["gardens"].asked)
    assert 90.0 == groups["water"].index


def test_groups_whose_hidden_answers_are_enough_hide_no_other() -> None:
    small = [record(5, area=area) for area in ("a", "b") for _ in range(3)]
    groups = by_group(
        [*small, *(record(9, area="c") for _ in range(5))], lambda one: one.service_area, fewest=5
    )

    assert [True, True, False] == [group.few for group in groups]


def test_columns_stand_on_one_another() -> None:
    plot = columns(["a", "b"], [("left", [3, 0]), ("lost", [1, 2])])
    left, lost, alone = plot.bars

    assert [bar.series for bar in plot.bars] == ["left", "lost", "lost"]
    assert left.y + left.height == HEIGHT
    assert lost.y + lost.height == pytest.approx(left.y, abs=0.11)
    assert left.x == lost.x < alone.x


@pytest.mark.parametrize(
    ("highest", "axis"),
    [(0, "1"), (1, "1"), (3, "5"), (10, "10"), (11, "20"), (999, "1 mil"), (4200, "5 mil")],
)
def test_axis_ends_at_a_round_number(highest: int, axis: str) -> None:
    assert columns(["a"], [("left", [highest])]).top == axis


def test_labels_go_from_the_first_to_the_last() -> None:
    names = [str(hour) for hour in range(24)]
    labels = columns(names, [("left", [1] * 24)]).labels

    assert len(labels) == LABELS
    assert (labels[0], labels[-1]) == ("0", "23")
    assert columns(["a", "b"], [("left", [1, 1])]).labels == ["a", "b"]


def test_nothing_has_no_bars() -> None:
    assert columns([], []).bars == []


def test_line_is_broken_where_there_is_no_number() -> None:
    plot = lines(["a", "b", "c", "d"], [("met", [100, 50, None, 0])], top=100, unit=" %")
    first, last = (line.points.split() for line in plot.lines)

    assert [point.partition(",")[2] for point in first] == ["0.0", "0.0", "50.0", "50.0"]
    assert [point.partition(",")[2] for point in last] == [f"{HEIGHT}.0"] * 2
    assert plot.top == "100 %"
    assert not plot.bars
