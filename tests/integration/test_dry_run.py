"""A dry run of events: people, channels, instants, words and promises; nothing remains of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from prometheus_client import REGISTRY

from hub.catalog import CATALOG
from hub.cli.publish import example_of
from hub.cloudevents import CONTENT_TYPE, decode
from hub.doors.terminal import BOGOTA
from hub.intake.dry_run import MOST_EVENTS, DryRunDeps, dry_run
from hub.model import Event, Rendered, Scope, State
from hub.rendering.outcomes_es import REASONS
from hub.storage import Database, PostgresDryRuns, PostgresIntake
from tests.actors import actor
from tests.command_line import command, hub
from tests.contract.stores import stores_in
from tests.contract.values import copropiedad, membership, person, unit
from tests.contract.values import event as stored_event
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_keys import holding
from tests.integration.web_doubles import SCHEMAS, Reply, World, ask, event
from tests.integration.working_hub import WorkingHub
from tests.unit.delivery_harness import make_harness
from tests.unit.factories import DESK

JSON: Final = {"Content-Type": "application/json"}
TOWN: Final = (
    copropiedad("ph-1"),
    unit("u-1", label="101"),
    person("p-maria", names="María Peña"),
    person("p-luis", names="Luis Rojas", contact_points=[]),
    person("p-laura", names="Laura Díaz"),
    membership("p-maria", "unit:u-1", "owner"),
    membership("p-laura", "company", "staff", duty="service", level=1),
)


def received(ref: str = "p-maria", **fields: Any) -> dict[str, Any]:
    found = event(**{"time": datetime.now(UTC).isoformat(), **fields})
    data = {**found["data"], "pqrs_id": "pqrs-dry", "petitioner": {"ref": ref}, "unit_id": "u-1"}
    return {**found, "data": {**data, "copropiedad_id": "ph-1"}}


async def fill(database: Database, *more: Event) -> None:
    await stores_in(database).apply_directory(*TOWN, *more)


@pytest.fixture
async def world(opened: Database) -> World:
    await fill(opened)
    return World(database=opened)


async def test_dry_run_shows_people_channels_words_and_promises(world: World) -> None:
    answer = await run_dry(world, received())
    [told] = answer.json["events"]
    clocks = {clock["name"]: clock for clock in answer.json["clocks"]}

    assert 200 == answer.status
    assert (False, "pqrs_id:pqrs-dry", 2) == (told["known"], told["case"], told["people"])
    assert [["petitioner"], ["staff:service"]] == [row["who"] for row in told["audiences"]]
    assert ["p-laura", "p-maria"] == [row["person"] for row in told["recipients"]]
    assert "M*** P***" == told["recipients"][1]["name"]
    assert {"email", "inbox"} <= {row["channel"] for row in told["messages"]}
    texts = {(text["audience"], text["channel"]): text for text in told["texts"]}
    assert told["texts"][0]["problem"] is None
    assert "PQRS" in texts[0, "email"]["text"] or "radicado" in texts[0, "email"]["text"].lower()
    assert "María" not in answer.text
    assert {"first_reply": "starts", "legal_term": "starts"} == {
        name: clock["change"] for name, clock in clocks.items()
    }
    assert datetime.fromisoformat(clocks["first_reply"]["due_at"]) > datetime.now(UTC)


async def test_nothing_remains_of_a_dry_run(opened: Database) -> None:
    await fill(opened)
    world = World(database=opened, environ=GUARDED)
    publishes = await holding(world, Scope.PUBLISH)
    before, counted = await rows(opened), metrics()
    answer = await run_dry(world, received(), circular(), wrong(), headers=publishes)

    assert 200 == answer.status
    assert [2] == [refused["index"] for refused in answer.json["refused"]]
    assert before == await rows(opened)
    assert counted == metrics()
    assert ([], []) == (world.publisher.events, world.log.letters)
    assert ["event.dry_run"] == [note.action for note in world.audit.rows]


async def test_contact_that_is_none_is_said(world: World) -> None:
    doubtful = received()
    doubtful["data"]["petitioner"] = {"name": "Sofía", "email": "sofia@example.com", "phone": "12"}
    [told] = (await run_dry(world, doubtful)).json["events"]

    assert (["bad_contact"], ["petitioner.phone"]) == (told["unreached"], told["bad_contacts"])


async def test_dry_run_that_lists_people_is_noted_in_the_audit(world: World, opened: Database) -> None:
    before = await rows(opened)
    await run_dry(world, received(), entry())

    assert before == await rows(opened)
    assert [("event.dry_run", {"events": 2, "found": 2})] == [
        (note.action, note.detail) for note in world.audit.rows
    ]


async def test_key_that_only_publishes_learns_how_many_and_nothing_of_anybody(opened: Database) -> None:
    await fill(opened)
    world = World(database=opened, environ=GUARDED)
    publishes = await holding(world, Scope.PUBLISH)
    reads = await holding(world, Scope.PUBLISH, Scope.READ)

    told_alone = (await run_dry(world, received(), circular(), headers=publishes)).json
    noted = [(note.action, note.detail) for note in world.audit.rows]
    alone = told_alone["events"]
    whole = (await run_dry(world, received(), circular(), headers=reads)).json["events"]

    assert [[], []] == [people(told) for told in alone]
    assert [["p-laura", "p-maria"], ["p-maria"]] == [people(told) for told in whole]
    assert [2, 1] == [told["unlisted"] for told in alone]
    assert [("event.dry_run", {"events": 2, "found": 0})] == noted
    assert [{}] == [*{str(one): one for told in alone for one in _left_out(told)}.values()]
    assert {"starts"} >= {clock["change"] for clock in told_alone["clocks"]}
    rows = [row for told in alone for row in told["messages"]]
    assert {(None, True)} == {(row["reason"], row["state"] in {"queued", "held"}) for row in rows}
    assert [told["people"] for told in alone] == [told["people"] for told in whole]
    for text in (text for told in (*alone, *whole) for text in told["texts"]):
        assert not {"María", "Peña", "Laura", "maria@example.com"} & set(str(text).split())


async def test_key_that_only_publishes_learns_of_no_contact_and_no_case(opened: Database) -> None:
    """It chooses the person and the case of an event: neither tells it anything."""
    await fill(opened)
    known = received()
    await take_in(opened, known)
    await opened.rows(
        "INSERT INTO suppression (address, channel, since, reason, provider, code) "
        "SELECT point ->> 'value', 'email', now(), 'smtp_550', 'smtp', '' "
        "FROM person CROSS JOIN jsonb_array_elements(contact_points) AS point WHERE id = 'p-maria'"
    )
    world = World(database=opened, environ=GUARDED)
    asked = dict(example_of("pqrs.replied", now=datetime.now(UTC), event_id="other"))
    asked["data"] = {**asked["data"], "pqrs_id": "pqrs-dry", "copropiedad_id": "ph-1"}
    # Before the case, so that it answers nothing: its clocks go on, and are named to who may read them.
    asked["time"] = (datetime.fromisoformat(known["time"]) - timedelta(seconds=1)).isoformat()
    named = received(id="other-one")
    publishes, reads = await holding(world, Scope.PUBLISH), await holding(world, Scope.PUBLISH, Scope.READ)
    alone = (await run_dry(world, asked, named, headers=publishes)).json
    whole = (await run_dry(world, asked, named, headers=reads)).json

    assert whole["clocks"]
    assert [] == alone["clocks"]
    assert "suppressed" in str(whole)
    assert not {"suppressed", "p-maria"} & set(re.findall(r"[\w-]+", str(alone)))


def _left_out(told: Any) -> list[dict[str, int]]:
    return [audience["left_out"] for audience in told["audiences"]]


async def test_key_without_publish_runs_nothing_dry(world: World) -> None:
    guarded = World(database=world.database, environ=GUARDED)
    answer = await run_dry(guarded, received(), headers=await holding(guarded, Scope.READ))

    assert 403 == answer.status


async def test_intake_plans_what_the_dry_run_has_told(world: World, opened: Database) -> None:
    given = [received(), circular()]
    told = [
        (row["channel"], row["count"])
        for one in (await run_dry(world, *given)).json["events"]
        for row in one["messages"]
        if row["state"] != "suppressed"
    ]
    await take_in(opened, *given)
    planned = await opened.rows(
        "SELECT channel, count(*) AS count FROM message WHERE state <> 'suppressed' GROUP BY channel"
    )

    summed: dict[str, int] = {}
    for channel, count in told:
        summed[channel] = summed.get(channel, 0) + count
    assert {row["channel"]: row["count"] for row in planned} == summed


async def test_crowd_of_several_pages_is_counted_once(world: World, opened: Database) -> None:
    crowd = [f"p-{number:03}" for number in range(620)]
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.apply_directory([person(ref) for ref in crowd])
        await transaction.apply_directory([membership(ref, "unit:u-1", "owner") for ref in crowd])
    answer = await run_dry(world, circular())
    [told] = answer.json["events"]

    assert (621, 621) == (told["people"], told["audiences"][0]["people"])
    assert (500, 121) == (len(told["recipients"]), told["unlisted"])
    assert {"email": 621, "inbox": 621} == {row["channel"]: row["count"] for row in told["messages"]}
    assert {"bulk"} == {row["lane"] for row in told["messages"]}


async def test_event_that_is_known_would_change_nothing(world: World, opened: Database) -> None:
    given = received()
    await take_in(opened, given)
    answer = await run_dry(world, given)
    [told] = answer.json["events"]

    assert (True, 0, []) == (told["known"], told["people"], told["texts"])


async def test_event_that_is_too_late_to_call_anybody_says_so(world: World) -> None:
    answer = await run_dry(world, received(time="2001-03-05T10:00:00-05:00"))
    [told] = answer.json["events"]
    clocks = {clock["name"]: (clock["state"], clock["next_at"]) for clock in answer.json["clocks"]}

    assert ["stale"] == told["unreached"]
    assert {"first_reply": ("breached", None), "legal_term": ("breached", None)} == clocks


async def test_whoever_is_left_out_has_a_reason(world: World) -> None:
    answer = await run_dry(world, received("p-luis"), received("p-nobody", id="other"))
    reasons = {row["person"]: row["left_out"] for told in answer.json["events"] for row in told["recipients"]}

    assert {"p-luis": "no_contact", "p-nobody": "unknown_person", "p-laura": None} == reasons


async def test_reply_of_a_case_would_stop_its_promise(world: World, opened: Database) -> None:
    await take_in(opened, received())
    reply = event("pqrs.replied", time=datetime.now(UTC).isoformat())
    reply = {**reply, "data": {**reply["data"], "pqrs_id": "pqrs-dry"}}
    answer = await run_dry(world, reply)

    assert {"first_reply": "stops"} == {
        clock["name"]: clock["change"] for clock in answer.json["clocks"] if clock["change"] != "stays"
    }


async def test_more_events_than_a_dry_run_takes_are_refused(world: World) -> None:
    answer = await run_dry(world, *([received()] * (MOST_EVENTS + 1)))

    assert 413 == answer.status


async def test_dry_run_of_events_that_are_all_wrong_says_why(world: World) -> None:
    call = example_of("admin.assembly.convened", now=datetime.now(UTC), event_id="call-1")
    soon = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    answer = await run_dry(world, wrong(), {**call, "data": {**call["data"], "starts_at": soon}})

    assert (422, [None, None]) == (
        answer.status,
        [refused["dead_letter_id"] for refused in answer.json["refused"]],
    )
    assert "Ley 675 de 2001, art. 39" in answer.json["refused"][1]["reason"]


async def test_event_that_the_database_would_refuse_is_found_among_others(world: World) -> None:
    jump = entry()
    jump = {**jump, "data": {**jump["data"], "person_id": "p-maria", "version": 10**15}}
    answer = await run_dry(world, received(), wrong(), jump, circular())

    assert (200, 2) == (answer.status, len(answer.json["events"]))
    assert [1, 2] == [refused["index"] for refused in answer.json["refused"]]
    assert "data.version" == answer.json["refused"][1]["field"]


async def test_dry_run_that_takes_too_long_says_so_and_lets_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.intake.dry_run.LONGEST", 0.001)
    late = await run_dry(world, circular())
    monkeypatch.undo()
    again = await run_dry(world, circular())

    assert (413, 200) == (late.status, again.status)
    assert "fewer events" in late.text


async def test_what_must_wait_says_until_when_and_why(opened: Database) -> None:
    await fill(opened)
    night = datetime(2026, 3, 9, 3, 0, tzinfo=BOGOTA)
    data = {**SCHEMAS.by_name["pqrs.assigned"].examples[0], "assignee": {"ref": "p-laura"}}
    given = stored_event("pqrs.assigned", time=night, data=data)
    deps = DryRunDeps(
        context=replace(DESK, counted=False),
        store=PostgresDryRuns(opened, (), ()),
        render=lambda _: Rendered(text="texto"),
        now=lambda: night,
    )
    [told] = (await dry_run(actor(), [given], deps=deps, everybody=True)).events
    waits = {row.channel: row for row in told.messages}
    leaves_at = waits["email"].leaves_at

    assert (State.QUEUED, None) == (waits["inbox"].state, waits["inbox"].reason)
    assert State.HELD is waits["email"].state
    assert waits["email"].reason in REASONS
    assert leaves_at is not None
    assert datetime(2026, 3, 9, 6, tzinfo=BOGOTA) < leaves_at < datetime(2026, 3, 9, 10, tzinfo=BOGOTA)


async def test_reminder_is_told_with_its_instant_and_its_words(world: World) -> None:
    asked = event("pqrs.info_requested", time=datetime.now(UTC).isoformat())
    until = (datetime.now(UTC) + timedelta(days=20)).isoformat()
    data = {**asked["data"], "answer_by": until, "petitioner": {"ref": "p-maria"}}
    answer = await run_dry(world, {**asked, "data": data})
    [told] = answer.json["events"]
    reminders = [row for row in told["messages"] if row["occasion"].startswith("reminder:")]

    assert reminders
    assert {"held"} == {row["state"] for row in reminders}
    assert all(datetime.fromisoformat(row["leaves_at"]) > datetime.now(UTC) for row in reminders)
    assert {row["occasion"] for row in reminders} <= {text["occasion"] for text in told["texts"]}


async def test_every_example_can_be_run_dry(world: World) -> None:
    names = [kind.name for kind in CATALOG if not kind.hub_emitted]
    now = datetime.now(UTC)
    # Each alone: in one transaction they would be told of each other.
    for name in names:
        answer = await run_dry(world, dict(example_of(name, now=now, event_id=name)))
        assert (200, []) == (answer.status, answer.json.get("refused")), (name, answer.text)
        problems = [text["problem"] for text in answer.json["events"][0]["texts"]]
        assert {None} >= set(problems), name


async def test_dry_run_of_a_command_prints_tables_and_stores_nothing(
    environ: dict[str, str], opened: Database, tmp_path: Path
) -> None:
    await fill(opened)
    before = await rows(opened)
    file = tmp_path / "event.json"
    file.write_text(json.dumps(received()))

    code, told, _ = await hub(environ, "publish", "--dry-run", str(file))
    screen = (await command(environ, "publish", "--dry-run", str(file))).out
    after = await rows(opened)

    assert (0, ["p-laura", "p-maria"]) == (code, people(told["events"][0]))
    for words in (
        "Se avisaría a 2 personas",
        "M*** P***",
        "Plazos",
        "empieza",
        "Texto: Correo",
        "no se guardó",
    ):
        assert words in screen
    assert "María" not in screen
    assert {**before, "audit": before["audit"] + 2} == {**after, "audit": after["audit"]}


async def test_example_of_a_command_is_an_event_that_the_command_takes(environ: dict[str, str]) -> None:
    listed = (await command(environ, "publish", "--example")).out
    shown = (await command(environ, "publish", "--example", "pqrs.received")).out
    code, told, complaint = await hub(environ, "publish", "--dry-run", "-", text=shown)
    now = datetime.now(UTC)
    whole = [
        dict(example_of(kind.name, now=now, event_id=kind.name)) for kind in CATALOG if not kind.hub_emitted
    ]
    halves = [
        await hub(environ, "publish", "--dry-run", "-", text=json.dumps(half))
        for half in (whole[: MOST_EVENTS // 2], whole[MOST_EVENTS // 2 :])
    ]
    too_many = await command(environ, "publish", "--dry-run", "-", text=json.dumps(whole))
    wrong_name = await command(environ, "publish", "--example", "pqrs.recieved")

    assert all(kind.name in listed for kind in CATALOG)
    assert len(whole) == sum(len(told["events"]) for _, told, _ in halves)
    assert (2, True) == (too_many.code, "100 events at most" in too_many.err)
    assert (0, "pqrs.received") == (code, told["events"][0]["type"].split(".", 2)[2][:-3]), complaint
    assert (1, True) == (wrong_name.code, "do you mean pqrs.received?" in wrong_name.err)


async def run_dry(
    world: World, *events: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Reply:
    body = json.dumps(events).encode()
    return await ask(
        world, "/api/events?dry_run=1", method="POST", headers={**JSON, **(headers or {})}, body=body
    )


async def take_in(database: Database, *events: Mapping[str, Any]) -> None:
    """Take them in for good."""
    deps = replace(make_harness().deps(), now=lambda: datetime.now(UTC))
    await WorkingHub(database, deps).take_in(
        *(decode(json.dumps(given).encode(), CONTENT_TYPE, {}) for given in events)
    )


def circular() -> dict[str, Any]:
    now = datetime.now(UTC)
    found = event("admin.circular.issued", time=now.isoformat())
    until = (now + timedelta(days=9)).isoformat()
    return {**found, "data": {**found["data"], "copropiedad_id": "ph-1", "valid_until": until}}


def entry() -> dict[str, Any]:
    """A change of the directory."""
    return event("directory.person.upserted", time=datetime.now(UTC).isoformat())


def wrong() -> dict[str, Any]:
    return {**received(id="wrong"), "data": {}}


def people(told: Mapping[str, Any]) -> list[str]:
    return [row["person"] for row in told["recipients"]]


async def rows(database: Database) -> dict[str, int]:
    """Count the rows of every table."""
    tables = await database.rows(
        "SELECT relname AS name FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    counted = {}
    for table in tables:
        [found] = await database.rows(f'SELECT count(*) AS rows FROM "{table["name"]}"')
        counted[table["name"]] = found["rows"]
    return counted


def metrics() -> dict[tuple[str, ...], float]:
    """The counters of this process for events, cases and messages."""
    return {
        (sample.name, *map(str, sorted(sample.labels.items()))): sample.value
        for metric in REGISTRY.collect()
        if metric.name.startswith(("hub_case", "hub_event", "hub_messages", "hub_send"))
        for sample in metric.samples
        if not sample.name.endswith("_created")
    }
