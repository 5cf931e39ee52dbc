"""
What a provider has accepted, line by line in a file, for a judge who trusts nobody's tables.

A line is a JSON object: `at` (seconds since 1970 by the provider's clock), `channel`, `who` (the
address), `reference` (what makes a repeat recognisable: Message-ID, callback id, tag) and `answered`
(false when the provider kept its yes to itself, so that nobody but it can know).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Journal:
    path: Path

    def accepted(self, channel: str, who: str, reference: str, *, answered: bool = True) -> None:
        line = {
            "at": time.time(),
            "channel": channel,
            "who": who,
            "reference": reference,
            "answered": answered,
        }
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
