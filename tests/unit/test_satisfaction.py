"""NPS, satisfaction index and response rate, calculated by hand; few answers are not shown."""

from __future__ import annotations

from hub.model.surveys import SurveyRecord
from hub.sla.satisfaction import by_group, satisfaction, unanswered


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
