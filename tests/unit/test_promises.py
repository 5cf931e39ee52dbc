"""docs/promises.md describes every clock as the catalogue and the policy define it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import accumulate
from operator import add
from typing import Final

import pytest

from hub.business_time import BusinessDays, Term
from hub.business_time.dates import Ahead, CalendarDays
from hub.catalog import CATALOG
from hub.model import Move
from hub.policy import load_policy
from hub.policy.clocks import ESCALATES, ClockPolicy
from tests.unit.test_docs import ROOT, rows

HEADER: Final = (
    "| clock | start | stop | cancel | pause | resume | extend | target | at risk | ladder | source |"
)
PROMISES: Final = load_policy().clocks
DOCUMENTED: Final = {row[0]: row for row in rows(ROOT / "docs/promises.md", HEADER)}
MISSION: Final = json.loads((ROOT / "tests/vectors/events.json").read_text())
SECTIONS: Final = {event["name"]: set(event["policy"].split(", ")) for event in MISSION["events"]}
NONE: Final = "–"


def moved(clock: str, *moves: Move) -> str:
    """Return the events that make this move of a clock, with their conditions."""
    return "<br>".join(
        " ".join([f"`{kind.name}`", *(f"if {key} = {value}" for key, value in move.when.items())])
        for kind in CATALOG
        for move in kind.clocks
        if move.clock == clock and move.move in moves
    )


def begun(clock: str) -> str:
    restarts = moved(clock, Move.RESTART)
    return moved(clock, Move.START, Move.CHECK) + (f"<br>again: {restarts}" if restarts else "")


def extended(clock: str, rules: ClockPolicy) -> str:
    by = moved(clock, Move.EXTEND)
    return f"{by}<br>by at most {terms(rules.extension)}" if by and rules.extension else by


def terms(target: Mapping[str, Term] | Term) -> str:
    if isinstance(target, Mapping):
        return ", ".join(f"{name} {term_words(term)}" for name, term in target.items())
    return term_words(target)


def term_words(term: Term) -> str:
    if isinstance(term, BusinessDays):
        return f"{term.count} business days"
    minutes = term // timedelta(minutes=1)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def due(rules: ClockPolicy) -> str:
    """Format when it is due: a term, or the day that the data names."""
    term = terms(rules.target) if rules.target else ""
    if rules.until is None:
        return term
    day = f"`{rules.until}`" if rules.lead is None else f"{ahead(rules.lead)} before `{rules.until}`"
    return ", else ".join(filter(None, [day, term]))


def ahead(by: Ahead) -> str:
    return f"{by.count} days" if isinstance(by, CalendarDays) else term_words(by)


def at_risk(rules: ClockPolicy) -> str:
    words = f"{rules.at_risk:.0%}" if rules.at_risk else ""
    warned = f"{ahead(rules.warn)} before" if rules.warn else ""
    return ", ".join(filter(None, [warned, words, "notifies nobody" if rules.silent else ""]))


def ladder(rules: ClockPolicy) -> str:
    words = ", ".join(map(term_words, accumulate(rules.ladder, add)))
    alerts = {"at risk": rules.alerts.at_risk, "breach": rules.alerts.breach}
    at_once = [f"{when}: level {level} at once" for when, level in alerts.items() if level]
    return "<br>".join(filter(None, [words, *at_once]))


def promise_row(clock: str, rules: ClockPolicy) -> list[str]:
    """Return a clock's row of the table, without its source."""
    cells = [
        begun(clock),
        moved(clock, Move.STOP),
        moved(clock, Move.CANCEL),
        moved(clock, Move.PAUSE),
        moved(clock, Move.RESUME),
        extended(clock, rules),
        due(rules)
        + (", at any hour" if rules.any_hour else "")
        + (f", from `{rules.since}`" if rules.since else ""),
        at_risk(rules),
        ladder(rules),
    ]
    return [f"`{clock}`", *(cell or NONE for cell in cells)]


def test_the_table_of_promises_has_every_clock_of_the_policy() -> None:
    assert [f"`{clock}`" for clock in PROMISES] == list(DOCUMENTED)


@pytest.mark.parametrize("clock", PROMISES)
def test_the_table_of_promises_is_what_the_catalogue_and_the_policy_hold(clock: str) -> None:
    assert promise_row(clock, PROMISES[clock]) == DOCUMENTED[f"`{clock}`"][:-1]


@pytest.mark.parametrize("clock", PROMISES)
def test_the_source_of_a_promise_is_a_law_or_a_section_that_its_events_come_from(clock: str) -> None:
    source = DOCUMENTED[f"`{clock}`"][-1]
    sections = set(re.findall(r"§([\d.]+\d)", source))
    movers = [kind.name for kind in CATALOG for move in kind.clocks if move.clock == clock]
    escalations = [ESCALATES[clock]] if clock in ESCALATES else []

    assert sections or re.search(r"Ley \d+ de \d{4}, art\. \d+", source)
    assert sections <= set[str]().union(*(SECTIONS.get(name, set()) for name in movers + escalations))
