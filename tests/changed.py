"""
The tests that a change can touch, the nearest first: `scripts/test --changed [REV]`.

    python -m tests.changed [REV] [--list] [ARGUMENTS OF PYTEST]

A test is touched if it imports, through whatever other modules, one that differs from REV. By the faces of
packages nearly all tests soon do. So the nearest are run, as many as two minutes hold, and it is said how
many are left. What no import shows (SQL, templates, tables, styles, locks, scripts) touches all tests.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

import grimp

from hub.cli.commands import COMMANDS, load
from tests.durations import durations
from tests.workers import SERVERLESS

Importers = Mapping[str, Collection[str]]
"""Module → those that import it."""

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("hub", "tests", "benchmarks", "scripts")
CACHE: Final = ".import_linter_cache"
WORKERS: Final = 4
SHARE: Final = 60.0
"""Seconds of tests for each worker; with the start of the servers that is less than two minutes."""
ALONE: Final = 15.0
"""Seconds of tests that one process has done before four have started."""

DOCS: Final = "*.md"
SOURCES: Final = "*.py"
"""They stand for all pages of the documentation and all modules of the hub: some tests read them as text."""
FOR_ALL: Final = frozenset({"tests/servers.py", "tests/shared_servers.py", "tests/workers.py"})
"""Modules that change how every test runs, as each `conftest.py` does."""
COMMON: Final = frozenset({"acts", "noun", "page", "pages", "queries", "registry", "rows"})
"""Words of the name of a module that stand in many folders, and name nothing."""

_NAMED: Final = re.compile(r"""["']((?:hub|tests|benchmarks)(?:\.\w+)+)|"-m", "([\w.]+)""")
"""A module that is loaded, replaced or started by its name."""
_READS: Final = {
    DOCS: re.compile(r"""["'](?:docs\b|[^"'\s]*\.md["'])"""),
    SOURCES: re.compile(r"""glob\([^)]*\.py["']|\bast\.parse"""),
}
_ONLY_CHAOS: Final = re.compile(r"^pytestmark\b[^=\n]*= (?:\[[^]]*|pytest\.)mark\.chaos", re.MULTILINE)


class Change(NamedTuple):
    modules: frozenset[str]
    unseen: Sequence[str]
    """Files of which no import says which tests they touch."""


class Choice(NamedTuple):
    """Files of tests → steps from the change."""

    run: Mapping[str, int]
    left: Mapping[str, int]


def change_of(files: Iterable[str], modules: Collection[str]) -> Change:
    changed, unseen = set[str](), list[str]()
    for file in files:
        if file.endswith(".md") or file.startswith("docs/"):
            changed.add(DOCS)
        elif name := _module(file):
            # Those that imported a module that is gone differ as well.
            changed.add(_nearest(name, modules))
            changed |= {SOURCES} if name.startswith("hub.") else set()
        else:
            unseen.append(file)
    return Change(frozenset(changed), unseen)


def _module(file: str) -> str:
    """Return the module that others import; nothing for what changes tests by other ways."""
    path = PurePosixPath(file)
    is_imported = path.suffix == ".py" and path.parts[0] in PACKAGES and path.name != "conftest.py"
    if not is_imported or file in FOR_ALL:
        return ""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def steps_to(importers: Importers, changed: Iterable[str]) -> Mapping[str, int]:
    """Return each module that the change reaches → how many imports are between them, at the fewest."""
    steps = dict.fromkeys(changed, 0)
    waiting = list(steps)
    for module in waiting:  # it grows meanwhile
        for importer in importers.get(module, ()):
            if importer not in steps:
                steps[importer] = steps[module] + 1
                waiting.append(importer)
    return steps


def touched(importers: Importers, changed: frozenset[str]) -> Mapping[str, int]:
    """Return file of tests → steps: one, where the test is named after what has changed."""
    names = [words for module in changed - {DOCS, SOURCES} if (words := _words(module))]
    found = {}
    for module, steps in steps_to(importers, changed).items():
        if module.startswith("tests.") and module.rpartition(".")[2].startswith("test_"):
            is_namesake = any(words <= _words(module) for words in names)
            found[_file(module)] = min(steps, 1) if is_namesake else steps
    return found


def choose(reached: Mapping[str, int], seconds: Mapping[str, float], share: float = SHARE) -> Choice:
    """Take what has changed, then the nearest, of those the shortest, until the workers have their shares."""
    run, left, used = dict[str, int](), dict[str, int](), 0.0
    for file in sorted(reached, key=lambda file: (reached[file], seconds[file], file)):
        fits = seconds[file] <= share and used + seconds[file] <= WORKERS * share
        if fits or reached[file] == 0:
            run[file] = reached[file]
            used += seconds[file]
        else:
            left[file] = reached[file]
    return Choice(run, left)


