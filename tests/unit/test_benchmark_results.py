from __future__ import annotations

import json
import math
from dataclasses import replace

from benchmarks.results import Turn, as_json, cost_of, ratio_of, standings, table


def turn(contestant: str, number: int, rate: float) -> Turn:
    return Turn(
        contestant=contestant, number=number, mails=1000, seconds=1000 / rate, own_cpu=0.4, all_cpu=0.6
    )


# The machine is at half its speed in round 2, at a third in round 3.
TURNS = [
    turn("hub", 1, 3000),
    turn("celery", 1, 1000),
    turn("hub", 2, 2000),
    turn("celery", 2, 500),
    turn("hub", 3, 1000),
    turn("celery", 3, 200),
]


def test_the_ratio_is_taken_within_each_round() -> None:
    # 3000/1000, 2000/500, 1000/200 = 3, 4, 5
    ratio = ratio_of("hub", TURNS)

    assert ratio is not None
    assert math.isclose(4.0, ratio)


def test_the_reference_is_once_as_fast_as_itself() -> None:
    assert ratio_of("celery", TURNS) == 1.0


def test_there_is_no_ratio_without_the_reference() -> None:
    assert ratio_of("hub", [turn("hub", 1, 3000)]) is None


def test_any_contestant_may_be_the_reference() -> None:
    ratio = ratio_of("celery", TURNS, "hub")

    assert ratio is not None
    assert math.isclose(0.25, ratio)


def test_costs_are_compared_within_each_round_too() -> None:
    dearer = [
        replace(turn("late", number, 1000), all_cpu=0.6 * share) for number, share in ((1, 1.5), (2, 1.1))
    ]
    cost = cost_of("late", [*dearer, turn("early", 1, 1000), turn("early", 2, 1000)], "early")

    assert cost is not None
    assert math.isclose(0.3, cost)


def test_a_contestant_that_was_not_measured_has_no_ratio() -> None:
    assert ratio_of("hub", [turn("celery", 1, 1000)]) is None


def test_standings_keep_first_round_order_and_count_cpu_per_thousand_mails() -> None:
    hub, celery = standings(TURNS)

    assert (hub.contestant, celery.contestant) == ("hub", "celery")
    assert [1000.0, 2000.0, 3000.0] == [round(rate) for rate in (hub.slowest, hub.median, hub.fastest)]
    assert (hub.own_cpu, hub.all_cpu) == (0.4, 0.6)


def test_the_table_has_a_line_for_each_and_says_where_there_is_no_ratio() -> None:
    head, line = table(standings([turn("floor", 1, 5678)])).splitlines()

    assert len(head) == len(line)
    assert line.split() == ["floor", "5,678", "5,678", "5,678", "–", "0.40", "0.60"]


def test_all_measurements_can_be_written_as_json() -> None:
    document = json.loads(json.dumps(as_json([turn("floor", 1, 500)])))

    assert document["standings"][0]["ratio"] is None
    assert document["turns"][0]["rate"] == 500
