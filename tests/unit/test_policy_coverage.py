"""docs/policy-coverage.md has a row for each sentence of the policy, and each row is true."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import pytest

from hub.catalog import BY_NAME
from tests.unit.policy_coverage import ASKED, COVERED, PAGE, POLICY, PROMISES, faults, fill, rows

TRUE: Final = PAGE.read_text(encoding="utf-8")
WORKING_DAY: Final = timedelta(hours=24)
FOUR_LEVELS: Final = 4


def test_every_sentence_of_the_policy_has_a_row_that_is_true() -> None:
    assert [] == faults(TRUE)


def test_the_words_of_the_catalogue_are_in_the_page() -> None:
    """Else run scripts/policy_coverage.py."""
    assert TRUE == fill(TRUE)


def test_every_event_that_the_policy_asks_for_is_in_the_catalogue() -> None:
    assert set(ASKED) <= set(BY_NAME)


def test_sentences_are_counted_without_a_gap_in_each_section() -> None:
    of: dict[str, list[str]] = {}
    for promise, values in PROMISES.items():
        of.setdefault(values["section"], []).append(promise)

    assert of == {
        section: [f"{section}.{place}" for place in range(1, len(found) + 1)] for section, found in of.items()
    }


def test_the_numbers_of_the_policy_are_those_of_the_hub() -> None:
    """Section 6.4: 24 working hours; section 7.2: four levels."""
    first = POLICY.clocks["first_reply"]

    assert (first.target, first.any_hour) == (WORKING_DAY, False)
    assert len(first.ladder) == FOUR_LEVELS
    assert all("24 h" in row.cells[4] for row in rows(TRUE) if row.promise == "6.4.2" and starts(row.event))


def starts(event: str) -> bool:
    return any((move.clock, move.move) == ("first_reply", "start") for move in BY_NAME[event].clocks)


def without_line(beginning: str) -> str:
    kept = [line for line in TRUE.splitlines(keepends=True) if not line.startswith(beginning)]
    assert len(kept) == TRUE.count("\n") - 1, "one line is taken away"
    return "".join(kept)


def changed(old: str, new: str) -> str:
    assert old in TRUE
    return TRUE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (without_line("| 7.1.3 |"), "7.1.3 has no row: Se confirmará la recepción"),
        (without_line("| 8.1.3 |"), "admin.assembly.held is not in section 8.1"),
        (without_line("| 13.2 |"), "13.2 has no row: Sitio web corporativo"),
        (changed("`pqrs.closed`", "`pqrs.shut`"), "pqrs.shut is not in the catalogue"),
        (
            changed("first_reply`: 24 h", "first_reply`: 48 h"),
            "a cell differs: run scripts/policy_coverage.py",
        ),
        (changed("petitioner (legal): email", "tenant (legal): email"), "a cell differs"),
        (changed("email + sms; `poster`; letter", "email; letter"), "a cell differs"),
        (changed("«Se confirmará", "«No se confirmará"), "a cell differs"),
        (changed("test_locale.py", "test_gone.py"), "in ../tests/unit/test_gone.py"),
        (changed("[test_withdrawal_cancels", "[test_never_cancels"), "no test_never_cancels_both_clocks"),
        (changed("| 13.2 | «", "| 6.4.2 | «"), "6.4.2 promises a message, and none"),
        (changed("| 13.2 | «", "| 99.1 | «"), "99.1 is no sentence"),
        (changed("### 8.1.", "### 8.9."), "8.1.1 is in the wrong section"),
    ],
)
def test_what_is_missing_or_untrue_is_found(page: str, fault: str) -> None:
    assert any(fault in found for found in faults(page))


def test_a_row_without_a_test_is_found() -> None:
    page = re.sub(r"\| \[test_withdrawal_cancels\S+ \|", "| – |", TRUE)

    assert "7.3.3, pqrs.withdrawn: no test" in faults(page)


def test_a_page_of_which_a_row_is_filled_anew_is_the_same() -> None:
    shown = changed("«Se confirmará la recepción» | `pqrs.received`", " | `pqrs.received`")

    assert TRUE == fill(shown)
    assert COVERED in shown
