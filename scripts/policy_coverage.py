"""
Write what the catalogue and the policy's file say into docs/policy-coverage.md.

    .venv/bin/python scripts/policy_coverage.py

A person writes the number of the sentence, the event and the tests of a row.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.unit.policy_coverage import PAGE, faults, fill


def main() -> None:
    page = fill(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")
    sys.exit("\n".join(faults(page)))


if __name__ == "__main__":
    main()
