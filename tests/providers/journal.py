"""
A file of the messages that a provider accepted, for a judge that does not trust the hub's tables.

Each line is a JSON object: `number` of the acceptance, `at` (seconds since 1970 by the provider's clock),
`channel`, `who` (the address), `reference` (which identifies a repeat: Message-ID, callback id, tag) and
`answered`: whether the acceptance certainly reached the hub. The later of two lines with the same number
counts.
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
    """A provider's acceptance of one message."""

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
        """Record an acceptance; return its number."""
        return self._write(
            number=next(self._numbers),
            at=time.time(),
            channel=channel,
            who=who,
            reference=reference,
            answered=answered,
        )

    def answered(self, number: int) -> None:
        """Record that the acceptance has arrived: the client has continued after it."""
        self._write(number=number, answered=True)

    def _write(self, *, number: int, **fields: Any) -> int:
        with self.path.open("a") as file:
            file.write(json.dumps({"number": number, **fields}) + "\n")
        return number


def read(path: Path) -> list[Acceptance]:
    """Return the acceptances in order; a provider without a file has accepted nothing."""
    found: dict[int, dict[str, Any]] = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        fields = json.loads(line)
        found.setdefault(fields["number"], {}).update(fields)
    return [Acceptance(**fields) for fields in found.values()]
