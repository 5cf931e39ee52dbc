"""Places of the bars of a chart."""

from __future__ import annotations

import pytest

from hub.rendering.plots import HEIGHT, LABELS, columns, lines


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