def read_importers(cache: str | None = None) -> Importers:
    """Read who imports whom, also by name, and which tests read pages or modules as text."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=cache)
    modules = frozenset(graph.modules)
    importers: defaultdict[str, set[str]] = defaultdict(set)
    for module in modules:
        importers[module] |= graph.find_modules_that_directly_import(module)
        for imported in _unseen_imports(module, modules):
            importers[imported].add(module)
    for entry in COMMANDS:
        importers[entry.target.partition(":")[0]].add(load.__module__)
    importers["hub.desk.nouns"].add("hub.cli.desk")
    return importers


def _unseen_imports(module: str, modules: frozenset[str]) -> Iterator[str]:
    text = _text(module)
    for name, started in _NAMED.findall(text):
        nearest = _nearest(name or started, modules)
        if started or "." in nearest:
            yield from {nearest, f"{nearest}.__main__"} & modules - {module}
    if module.startswith("tests."):
        yield from (read for read, pattern in _READS.items() if pattern.search(text))
        folders = [".".join(module.split(".")[:count]) for count in range(1, module.count(".") + 1)]
        if _file(module).startswith(SERVERLESS):
            folders.remove("tests")  # its fixtures are servers
        yield from {f"{folder}.conftest" for folder in folders} & modules - {module}


def _nearest(name: str, modules: Collection[str]) -> str:
    """Return the module of that name, or the innermost package in which it would be."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def _words(module: str) -> frozenset[str]:
    """Return the words that name a module; those of its folder, where its own name nothing."""
    for part in reversed(module.split(".")[1:]):
        if words := frozenset(word.removesuffix("s") for word in part.split("_") if word not in COMMON):
            return words
    return frozenset()


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


def _text(module: str) -> str:
    places = (ROOT / _file(module), ROOT / _file(f"{module}.__init__"))
    return next((place.read_text(encoding="utf-8") for place in places if place.is_file()), "")


def differing(rev: str) -> Sequence[str]:
    """Return the files that differ from where this branch left that revision, and those that are new."""
    base = _git("merge-base", rev, "HEAD").strip()
    changed = _git("diff", "--name-only", "--no-renames", "--relative", "-z", base)
    new = _git("ls-files", "--others", "--exclude-standard", "-z")
    return sorted({*changed.split("\0"), *new.split("\0")} - {""})


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {done.stderr.strip() or 'nothing in common'}")
    return done.stdout


def _say(words: str) -> None:
    print(words, file=sys.stderr)  # noqa: T201 - a program


def _explain(choice: Choice, seconds: Mapping[str, float], *, each: bool) -> None:
    counts = sorted(Counter(choice.run.values()).items())
    by_steps = ", ".join(f"{count} of {near}" for near, count in counts)
    _say(f"Steps of import from the change to the files of tests: {by_steps or 'none'}.")
    _say(f"Chosen: {_sum(choice.run, seconds)}.")
    if choice.left:
        _say(f"Left, though reached: {_sum(choice.left, seconds)}. `scripts/test` runs them.")
    for file, near in choice.run.items() if each else ():
        _say(f"{near:3} {seconds[file]:4.0f} s  {file}")


def _sum(files: Collection[str], seconds: Mapping[str, float]) -> str:
    return f"{len(files)} files, {sum(seconds[file] for file in files):,.0f} s of work"


def plan(files: Sequence[str], *, each: bool = False) -> Sequence[str] | None:
    """Return the arguments of pytest that judge these files, and say why; None where nothing is touched."""
    importers = read_importers(CACHE)
    change = change_of(files, importers)
    if change.unseen:
        _say(f"All tests: no import shows what {' '.join(change.unseen[:5])} touches.")
        return ("-n", str(WORKERS))
    found = touched(importers, change.modules)
    reached = {
        file: near for file, near in found.items() if not _ONLY_CHAOS.search((ROOT / file).read_text())
    }
    seconds = durations(reached)
    choice = choose(reached, seconds)
    _explain(choice, seconds, each=each)
    is_short = sum(seconds[file] for file in choice.run) <= ALONE
    return ("-n", "0" if is_short else str(WORKERS), *choice.run) if choice.run else None


def main(arguments: Sequence[str]) -> None:
    listing = {"--list", "--dry-run"} & {*arguments}
    options = [word for word in arguments if word not in listing]
    rev = options.pop(0) if options and not options[0].startswith("-") else "HEAD"
    files = differing(rev)
    _say(f"Files that differ from {rev}: {len(files)}.")
    planned = plan(files, each=bool(listing))
    if planned and not listing:
        command = [sys.executable, "-m", "pytest", *planned, *options]
        os.execv(sys.executable, command)  # noqa: S606 - no shell is needed


if __name__ == "__main__":
    main(sys.argv[1:])
