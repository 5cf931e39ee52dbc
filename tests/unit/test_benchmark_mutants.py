"""The mutants: which faults a function may have, and how it is found again once it has moved."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from benchmarks.mutants import report, table
from benchmarks.mutants.choice import chosen
from benchmarks.mutants.functions import Found, functions, named
from benchmarks.mutants.mutators import Function, faults
from benchmarks.mutants.table import CAUGHT, NOT_REACHED, SURVIVED, Mutant, found_again


def _read(source: str) -> Function:
    [function] = ast.parse(dedent(source)).body
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    return function


def _hub(root: Path, **modules: str) -> list[Found]:
    for name, source in modules.items():
        (root / "hub" / name).mkdir(parents=True, exist_ok=True)
        (root / "hub" / name / "rules.py").write_text(source)
    return functions(root)


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("x = a < b", {"a < b → a <= b"}),
        ("x = a is not b in c", {"a is not b in c → a is b in c", "a is not b in c → a is not b not in c"}),
        ("x = a and b", {"a and b → a or b"}),
        ("x = not a", {"not a → a"}),
        ("x = a + 1", {"a + 1 → a - 1"}),
        ("x = 'a' + b", set()),
        ("return 1", {"return 1 → return 0"}),
        ("return True", {"return True → return False"}),
        ("if a:\n  return b", {"if a → if not a", "if a → if False"}),
        ("x = [a for a in b if c(a)]", {"for a in b if c(a) → for a in b"}),
        ("await a(b)", {"await a(b) → pass"}),
        ("log.info('a', b=c + d)", set()),
        ("assert a < b", set()),
        ("if TYPE_CHECKING:\n  import a", set()),
        ("'''Says a < b.'''\nx: 'a | b' = f'{c:>{d + 1}}'", set()),
    ],
)
def test_a_function_has_these_faults(body: str, changes: set[str]) -> None:
    function = _read("async def f():\n" + "".join(f"  {line}\n" for line in body.splitlines()))
    assert changes == {fault.change for fault in faults(function)}


def test_a_fault_changes_one_place_and_two_that_read_the_same_are_told_apart() -> None:
    source = "def f(a):\n    if a == 1:\n        a = g(a == 1)\n    return a"
    first, second = (fault for fault in faults(_read(source)) if fault.kind == "compared")
    assert ("a == 1 → a != 1", "a == 1 → a != 1 #2") == (first.change, second.change)
    for number, changed in enumerate(
        (
            "def f(a):\n    if a != 1:\n        a = g(a == 1)\n    return a",
            "def f(a):\n    if a == 1:\n        a = g(a != 1)\n    return a",
        )
    ):
        tree = _read(source)
        [fault for fault in faults(tree) if fault.kind == "compared"][number].make()
        assert changed == ast.unparse(tree)


BEFORE = '''
class Rule:
    def holds(self, at: datetime) -> bool:
        """Say whether it does."""
        return self.begins <= at
'''
MOVED = BEFORE.replace("datetime", "times.Instant").replace("Say", "Tell")
EDITED = BEFORE.replace("return self.begins <= at", "return bool(self.begins <= at)")
GONE = BEFORE.replace("<=", "<")


@pytest.mark.parametrize(("source", "found"), [(MOVED, True), (EDITED, True), (GONE, False)])
def test_a_mutant_is_found_where_its_function_has_moved(tmp_path: Path, source: str, found: bool) -> None:
    [mutant] = chosen(_hub(tmp_path, old=BEFORE), 1, tmp_path)
    again = found_again(mutant, _hub(tmp_path, old="", new=source))
    assert (("new", "Rule.holds") if found else None) == (again and (again.room, again.name))


def test_a_mutant_is_found_under_another_name(tmp_path: Path) -> None:
    [mutant] = chosen(_hub(tmp_path, old=BEFORE), 1, tmp_path)
    again = found_again(mutant, _hub(tmp_path, old=BEFORE.replace("Rule", "Law")))
    assert again is not None
    assert "Law.holds" == again.name
    assert "holds" == named(ast.parse(BEFORE.replace("Rule", "Law")), again.name).name


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    mutants = [
        replace(_MUTANT, change='x == "\\n" → x != "é"'),
        replace(_MUTANT, state=CAUGHT, by="a.py::b[1]"),
    ]
    table.write(mutants, tmp_path / "t.toml")
    assert mutants == sorted(table.read(tmp_path / "t.toml"), key=lambda one: one.by)


_MUTANT = Mutant(room="sla", function="f", digest="0", kind="compared", change="a < b → a <= b")


def test_what_was_caught_and_is_not_any_more_is_lost() -> None:
    before = [replace(_MUTANT, function=name, state=CAUGHT) for name in "abcd"]
    before.append(replace(_MUTANT, function="e", state=SURVIVED))
    states = {"a": CAUGHT, "b": SURVIVED, "c": NOT_REACHED, "d": table.GONE, "e": SURVIVED}
    now = [replace(_MUTANT, function=name, state=state) for name, state in states.items()]
    assert ["b", "c"] == [mutant.function for mutant in report.lost(before, now)]
