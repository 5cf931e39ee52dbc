"""
A plugin that tries each test with few of its values: `scripts/test-oldest-python`.

They are its first parameter and the last one, and few examples by chance. What an older Python does
otherwise shows with any of them; that the rules hold for all of them, `scripts/test` shows.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import settings

FIRST: Final = 1
EXAMPLES: Final = 10
WHOLE: Final = frozenset({"test_call_budgets"})
"""Modules whose figures are each Python's own."""


def pytest_configure() -> None:
    settings.register_profile("few", settings(), max_examples=EXAMPLES)
    settings.load_profile("few")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    alike: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        alike[item.nodeid.partition("[")[0]].append(item)
    kept = {item for group in alike.values() for item in few(group)}
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def few(alike: Sequence[pytest.Item]) -> Sequence[pytest.Item]:
    """Return those of one test's parameters that are tried."""
    if len(alike) <= FIRST or alike[0].path.stem in WHOLE:
        return alike
    return [*alike[:FIRST], alike[-1]]
