"""
A plugin of pytest that runs the hub with a fault in one function, or notes which tests start which functions.

What it is to do stands in a file that `HUB_MUTANTS` names (`Orders`). Modules are changed while they are
imported, so that no copy of the hub is needed.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any, Final

import pytest

from benchmarks.mutants.functions import named
from benchmarks.mutants.mutators import faults
from benchmarks.mutants.runs import VARIABLE

TOOL: Final = 4
"""A number that no debugger, profiler or coverage asks of `sys.monitoring`."""


class _Loader(SourceFileLoader):
    """Of one module that is changed or watched."""

    def __init__(self, spec: ModuleSpec, orders: Mapping[str, Any], notes: Notes) -> None:
        super().__init__(spec.name, str(spec.origin))
        self._orders, self._notes = orders, notes

    def get_code(self, fullname: str) -> CodeType | None:
        fault = self._orders["fault"]
        if fault and fault["module"] == fullname:
            return _faulty(Path(self.path), fault)
        code = super().get_code(fullname)
        if code:
            self._notes.watch(code, self._orders["watched"].get(fullname, {}))
        return code


class _Finder(MetaPathFinder):
    def __init__(self, orders: Mapping[str, Any], notes: Notes) -> None:
        self._orders, self._notes = orders, notes

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002 - Python says it
        fault = self._orders["fault"]
        if fullname not in self._orders["watched"] and not (fault and fault["module"] == fullname):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec:
            spec.loader = _Loader(spec, self._orders, self._notes)
        return spec


def _faulty(path: Path, fault: Mapping[str, str]) -> CodeType:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    function = named(tree, fault["function"])
    next(one for one in faults(function) if one.change == fault["change"]).make()
    return compile(tree, path, "exec", dont_inherit=True)


class Notes:
    """Which tests start which functions. A function costs nothing but when it starts."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[CodeType, str]] = {}
        """By identity: to compare code would cost more than all else."""
        self.test = ""
        self.started: defaultdict[str, set[str]] = defaultdict(set)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: list[str] = []

    def watch(self, module: CodeType, places: Mapping[str, str]) -> None:
        """Watch functions of a module: name → place. What is inside a function starts it, too."""
        for code in _all_inside(module):
            for name, place in places.items():
                if code.co_qualname == name or code.co_qualname.startswith(f"{name}.<locals>"):
                    self._places[id(code)] = code, place
                    self._ask_for(code)

    def _ask_for(self, code: CodeType) -> None:
        if sys.version_info >= (3, 12):
            monitoring = sys.monitoring
            if monitoring.get_tool(TOOL) is None:
                monitoring.use_tool_id(TOOL, "mutants")
                monitoring.register_callback(TOOL, monitoring.events.PY_START, self._note)
            monitoring.set_local_events(TOOL, code, monitoring.events.PY_START)

    def _note(self, code: CodeType, _: int) -> None:
        self.started[self.test].add(self._places[id(code)][1])


def _all_inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _all_inside(constant)


class _Plugin:
    """The hooks of pytest."""

    def __init__(self, orders: Mapping[str, Any], notes: Notes) -> None:
        self._orders, self._notes = orders, notes

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the wanted tests, in the order in which they are wanted."""
        if wanted := self._orders["tests"]:
            known = {item.nodeid: item for item in items}
            items[:] = [known[test] for test in wanted if test in known]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._notes.test = nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._notes.seconds[report.nodeid] += report.duration
        if not report.passed:
            self._notes.failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        notes = self._notes
        document = {
            "failed": notes.failed,
            "tests": {
                test: {"seconds": round(seconds, 3), "starts": sorted(notes.started[test])}
                for test, seconds in notes.seconds.items()
            },
        }
        file = Path(self._orders["answers"]) / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json"
        file.write_text(json.dumps(document), encoding="utf-8")


def _begin() -> _Plugin:
    orders = json.loads(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))
    notes = Notes()
    sys.meta_path.insert(0, _Finder(orders, notes))
    return _Plugin(orders, notes)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(plugin)


plugin: Final = _begin()
"""Made before anything of the hub is imported."""
