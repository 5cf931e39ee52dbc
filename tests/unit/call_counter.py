"""Counts Python calls: unlike time, their number is the same on every machine and under any load."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_DOUBLES: Final = ("/hub/testing/", "/tests/")


class CallCounter:
    """Calls of Python functions and resumptions of coroutines by function, without those of test doubles."""

    def __init__(self) -> None:
        self.by_function: Counter[tuple[str, str]] = Counter()

    @property
    def total(self) -> int:
        return self.by_function.total()

    def most(self, number: int, per: int) -> str:
        """Write the functions that are called most, each with its calls per `per`."""
        lines = [
            f"{count / per:8.1f}  {function}  ({'/'.join(file.split('/')[-3:])})"
            for (file, function), count in self.by_function.most_common(number)
        ]
        return "\n".join(lines)

    @contextmanager
    def counting(self) -> Iterator[None]:
        before = sys.getprofile()
        sys.setprofile(self._count)
        try:
            yield
        finally:
            sys.setprofile(before)

    def _count(self, frame: FrameType, kind: str, _: Any) -> None:
        if kind == "call":
            code = frame.f_code
            if not any(folder in code.co_filename for folder in _DOUBLES):
                self.by_function[code.co_filename, code.co_qualname] += 1
