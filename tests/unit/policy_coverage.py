"""
docs/policy-coverage.md: its rows for each sentence of the company's policy, and their faults.

A person writes the promise's number, the event and the tests of a row. `fill` writes the rest: the words of
the promise (`tests/vectors/policy_promises.json`), and those of the catalogue and the policy's file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from hub.business_time import Term
from hub.catalog import BY_NAME
from hub.catalog.standing_tasks import STANDING_TASKS
from hub.model import Audience, ClockMove, EventType, FollowUp, Move, Print, Reminder
from hub.model.standing_tasks import DONE, StandingTask
from hub.policy import load_policy
from hub.policy.clocks import ClockPolicy
from hub.rendering.titles_es import TASKS
from tests.unit.test_docs import audience_words, move_words, reminder_words
from tests.unit.test_promises import ahead, ladder, term_words

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs/policy-coverage.md"
POLICY: Final = load_policy()
PROMISES: Final[Mapping[str, Mapping[str, str]]] = {
    promise["id"]: promise
    for promise in json.loads((ROOT / "tests/vectors/policy_promises.json").read_text())["promises"]
}
TABLE: Final = json.loads((ROOT / "tests/vectors/events.json").read_text())["events"]
ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    event["name"]: tuple(event["policy"].split(", ")) for event in TABLE if event["policy"] != "–"
}
"""Event → the sections for which the company's table has it."""

COVERED: Final = "| | promise | event | who, how | clocks, and what follows | test |"
REMINDED: Final = "| | task | who is reminded | when | done by |"
LACKING: Final = "| | promise | what is missing |"
SILENT: Final = "| | sentence | why |"
EVERY_EVENT: Final = "every event"
LINK: Final = re.compile(r"\[(test_\w+)\]\((\S+?)\)")
_ON_PAPER: Final = {
    Print.NEVER: "",
    Print.LETTER: "; letter",
    Print.BOARD: "",
    Print.BOTH: "; letter",
}
_WITH_A_TERM: Final = {Move.START, Move.CHECK, Move.RESTART}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: the table that it is in, the section of the heading above it, and its cells."""

    table: str
    section: str
    cells: tuple[str, ...]

    @property
    def promise(self) -> str:
        return self.cells[0]

    @property
    def event(self) -> str:
        return self.cells[2].strip("`")


def rows(page: str) -> list[Row]:
    """Return the rows of the page; one without a number is of the promise above it."""
    return [row for row, _ in _lines(page) if row is not None]


def fill(page: str) -> str:
    """Return the page with the words of the promises, and the cells that the catalogue decides."""
    filled = "\n".join(line if row is None else _filled(row, line) for row, line in _lines(page)) + "\n"
    head, table, rest = filled.partition(REMINDED)
    if not table:
        return filled
    after = rest[rest.index("\n\n") :]
    return head + "\n".join((REMINDED, "|---|---|---|---|---|", *reminded_rows())) + after


def reminded_rows() -> list[str]:
    """Return the rows of the tasks that a person starts: whose sentences, who is reminded, and when."""
    return [
        f"| {', '.join(task.policy)} | {_task_title(task)} | {_owner(task)} | {_when(task)} "
        f"| {_until_done(task)} |"
        for task in STANDING_TASKS
    ]


def _task_title(task: StandingTask) -> str:
    return f"`{task.name}`, «{TASKS[task.name]}»"


def _owner(task: StandingTask) -> str:
    area = f", area `{task.area}`" if task.area else ""
    return f"staff:{task.owner}{area}"


def _when(task: StandingTask) -> str:
    term = POLICY.tasks.due[task.name]
    days = "never" if term is None else f"by business day {term.count}"
    each = ", for each copropiedad" if task.per_place else ""
    return f"each {task.every.value.replace('_', '-')}, {days}{each}"


def _until_done(task: StandingTask) -> str:
    where = " and ".join(f"{name} = {value}" for name, value in task.where.items())
    shown = [f"`{event}`{f' with {where}' if where else ''}" for event in task.done_by]
    return ", ".join([*shown, f"`{DONE}`"])


def faults(page: str) -> list[str]:
    """Return the faults of a page; empty if it is true and complete."""
    found = rows(page)
    return [
        *_sentences(found),
        *_unknown_events(found),
        *_missing_events(found),
        *_untrue_tests(found),
        *(["a cell differs: run scripts/policy_coverage.py"] if _changed(page, found) else ()),
    ]


def _lines(page: str) -> Iterator[tuple[Row | None, str]]:
    """Return each line, with its row if it is one."""
    table, section, promise = "", "", ""
    for line in page.splitlines():
        if heading := re.match(r"#+ ([\d.]*\d)?", line):
            section = heading[1] or ""
        if line in {COVERED, LACKING, SILENT}:
            table, promise = line, ""
        elif not line.startswith("|"):
            table = ""
        elif table and not line.startswith("|---"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            promise = cells[0] or promise
            yield Row(table=table, section=section, cells=(promise, *cells[1:])), line
            continue
        yield None, line


def _filled(row: Row, line: str) -> str:
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    if cells[0] in PROMISES:
        cells[1] = f"«{PROMISES[cells[0]]['quote']}»"
    if row.table == COVERED and row.event in BY_NAME:
        cells[3:5] = who(BY_NAME[row.event]), moves(BY_NAME[row.event])
    return re.sub(r" {2,}", " ", f"| {' | '.join(cells)} |")


def _changed(page: str, found: list[Row]) -> bool:
    known = all(row.event in BY_NAME or row.event == EVERY_EVENT for row in found if row.table == COVERED)
    return known and fill(page) != page


def _sentences(found: list[Row]) -> Iterator[str]:
    """Each sentence has a row, in its section; one that is said to promise no message has no other."""
    of = {table: {row.promise for row in found if row.table == table} for table in (COVERED, LACKING, SILENT)}
    for promise, values in PROMISES.items():
        if not any(promise in named for named in of.values()):
            yield f"{promise} has no row: {values['quote']}"
        if promise in of[SILENT] and promise in of[COVERED] | of[LACKING]:
            yield f"{promise} promises a message, and none"
    for row in found:
        if row.promise not in PROMISES:
            yield f"{row.promise} is no sentence"
        elif row.table == COVERED and PROMISES[row.promise]["section"] != row.section:
            yield f"{row.promise} is in the wrong section"


def _unknown_events(found: list[Row]) -> Iterator[str]:
    for row in found:
        if row.table == COVERED and row.event not in BY_NAME and row.event != EVERY_EVENT:
            yield f"{row.event} is not in the catalogue"


def _missing_events(found: list[Row]) -> Iterator[str]:
    """Each event stands in each section for which the company's table has it."""
    named = {(row.section, row.event) for row in found if row.table == COVERED}
    for event, sections in ASKED.items():
        for section in sections:
            if not any(event == name and f"{at}.".startswith(f"{section}.") for at, name in named):
                yield f"{event} is not in section {section}"


