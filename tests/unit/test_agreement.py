"""Spanish numbers agree with their words, in number and in gender."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from hub.health.incidents import title_of
from hub.health.symptoms import of_letters
from hub.model import ClockState, State
from hub.operations.bulk.words_es import RESULT_COUNTS_ES
from hub.rendering.case_words_es import DUE_CALLS
from hub.rendering.figures_es import many
from hub.rendering.labels_es import CLOCK_STATES, MESSAGE_COUNTS
from tests.unit.factories import POLICY

ROOT = Path(__file__).parents[2]
PAGES = tuple(
    chain.from_iterable((ROOT / folder).rglob("*.html") for folder in ("hub/web", "hub/desk", "hub/doors"))
)
PLURAL = re.compile(r"\{\{([^}]*)\}\}(?:</\w+>)? ([a-záéíóúñ]+[aeo]s)\b")
COUNT = re.compile(r"\bnumber\((.*?)\) ?\}\}")
SEVERAL = {
    "minutes": "a constant, 10",
    "left": "one is said before",
    "shortest": "a constant of the policy of passwords",
    "factor.codes_left": "none and one are said before",
    "most": "a constant, 500",
    "row.times": "one is not said",
    "count": "one is said before",
    "at_once": "a constant",
    "fewest": "a number of the policy",
}
"""Value before a plural that is never one → why."""


def test_number_before_a_plural_is_never_one() -> None:
    """`1 personas`: write `n|many("persona", "personas")`."""
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in PAGES
        for found in PLURAL.finditer(path.read_text(encoding="utf-8"))
        if found[1].strip() not in SEVERAL and "|many(" not in found[1]
    ]

    assert [] == wrong


def test_figure_has_words_for_one_and_for_several() -> None:
    given = [call for path in PAGES for call in COUNT.findall(path.read_text(encoding="utf-8"))]
    lone = [call for call in given if not re.search(r"_COUNTS\[|_counts\[|\(\"[^\"]+\", \"[^\"]+\"\)", call)]

    assert given
    assert [] == lone


def test_every_state_has_words_for_a_number() -> None:
    assert set(CLOCK_STATES) == {str(state) for state in ClockState}
    assert {str(state) for state in State} <= set(MESSAGE_COUNTS)
    assert {"done", "skipped", "failed"} == set(RESULT_COUNTS_ES)


@pytest.mark.parametrize(
    "pair",
    [
        *MESSAGE_COUNTS.values(),
        *RESULT_COUNTS_ES.values(),
        *(words[:2] for words in DUE_CALLS.values()),
    ],
    ids=" | ".join,
)
def test_words_for_several_are_the_plural_of_those_for_one(pair: tuple[str, str]) -> None:
    one, several = (words.split() for words in pair)
    inflected = [(a, b) for a, b in zip(one, several, strict=True) if a != b]

    assert [] == [(a, b) for a, b in inflected if b not in {f"{a}s", f"{a}es", f"{a}n"}]
    assert not one[0].endswith("s")
    assert one == several or f"1 {pair[0]}" == many(1, *pair)


def test_promise_is_feminine_as_its_states_are() -> None:
    assert [] == [word for word in CLOCK_STATES.values() if re.search("[ai]do$", word)]


@pytest.mark.parametrize("opened", [1, 8])
def test_rejected_events_are_masculine(opened: int) -> None:
    [symptom] = of_letters(opened, 1, POLICY.monitor)
    said = f"{title_of(symptom.key)}: {symptom.measured}"

    assert "avisos" in said
    assert re.search(r"\d+ \w+o(s?)\b", said)
    assert not re.search(r"\d+ \w+as?\b", said)
