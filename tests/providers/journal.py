"""
What a provider has accepted, line by line in a file, for a judge who trusts nobody's tables.

A line is a JSON object: `number` of the acceptance, `at` (seconds since 1970 by the provider's clock),
`channel`, `who` (the address), `reference` (what makes a repeat recognisable: Message-ID, callback id,
tag) and `answered`: whether the provider's yes has reached the other side for certain. Of two lines
with the same number the later one holds.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A provider's yes to one message."""

    number: int
    at: float
    channel: str
    who: str
    reference: str
    answered: bool


@dataclass(frozen=True)
class Journal:
    path: Path
    _numbers: count[int] = field(default_factory=count)

    def accepted(self, channel: str, who: str, reference: str, *, answered: bool) -> int:
        """Write an acceptance down; return its number."""
        return self._write(
            number=next(self._numbers),
            at=time.time(),
            channel=channel,
            who=who,
            reference=reference,
            answered=answered,
        )

    def answered(self, number: int) -> None:
        """Write down that the yes has arrived: the other side has gone on from it."""
        self._write(number=number, answered=True)

    def _write(self, *, number: int, **fields: Any) -> int:
        with self.path.open("a") as file:
            file.write(json.dumps({"number": number, **fields}) + "\n")
        return number


def read(path: Path) -> list[Acceptance]:
    """Return what was accepted, in order; a provider that has no file has accepted nothing."""
    found: dict[int, dict[str, Any]] = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        fields = json.loads(line)
        found.setdefault(fields["number"], {}).update(fields)
    return [Acceptance(**fields) for fields in found.values()]