def _untrue_tests(found: list[Row]) -> Iterator[str]:
    for row in found:
        if row.table != COVERED:
            continue
        links = LINK.findall(row.cells[5])
        if not links:
            yield f"{row.promise}, {row.event}: no test"
        for name, path in links:
            file = PAGE.parent / path
            if not file.exists() or f"def {name}(" not in file.read_text():
                yield f"{row.promise}, {row.event}: no {name} in {path}"


def who(kind: EventType) -> str:
    """`petitioner (legal): email + sms; letter`."""
    return "<br>".join(map(_audience, kind.audiences)) or "no message"


def _audience(audience: Audience) -> str:
    return f"{audience_words(audience)}{_ON_PAPER[audience.print]}"


def moves(kind: EventType) -> str:
    """Return the moves of the event's clocks, its reminders, the clocks that it ends and its follow-ups."""
    said = [*map(_move, kind.clocks), *map(_again, kind.reminders), *_ends(kind), *_follow_ups(kind)]
    return "<br>".join(said) or "–"


def _again(reminder: Reminder) -> str:
    after = POLICY.follow_ups.get(reminder.follow_up or "")
    return f"again, once, after {_hours(after)}" if after else reminder_words(reminder)


def _ends(kind: EventType) -> Iterator[str]:
    if kind.ends_reminders:
        yield "ends earlier `again`"
    if kind.ends_collection:
        yield "ends unsent collection"
    if kind.ends_messages:
        yield "ends what is unsent"
    if kind.ends_follow_ups:
        yield "ends what is scheduled"
    if kind.useful_until:
        yield f"nothing after `{kind.useful_until}`"


def _move(move: ClockMove) -> str:
    rules = POLICY.clocks[move.clock]
    words = move_words(move)
    if move.move in _WITH_A_TERM:
        return f"{words}: {', '.join([*_due(rules), *_warned(rules)])}"
    if move.move is Move.EXTEND and rules.extension:
        return f"{words}: {_term(rules.extension)} at most"
    return words


def _due(rules: ClockPolicy) -> Iterator[str]:
    if rules.until is not None:
        yield f"`{rules.until}`" if rules.lead is None else f"{ahead(rules.lead)} before `{rules.until}`"
    if rules.target:
        yield f"{'else ' if rules.until else ''}{_term(rules.target)}"
    if rules.any_hour:
        yield "at any hour"


def _warned(rules: ClockPolicy) -> Iterator[str]:
    if rules.silent:
        yield "notifies nobody"
    if rules.at_risk:
        yield f"warns at {rules.at_risk:.0%}"
    if rules.warn:
        yield f"warns {ahead(rules.warn)} before"
    if said := ladder(rules):
        yield f"levels: {said.replace('<br>', ', ')}"


def _term(target: Mapping[str, Term] | Term) -> str:
    """`15 business days (consulta 30 business days)`: the others are as by default."""
    if not isinstance(target, Mapping):
        return term_words(target)
    usual = target["default"]
    others = ", ".join(f"{name} {term_words(term)}" for name, term in target.items() if term != usual)
    return term_words(usual) + (f" ({others})" if others else "")


def _follow_ups(kind: EventType) -> Iterator[str]:
    for next_ in kind.follow_ups:
        yield f"then `{next_.event}`{_after(next_)}{_limit(next_)}"


def _after(next_: FollowUp) -> str:
    after = POLICY.follow_ups.get(next_.name)
    return f" after {_hours(after)}" if after else ""


def _hours(term: timedelta) -> str:
    return f"{term // timedelta(hours=1)} h"


def _limit(next_: FollowUp) -> str:
    return f" if {next_.at_most} ≤ {POLICY.surveys.detractor_at_most}" if next_.at_most else ""
