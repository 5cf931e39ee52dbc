"""Scripted faults, which the next calls of a method raise."""

from __future__ import annotations

from collections import defaultdict, deque


class Faults:
    """`script("record", StorageUnavailable(), None)`: the first call raises, the second goes through."""

    def __init__(self) -> None:
        self._next: defaultdict[str, deque[Exception | None]] = defaultdict(deque)
        self._always: dict[str, Exception] = {}

    def script(self, method: str, *errors: Exception | None) -> None:
        """Make the next calls of the method raise these, in order; None raises nothing."""
        self._next[method].extend(errors)

    def always(self, method: str, error: Exception | None) -> None:
        """Make every call of the method raise the error, until this is called with None."""
        self._always.pop(method, None)
        if error is not None:
            self._always[method] = error

    def meet(self, method: str) -> None:
        """Raise the fault that is scripted for this call of the method."""
        error = self._next[method].popleft() if self._next[method] else self._always.get(method)
        if error is not None:
            raise error
