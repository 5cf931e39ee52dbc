"""Tasks that the policy promises and a person starts: its owner is reminded, until an event shows it done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from hub.catalog import BY_NAME
from hub.catalog.standing_tasks import OWNERS, STANDING_TASKS
from hub.desk.tasks.noun import NOUN
from hub.desk.tasks.rows import TaskRow
from hub.doors.command import _print
from hub.model import Event, type_of
from hub.model.standing_tasks import DONE, DUE, Cadence, StandingTask, TaskPlace
from hub.operations.standing_tasks import states_of
from hub.policy import load_policy
from hub.rendering.titles_es import DUTIES, TASK_STEPS, TASKS
from hub.sla.standing_tasks import done_event, due_on, is_reminded, period_before, period_of
from hub.storage.migrations.statements import statements_of
from hub.testing import MemoryStandingTasks
from hub.timers.reports import task_reminders
from tests.unit.factories import HOUR, MONDAY, POLICY, SCHEMAS, email, event, local, member, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.policy_coverage import PAGE, PROMISES, reminded_rows
from tests.unit.timer_harness import timers_of

ROOT: Final = Path(__file__).parents[2]
BY_TASK: Final = {task.name: task for task in STANDING_TASKS}
SURVEY: Final = BY_TASK["half_year_survey"]
ANALYSIS: Final = BY_TASK["pqrs_analysis"]
DAY: Final = timedelta(days=1)
ALTOS: Final = TaskPlace(copropiedad_id="ph-altos-del-rosal", name="Altos del Rosal")
CASAS: Final = TaskPlace(copropiedad_id="ph-casas", name="Casas del Río")


async def a_hub(at: str) -> MemoryHub:
    hub = memory_hub(MONDAY)
    hub.clock.advance(local(at) - MONDAY)
    await hub.take_in(
        somebody("p-luz", email("luz@example.com")),
        member("p-luz", "company", "staff", duty="operations"),
    )
    return hub


async def reminded_within(
    hub: MemoryHub, days: int, *places: TaskPlace, of: StandingTask, **fields: datetime
) -> list[tuple[str, bool]]:
    """Let days pass; return (day, overdue) of each reminder of the task; each day begins with a restart."""
    store = MemoryStandingTasks(hub.store.tables, *places, **fields)
    for _ in range(days):
        await task_reminders()(timers_of(hub, tasks=store))
        hub.clock.advance(HOUR)
        await task_reminders()(timers_of(hub, tasks=store))
        hub.clock.advance(DAY - HOUR)
    return [
        (event.data["day"], task["overdue"])
        for event in of_each_day(hub.publisher.events)
        for task in event.data["tasks"]
        if task["task"] == of.name
    ]


def of_each_day(events: Sequence[Event]) -> list[Event]:
    return list({event.id: event for event in events if event.name == DUE}.values())


async def test_who_owns_a_task_is_reminded_by_mail_and_in_the_inbox_before_its_day_and_after_it() -> None:
    """Policy 7.3: the analysis of March, by the tenth business day of April 2026, after Holy Week."""
    hub = await a_hub("2026-03-31 08:30")
    reminded = await reminded_within(hub, 31, ALTOS, of=ANALYSIS)
    [first, *_] = [
        event for event in of_each_day(hub.publisher.events) if event.data["owner"] == "operations"
    ]
    await hub.take_in(first)

    assert [
        ("2026-04-09", False),
        ("2026-04-16", False),
        ("2026-04-23", True),
        ("2026-04-30", True),
    ] == reminded
    assert {("email", "p-luz"), ("inbox", "p-luz")} == {
        (message.channel, message.person) for message in hub.of(first)
    }


async def test_event_that_does_the_task_ends_its_reminders_until_the_next_period() -> None:
    hub = await a_hub("2026-03-10 08:30")
    await hub.take_in(event("pqrs.report.published", at=hub.clock() - HOUR))
    reminded = await reminded_within(hub, 35, ALTOS, of=ANALYSIS)

    assert [("2026-04-09", False)] == reminded[:1], "that of April"


async def test_half_year_survey_is_done_by_its_own_surveys_alone() -> None:
    """Policy 8.1: Encuestas periódicas generales (semestrales)."""
    hub = await a_hub("2026-03-20 08:30")
    await hub.take_in(
        event("survey.requested", {"survey_id": "s-1", "kind": "post_servicio"}, at=hub.clock() - HOUR)
    )
    reminded = await reminded_within(hub, 14, of=SURVEY)
    await hub.take_in(
        event("survey.requested", {"survey_id": "s-2", "kind": "semestral"}, at=hub.clock() - HOUR, id="s-2")
    )

    assert [("2026-03-20", False), ("2026-03-30", False)] == reminded
    assert reminded == await reminded_within(hub, 30, of=SURVEY)


async def test_reminder_names_where_it_is_not_done() -> None:
    hub = await a_hub("2026-04-09 08:30")
    await hub.take_in(event("pqrs.report.published", at=hub.clock() - HOUR))
    await reminded_within(hub, 1, ALTOS, CASAS, of=ANALYSIS)
    reminders = of_each_day(hub.publisher.events)
    [task] = [task for one in reminders for task in one.data["tasks"] if task["task"] == "pqrs_analysis"]

    assert (["Casas del Río"], 0) == (task["buildings"], task["more"])


async def test_person_says_that_a_task_is_done_everywhere_or_in_one_place() -> None:
    hub = await a_hub("2026-04-09 08:30")
    since = period_of(ANALYSIS, date(2026, 4, 9))
    here = done_event(ANALYSIS, since, by="account:ana", note="", place=CASAS.copropiedad_id, now=hub.clock())
    await hub.take_in(here)
    assert [("2026-04-09", False)] == await reminded_within(hub, 5, ALTOS, CASAS, of=ANALYSIS)
    everywhere = done_event(ANALYSIS, since, by="account:ana", note="Acta 14", place=None, now=hub.clock())
    await hub.take_in(everywhere)

    assert [("2026-04-09", False)] == await reminded_within(hub, 15, ALTOS, CASAS, of=ANALYSIS)
    for said in (here, everywhere):
        SCHEMAS.check(said, now=hub.clock())


async def test_nobody_is_reminded_of_a_period_that_began_before_the_hub() -> None:
    """Of what was done before, or loaded as history, the hub knows nothing."""
    hub = await a_hub("2026-03-10 08:30")
    began = local("2026-03-05 10:00")

    assert [("2026-04-09", False)] == (await reminded_within(hub, 31, ALTOS, of=ANALYSIS, began=began))[:1]


async def test_nothing_of_a_period_before_the_hub_is_overdue() -> None:
    hub = await a_hub("2026-03-31 08:30")
    today, late = date(2026, 3, 31), MemoryStandingTasks(hub.store.tables, began=local("2026-01-05 10:00"))
    for store, overdue in ((MemoryStandingTasks(hub.store.tables), True), (late, False)):
        [state] = await states_of([SURVEY], store=store, policy=POLICY, today=today)

        assert overdue is state.is_overdue(today)


def test_terminal_shows_a_task(capsys: pytest.CaptureFixture[str]) -> None:
    [read] = NOUN.reads
    row = TaskRow(
        id="training",
        policy=["10.1.1"],
        owner="operations",
        every=Cadence.HALF_YEAR,
        begins_on=date(2026, 7, 1),
        due_on=date(2026, 9, 28),
        state="open",
        last_done_at=None,
        lacking=[],
    )
    _print(read, row, as_json=False)

    assert "2026-09-28" in capsys.readouterr().out


async def test_two_processes_and_a_restart_remind_once() -> None:
    hub = await a_hub("2026-04-09 08:30")
    for _ in range(3):
        await task_reminders()(timers_of(hub, tasks=MemoryStandingTasks(hub.store.tables, ALTOS)))
    published = [event for event in hub.publisher.events if event.data["owner"] == "operations"]
    await hub.take_in(*published)

    assert (3, 1) == (len(published), len({event.id for event in published}))
    assert 2 == len(hub.of(published[0])), "one mail and one entry of the inbox"


def test_reminders_may_be_turned_off(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('[tasks.due]\npqrs_analysis = "never"\n')
    policy = load_policy(tmp_path / "policy.toml")

    assert due_on(ANALYSIS, date(2026, 3, 1), policy) is None
    assert not any(is_reminded(ANALYSIS, date(2026, 3, 1) + n * DAY, policy) for n in range(31))


@pytest.mark.parametrize(
    ("name", "today", "since", "before", "due"),
    [
        ("pqrs_analysis", "2026-03-09", "2026-03-01", "2026-02-01", "2026-03-13"),
        ("half_year_survey", "2026-06-30", "2026-01-01", "2025-07-01", "2026-03-30"),
        ("half_year_survey", "2026-12-31", "2026-07-01", "2026-01-01", "2026-09-28"),
        ("policy_review", "2026-12-31", "2026-01-01", "2025-01-01", "2026-03-30"),
    ],
)
def test_period_of_a_task_is_of_the_calendar(
    name: str, today: str, since: str, before: str, due: str
) -> None:
    task, began = BY_TASK[name], date.fromisoformat(since)

    assert began == period_of(task, date.fromisoformat(today))
    assert date.fromisoformat(before) == period_before(task, began)
    assert date.fromisoformat(due) == due_on(task, began, POLICY)


def test_ordinary_assembly_is_reminded_of_while_it_can_still_be_called_in_time() -> None:
    """Ley 675 de 2001, art. 39: within three months of the year, called 15 whole days before."""
    for year in range(2026, 2036):
        last = due_on(BY_TASK["ordinary_assembly"], date(year, 1, 1), POLICY)

        assert last is not None
        assert last <= date(year, 3, 31) - 16 * DAY


@pytest.mark.parametrize("task", STANDING_TASKS, ids=lambda task: task.name)
def test_task_has_words_a_number_and_events_of_the_catalogue(task: StandingTask) -> None:
    assert task.name in TASKS
    assert task.name in TASK_STEPS
    assert task.name in POLICY.tasks.due
    assert task.owner in OWNERS
    assert task.owner in DUTIES
    assert set(task.done_by) <= set(BY_NAME)
    for name in (DUE, DONE):
        assert task.name in json.dumps(SCHEMAS.by_name[name].document)


def test_every_task_of_the_policy_file_is_one() -> None:
    assert {task.name for task in STANDING_TASKS} == set(POLICY.tasks.due) == set(TASKS) == set(TASK_STEPS)


def test_index_has_every_event_that_shows_a_task_done() -> None:
    """That of surveys has the others; without them a reminder reads all events of a year."""
    names = {name for task in STANDING_TASKS for name in task.done_by} | {DONE}
    statements = statements_of(ROOT / "hub/storage/migrations/baseline/events.sql")
    [index] = [statement for statement in statements if "INDEX event_task " in statement]

    assert {type_of(name) for name in names - {"survey.requested"}} == {
        part for part in index.split("'") if part.startswith("co.")
    }


def test_each_sentence_that_a_person_starts_has_somebody_who_is_reminded() -> None:
    started = {promise for promise, values in PROMISES.items() if values.get("starts") == "person"}

    assert started == {sentence for task in STANDING_TASKS for sentence in task.policy}


def test_page_says_who_is_reminded_of_which_sentence() -> None:
    """Else run scripts/policy_coverage.py."""
    page = PAGE.read_text(encoding="utf-8")

    assert all(row in page.splitlines() for row in reminded_rows())
