"""Standing tasks on a real database: what its events show, and what the desk shows and says."""

import json
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from hub.catalog.standing_tasks import STANDING_TASKS
from hub.model import Event
from hub.model.standing_tasks import DONE, TaskPlace
from hub.storage import Database, PostgresIntake, PostgresStandingTasks
from hub.storage.standing_tasks import statements_of
from tests.contract.values import copropiedad
from tests.integration.web_doubles import NOON, World, ask
from tests.unit.factories import event, stored

BY_TASK: Final = {task.name: task for task in STANDING_TASKS}
ANALYSIS: Final = BY_TASK["pqrs_analysis"]
SURVEY: Final = BY_TASK["half_year_survey"]
JSON: Final = {"Content-Type": "application/json"}
YEAR: Final = timedelta(days=365)


async def take_in(database: Database, *events: Event) -> None:
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.apply_directory([copropiedad("ph-1"), copropiedad("ph-2")])
        await transaction.add_events([stored(one) for one in events])


async def test_last_events_of_each_place_show_a_task_done(opened: Database) -> None:
    earlier, report = (
        event("pqrs.report.published", {"copropiedad_id": place}, at=NOON - ago, id=place)
        for place, ago in (("ph-1", timedelta(days=3)), ("ph-2", timedelta(days=1)))
    )
    data = {"copropiedad_id": None, "kind": "post_servicio"}
    await take_in(opened, earlier, report, event("survey.requested", data, at=NOON))
    store = PostgresStandingTasks(opened)

    assert {"ph-1": earlier.time, "ph-2": report.time} == await store.last_done(ANALYSIS, NOON - YEAR)
    assert {"ph-2": report.time} == await store.last_done(ANALYSIS, NOON - timedelta(days=2))
    assert {} == await store.last_done(SURVEY, NOON - YEAR)
    await take_in(opened, event("survey.requested", {**data, "kind": "semestral"}, at=NOON, id="general"))
    assert {None: NOON} == await store.last_done(SURVEY, NOON - YEAR)
    assert ["ph-1", "ph-2"] == [place.copropiedad_id for place in await store.places()]
    assert isinstance((await store.places())[0], TaskPlace)
    assert [True, False] == [await store.began_before(NOON + YEAR), await store.began_before(NOON - YEAR)]


async def test_tasks_are_found_by_an_index(opened: Database) -> None:
    """Of a year of events a reminder reads few."""
    for statement in {one for task in STANDING_TASKS for one, _ in statements_of(task)}:
        async with opened.transaction() as run:
            await run.rows("SET LOCAL enable_seqscan = off")
            plan = await run.rows(f"EXPLAIN {statement}", NOON, b"{}")

        assert "type_time" in " ".join(row["QUERY PLAN"] for row in plan), statement


async def test_desk_shows_whose_a_task_is_and_says_that_it_is_done(opened: Database) -> None:
    await take_in(opened)
    world = World(database=opened)
    listed = (await ask(world, "/api/tasks")).json["items"]
    [row] = [one for one in listed if one["id"] == "pqrs_analysis"]
    body = json.dumps({"note": "Acta 14 del comité."}).encode()
    done = await ask(world, "/api/tasks/pqrs_analysis/done", method="POST", headers=JSON, body=body)
    [said] = [one for one in world.publisher.events if one.name == DONE]
    await take_in(opened, replace(said, data={**said.data, "copropiedad_id": None}))
    after = (await ask(world, "/api/tasks/pqrs_analysis")).json
    pages = [await ask(world, path) for path in ("/tasks", "/tasks/training", "/tasks/training/done")]
    unknown = await ask(world, "/api/tasks/nosuch")

    assert ("operations", "unknown", 2) == (row["owner"], row["state"], len(row["lacking"]))
    assert (200, said.id) == (done.status, done.json["event_id"])
    assert ("Acta 14 del comité.", row["begins_on"]) == (said.data["note"], said.data["since"])
    assert ("task.done", "task:pqrs_analysis") in [(note.action, note.subject) for note in world.audit.rows]
    assert ("done", []) == (after["state"], after["lacking"])
    assert [200, 200, 200] == [page.status for page in pages]
    assert all("Capacitación del personal" in page.text for page in pages)
    assert 404 == unknown.status
