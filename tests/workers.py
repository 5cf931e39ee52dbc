"""
Workers of two kinds, and the order of their work.

Tests of a running hub mostly wait; the others mostly compute. In one line, they would leave a core idle
whenever each worker waits. So some workers have the folders of `WAITING` and some have all others; each reads
only its own. One worker helps both: it computes when nothing is left to wait for, and reads none of the many
tests that need no server. A worker takes a file at a time, the longest first: at the end all have short ones
left.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NoReturn

import pytest
from xdist.workermanage import WorkerController, parse_tx_spec_config

from tests.durations import durations
from tests.shared_servers import Keeper

TESTS: Final = Path(__file__).parent
WAITING: Final = ("acceptance", "chaos")
"""Folders whose tests mostly wait, for a hub that runs."""
WAITS, COMPUTES, HELPS = "waits", "computes", "helps"
"""Kinds of workers, the first two of files, too. A worker that helps reads files of both."""
THREE: Final = 3
CORES: Final = 2
"""More workers than these would compute in turns, and slow each other's time-outs."""
SERVERLESS: Final = "tests/unit/"
FEW: Final = 2
"""Tests in hand when a worker is given more: it starts one only when it knows the next."""


def kind_of(path: Path) -> str | None:
    """Return the kind of the tests in that file or folder; None where it is the folder of both."""
    inside = path.relative_to(TESTS).parts if path.is_relative_to(TESTS) else ()
    if not inside:
        return None
    return WAITS if inside[0] in WAITING else COMPUTES


def kinds_of(workers: int, wanted: Iterable[Path]) -> Mapping[str, str]:
    """
    Return worker → kind: half of them compute, but no more than there are cores; the last one helps.

    Where only tests of one kind are wanted, or there are fewer workers, nobody is kept from anything.
    """
    kinds = {kind_of(path) for path in wanted}
    if (len(kinds) == 1 and None not in kinds) or workers < THREE:
        return {}
    computing = min(CORES, workers // 2)
    given = [*[COMPUTES] * computing, *[WAITS] * (workers - computing - 1), HELPS]
    return {f"gw{number}": kind for number, kind in enumerate(given)}


class LongestFirst:
    """A scheduler of pytest-xdist: it deals files to workers, to each those that it has read."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._expected = len(parse_tx_spec_config(config))
        self._read: dict[WorkerController, dict[str, int]] = {}
        """Worker → test → its number there."""
        self._pending: dict[WorkerController, list[str]] = {}
        self._known: set[str] = set()
        self._left: dict[str, list[str]] = {}
        """File → its tests that no worker has been given, the longest file first."""

    @property
    def nodes(self) -> list[WorkerController]:
        return list(self._pending)

    @property
    def collection_is_completed(self) -> bool:
        return len(self._read) >= self._expected

    @property
    def tests_finished(self) -> bool:
        return self.collection_is_completed and not self.has_pending

    @property
    def has_pending(self) -> bool:
        return bool(self._left) or any(self._pending.values())

    def add_node(self, node: WorkerController) -> None:
        self._pending[node] = []

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        """Give it work at once: a worker that reads few files need not wait for one that reads many."""
        self._read[node] = {test: number for number, test in enumerate(collection)}
        self._plan(test for test in collection if test not in self._known)
        self._supply(node)

    def schedule(self) -> None:
        """Give work to all who may have become free meanwhile."""
        for node in self.nodes:
            if node in self._read:  # one that has come for another may not have read anything yet
                self._supply(node)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:  # noqa: ARG002 - pytest-xdist says it
        [test] = [test for test in self._pending[node] if self._read[node][test] == item_index]
        self._pending[node].remove(test)
        self._supply(node)

    def remove_node(self, node: WorkerController) -> str | None:
        """Return the test that the worker died of, if it did; others may take the rest of its files."""
        pending = self._pending.pop(node)
        if not pending:
            return None
        for test in pending[1:]:
            self._left.setdefault(_file_of(test), []).append(test)
        return pending[0]

    def mark_test_pending(self, item: str) -> NoReturn:
        raise NotImplementedError

    def remove_pending_tests_from_node(self, node: WorkerController, indices: Sequence[int]) -> NoReturn:
        raise NotImplementedError

    def _plan(self, tests: Iterable[str]) -> None:
        for test in list(tests):
            self._known.add(test)
            self._left.setdefault(_file_of(test), []).append(test)
        seconds = durations(self._left)
        self._left = dict(sorted(self._left.items(), key=lambda one: -seconds[one[0]]))
        # Each worker has said how many it has read; the share that is done is one of all.
        self._config.pluginmanager.getplugin("dsession")._session.testscollected = len(self._known)

    def _supply(self, node: WorkerController) -> None:
        while len(self._pending[node]) <= FEW and not node.shutting_down:
            read = self._read[node]
            file = self._next(node)
            if file is None:
                node.shutdown()
                return
            tests = self._left.pop(file)
            self._pending[node] += tests
            node.send_runtest_some([read[test] for test in tests])

    def _next(self, node: WorkerController) -> str | None:
        """Return the longest file that it has read; one to wait for, if it helps and there is one."""
        readable = [file for file, tests in self._left.items() if tests[0] in self._read[node]]
        if node.workerinput["kind"] == HELPS:
            readable.sort(key=lambda file: kind_of(TESTS.parent / file) != WAITS)
        return next(iter(readable), None)


def _file_of(test: str) -> str:
    return test.partition("::")[0]


class _Dealing:
    """The process that has the workers: it tells each its kind, and keeps the servers that they share."""

    def __init__(self, config: pytest.Config) -> None:
        self._kinds = kinds_of(len(parse_tx_spec_config(config)), [_path(word) for word in config.args])
        self._keeper = Keeper()

    def pytest_configure_node(self, node: WorkerController) -> None:
        node.workerinput["kind"] = self._kinds.get(node.gateway.id, "")
        node.workerinput["servers"] = str(self._keeper.folder)

    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> LongestFirst:
        return LongestFirst(config)

    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        if not all(test.startswith(SERVERLESS) for test in ids):
            self._keeper.start()

    def pytest_unconfigure(self) -> None:
        self._keeper.stop()


class _Worker:
    """One that reads only tests of its kind; who helps reads all that need a server."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        if self._kind == HELPS:
            return True if collection_path == TESTS / "unit" else None
        return True if kind_of(collection_path) not in {None, self._kind} else None


def pytest_configure(config: pytest.Config) -> None:
    told: Mapping[str, str] | None = getattr(config, "workerinput", None)
    if told and told["kind"]:
        config.pluginmanager.register(_Worker(told["kind"]))
    elif told is None and config.getoption("dist") != "no":
        config.pluginmanager.register(_Dealing(config))


def _path(word: str) -> Path:
    """Return the file or folder of an argument, which may name a test in it."""
    return Path(word.partition("::")[0]).absolute()
