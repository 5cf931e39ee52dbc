"""The plans that PostgreSQL explains."""

from collections.abc import Iterator, Mapping
from typing import Any


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
