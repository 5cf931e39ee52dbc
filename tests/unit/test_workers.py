"""What runs tests: the files of each worker and their order, and one test for each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from tests import durations as table
from tests.durations import TABLE, durations
from tests.for_each import for_each
from tests.workers import COMPUTES, HELPS, TESTS, WAITS, LongestFirst, kind_of, kinds_of

LONG: Final = ["tests/a.py::test_1", "tests/a.py::test_2", "tests/a.py::test_3"]
SHORT: Final = ["tests/b.py::test_1"]
WAITING: Final = ["tests/acceptance/c.py::test_1"]


class Worker:
    """A worker, as the scheduler sees it."""

    def __init__(self, read: Sequence[str], kind: str = "") -> None:
        self.read = read
        self.workerinput = {"kind": kind}
        self.given: list[str] = []
        self.shutting_down = False

    def send_runtest_some(self, numbers: Sequence[int]) -> None:
        self.given += [self.read[number] for number in numbers]

    def shutdown(self) -> None:
        self.shutting_down = True


def dealing(*workers: Worker, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make a scheduler to which they have said what they have read."""
    seconds = {"tests/a.py": 60.0, "tests/b.py": 1.0, "tests/acceptance/c.py": 5.0}
    monkeypatch.setattr("tests.workers.durations", lambda files: {file: seconds[file] for file in files})
    session = SimpleNamespace(_session=SimpleNamespace(testscollected=0))
    manager = SimpleNamespace(getplugin=lambda _name: session)
    config: Any = SimpleNamespace(getvalue=lambda _name: ["popen"] * len(workers), pluginmanager=manager)
    scheduler: Any = LongestFirst(config)
    for worker in workers:
        scheduler.add_node(worker)
        scheduler.add_node_collection(worker, worker.read)
    scheduler.schedule()
    return scheduler


def test_three_of_six_workers_wait_one_helps_and_two_compute() -> None:
    assert {WAITS: 3, HELPS: 1, COMPUTES: 2} == Counter(kinds_of(6, [TESTS]).values())
    assert {WAITS: 1, HELPS: 1, COMPUTES: 2} == Counter(kinds_of(4, [TESTS]).values())
    assert {WAITS: 1, HELPS: 1, COMPUTES: 1} == Counter(kinds_of(3, [TESTS]).values())
    assert kinds_of(6, [TESTS]) == kinds_of(6, [TESTS / "unit", TESTS / "chaos"])


def test_nobody_is_kept_from_the_only_kind_that_is_wanted() -> None:
    assert {} == kinds_of(6, [TESTS / "unit/test_ids.py", TESTS / "integration"])
    assert {} == kinds_of(2, [TESTS])


def test_a_hub_that_runs_is_waited_for() -> None:
    assert WAITS == kind_of(TESTS / "acceptance/test_spine.py")
    assert COMPUTES == kind_of(TESTS / "unit")
    assert kind_of(TESTS) is None
    assert kind_of(TESTS.parent) is None


def test_the_longest_file_is_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker([*SHORT, *LONG])
    dealing(worker, monkeypatch=monkeypatch)

    assert LONG == worker.given


def test_a_worker_is_given_the_next_file_before_the_last_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker([*SHORT, *LONG])
    scheduler = dealing(worker, monkeypatch=monkeypatch)
    scheduler.mark_test_complete(worker, worker.read.index(LONG[0]))

    assert [*LONG, *SHORT] == worker.given
    assert not scheduler.tests_finished


def test_each_has_only_what_it_has_read(monkeypatch: pytest.MonkeyPatch) -> None:
    waits, computes = Worker(WAITING), Worker([*SHORT, *LONG])
    scheduler = dealing(waits, computes, monkeypatch=monkeypatch)

    assert WAITING == waits.given
    assert waits.shutting_down
    assert LONG == computes.given
    for worker in (waits, computes):
        for test in list(worker.given):
            scheduler.mark_test_complete(worker, worker.read.index(test))
    scheduler.mark_test_complete(computes, computes.read.index(SHORT[0]))
    assert scheduler.tests_finished


def test_who_helps_computes_when_nothing_is_left_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    helper = Worker([*SHORT, *WAITING, *LONG], HELPS)
    dealing(helper, monkeypatch=monkeypatch)

    assert [*WAITING, *LONG] == helper.given


def test_what_a_dead_worker_had_in_hand_is_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    dead, other = Worker([*SHORT, *LONG]), Worker([*SHORT, *LONG])
    scheduler = dealing(dead, other, monkeypatch=monkeypatch)

    assert LONG[0] == scheduler.remove_node(dead)
    scheduler.add_node(third := Worker([*SHORT, *LONG]))
    scheduler.add_node_collection(third, third.read)
    scheduler.schedule()
    assert set(LONG[1:]) == set(third.given)


def test_a_file_without_a_duration_is_an_average_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = tmp_path / "durations.toml"
    known.write_text('short = ["b"]\n[files]\n"a" = 7\n')
    monkeypatch.setattr(table, "TABLE", known)

    assert {"a": 7, "b": 1.0, "c": 4.0} == durations(["a", "b", "c"])


def test_a_table_is_made_of_a_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="tests.unit.test_ids" name="a" time="1.5"/>'
        '<testcase classname="tests.unit.test_ids" name="b" time="2.0"/>'
        '<testcase classname="tests.unit.gone" name="c" time="9"/></testsuite></testsuites>'
    )

    assert {"tests/unit/test_ids.py": 3.5} == table.measured([report])
    assert '"tests/unit/test_ids.py" = 4' in table._table(table.measured([report]))
    assert TABLE.is_file()


def test_every_value_is_tried_and_every_failure_is_named() -> None:
    tried: list[tuple[int, str]] = []

    def fails_where_odd(number: int, word: str) -> None:
        tried.append((number, word))
        assert number % 2 == 0, f"{number} is odd"

    with pytest.raises(ExceptionGroup) as caught:
        for_each((number, "w") for number in range(4))(fails_where_odd)()

    assert [(number, "w") for number in range(4)] == tried
    assert "2 of 4" in str(caught.value)
    assert [["with 1, w"], ["with 3, w"]] == [exception.__notes__ for exception in caught.value.exceptions]


def test_what_pytest_itself_raises_is_a_failure_like_the_others() -> None:
    def expects_an_error(_number: int) -> None:
        with pytest.raises(ValueError, match="never"):
            pass

    with pytest.raises(ExceptionGroup, match="2 of 2"):
        for_each((1, 2))(expects_an_error)()


def test_a_table_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(AssertionError, match="nothing to try"):
        for_each([])
