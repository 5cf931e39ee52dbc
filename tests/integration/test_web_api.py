"""The lists of the API: schemas, filters, pages, clocks from Redis and from SQL, dead letters."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from aiohttp import hdrs

from hub.errors import StorageRefused, StorageUnavailable
from hub.model import Acknowledgement, ClockHistory, ClockState, Pause, State, Step, StepKind
from hub.model.message_rows import MessageRow, MessageWhole
from hub.model.pages import page_of
from hub.model.step_messages import ToldByName
from hub.operations.clocks.schemas import ClockExplained, ClockPage
from hub.ports import MessageFilter
from hub.storage import Database
from tests.contract.values import clock
from tests.integration.web_doubles import (
    NOON,
    MemoryLog,
    World,
    ask,
    clock_row,
    message_row,
)


async def test_messages_have_the_promised_shape() -> None:
    world = World()
    world.log.rows.append(message_row(next_at=NOON))

    reply = await ask(world, "/api/messages")

    assert (reply.status, reply.json["next"]) == (200, None)
    assert set(reply.json["items"][0]) == {
        *("id", "event_id", "event", "person", "channel", "purpose"),
        *("state", "reason", "next_at", "created_at", "letter"),
        *("final", "means", "to_do"),
    }
    assert msgspec.convert(reply.json, page_of(MessageRow)).items[0].created_at == NOON


async def test_every_filter_reaches_the_log() -> None:
    world = World()

    await ask(
        world,
        "/api/messages?state=failed&channel=sms&event=pqrs.received&event_id=e&person=p"
        "&since=2026-03-09T12:00:00-05:00",
    )

    assert world.log.asked == [
        MessageFilter(
            state="failed", channel="sms", event="pqrs.received", event_id="e", person="p", since=NOON
        )
    ]


async def test_an_offset_whose_plus_was_not_escaped_is_understood() -> None:
    world = World()

    await ask(world, "/api/messages?since=2026-03-09T18:00:00+01:00")

    assert world.log.asked[0].since == NOON


async def test_pages_follow_one_another_by_their_cursor() -> None:
    world = World()
    world.log.rows.extend(message_row(person=f"per-{n}") for n in range(5))

    first = (await ask(world, "/api/messages?limit=3")).json
    second = (await ask(world, f"/api/messages?limit=3&after={first['next']}")).json

    people = [row["person"] for row in first["items"] + second["items"]]
    assert people == [f"per-{n}" for n in range(5)]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("colour=red", "There is no query parameter colour."),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("state=done", "state"),
        ("since=yesterday", "since"),
        ("since=2026-03-09T12:00:00", "since"),
        ("state=sent&state=failed", "twice"),
        (f"person={'x' * 201}", "person"),
        ("person=%00", "person"),
    ],
)
async def test_wrong_query_is_answered_with_what_fits(query: str, words: str) -> None:
    reply = await ask(World(), f"/api/messages?{query}")

    assert reply.status == 400
    assert words in reply.json["error"]
    assert reply.json["hint"]


async def test_an_unknown_parameter_is_answered_with_the_known_ones() -> None:
    reply = await ask(World(), "/api/dead?colour=red")

    assert reply.json["hint"] == "There are: after, limit, state, reason, event."


async def test_a_message_is_shown_with_its_attempts() -> None:
    world = World()
    world.log.rows.append(row := message_row())

    reply = await ask(world, f"/api/messages/{row.id}")

    assert msgspec.convert(reply.json, MessageWhole).attempts == []


@pytest.mark.parametrize("noun", ["messages", "dead"])
@pytest.mark.parametrize("name", [str(UUID(int=7)), "7", "%00"])
async def test_unknown_id_is_not_found(opened: Database, noun: str, name: str) -> None:
    reply = await ask(World(database=opened), f"/api/{noun}/{name}")

    assert reply.status == 404
    assert reply.json["hint"]


def with_clocks(*states: str) -> World:
    world = World()
    soon = datetime.now(UTC) + timedelta(hours=1)
    world.log.clock_rows.extend(
        clock_row(
            case=f"PQRS-{n}",
            state=ClockState(state),
            due_at=soon + timedelta(hours=n),
            ended_at=NOON if state == "met" else None,
        )
        for n, state in enumerate(states)
    )
    return world


def escalated(**fields: Any) -> World:
    world = World()
    one = clock(**{"level": 2, **fields})
    world.log.promises[one.id] = one
    return world


async def taken(world: World) -> tuple[int, Any]:
    (clock_id,) = world.log.promises
    reply = await ask(world, f"/api/clocks/{clock_id}/acknowledge", method=hdrs.METH_POST)
    return reply.status, reply.json


async def test_acknowledging_a_clock_publishes_an_event_and_is_audited() -> None:
    world = escalated()
    answer = await taken(world)
    (clock_id,), (published,) = world.log.promises, world.publisher.events

    assert (200, {"id": str(clock_id), "level": 2, "changed": True}) == answer
    assert ("sla.acknowledged", f"{clock_id}:acknowledged:2") == (published.name, published.id)
    assert ["clock.acknowledge"] == [note.action for note in world.audit.rows]


@pytest.mark.parametrize("fields", [{"level": 1}, {"state": ClockState.MET, "ended_at": NOON}])
async def test_clock_that_nobody_can_acknowledge_is_refused_with_the_reason(fields: dict[str, Any]) -> None:
    world = escalated(**fields)
    status, answer = await taken(world)

    assert (409, [], []) == (status, world.publisher.events, world.audit.rows)
    assert answer["error"]
    assert answer["hint"]


def cases(answer: Any) -> list[str]:
    return [row["case"] for row in answer["items"]]


async def test_clocks_come_from_the_boards_soonest_due_first() -> None:
    world = with_clocks("open", "breached", "met", "at_risk")

    reply = await ask(world, "/api/clocks")

    assert cases(reply.json) == ["PQRS-0", "PQRS-1", "PQRS-3"]
    assert reply.json["source"] == "redis"
    assert msgspec.convert(reply.json, ClockPage).items[0].left is not None


def told(step: str) -> ToldByName:
    return ToldByName(
        step=step,
        message_id=UUID(int=8),
        event="pqrs.escalated",
        person="p-jefe",
        name="A*** R***",
        channel="inbox",
        state=State.SENT,
        reason=None,
        at=NOON,
    )


def escalated_clock() -> World:
    """Two clocks; the first is at level 2 and acknowledged by a coordinator."""
    world = World()
    steps = tuple(
        Step(kind=kind, at=NOON + timedelta(days=day), from_level=1, to_level=to)
        for kind, day, to in ((StepKind.BREACH, 2, 1), (StepKind.ESCALATE, 2, 2), (StepKind.ESCALATE, 3, 3))
    )
    course = ClockHistory(acknowledged=(Acknowledgement(level=2, at=NOON, by="p-jefe"),))
    row = clock_row(state=ClockState.BREACHED, level=2, fired=2, steps=steps, course=course)
    world.log.clock_rows.extend([row, clock_row()])
    # The last step is still due: a row with its key is no notice of it.
    world.log.told[row.id] = [told("escalate:2"), told("escalate:3")]
    return world


async def test_listed_clock_shows_due_time_notices_and_acknowledgements() -> None:
    world = escalated_clock()

    reply = await ask(world, "/api/clocks?state=breached")

    (row,) = msgspec.convert(reply.json, ClockPage).items
    assert "2026-03-11T12:00:00-05:00" == reply.json["items"][0]["due_local"]
    assert row.due_words.startswith("venció hace")
    assert [("escalate:2", "p-jefe", "inbox", "sent")] == [
        (notice.step, notice.person, notice.channel, notice.state) for notice in row.told
    ]
    assert [(2, "p-jefe")] == [(ack.level, ack.by) for ack in row.acknowledged]
    assert "name" not in reply.json["items"][0]["told"][0]


async def test_clock_is_shown_with_its_steps_and_masked_names_of_the_notified() -> None:
    world, one = World(), clock(fired=2, state=ClockState.BREACHED)
    world.log.promises[one.id] = one
    world.log.told[one.id] = [told("breach:1"), told("escalate:2")]

    reply = await ask(world, f"/api/clocks/{one.id}")

    whole = msgspec.convert(reply.json, ClockExplained)
    assert [("at_risk:1", True), ("breach:1", True), ("escalate:2", False)] == [
        (step.key, step.done) for step in whole.steps
    ]
    assert [("breach:1", "A*** R***")] == [(notice.step, notice.name) for notice in whole.told]
    assert "ph-1" == whole.context["copropiedad_id"]


async def test_paused_clock_has_no_time_left_and_shows_since_when() -> None:
    world = World()
    world.log.clock_rows.append(clock_row(course=ClockHistory(pauses=(Pause(since=NOON),))))

    (row,) = (await ask(world, "/api/clocks")).json["items"]

    assert (True, None) == (row["paused"], row["left"])
    assert row["due_words"].startswith("en pausa desde el lunes 9")


async def test_clock_that_ended_late_shows_its_end_and_no_time_left() -> None:
    world = World()
    world.log.clock_rows.append(clock_row(state=ClockState.BREACHED, ended_at=NOON + timedelta(days=3)))

    (row,) = (await ask(world, "/api/clocks?state=breached")).json["items"]

    assert row["left"] is None
    assert row["due_words"].startswith("cumplido tarde el jueves 12")


@pytest.mark.parametrize("clock_id", [str(UUID(int=7)), "first"])
async def test_a_clock_that_is_not_there_is_unknown(clock_id: str) -> None:
    assert 404 == (await ask(World(), f"/api/clocks/{clock_id}")).status


async def test_clocks_of_one_state_are_those_of_its_board() -> None:
    reply = await ask(with_clocks("open", "breached", "open"), "/api/clocks?state=open")

    assert cases(reply.json) == ["PQRS-0", "PQRS-2"]


async def test_pages_of_the_boards_follow_one_another() -> None:
    world = with_clocks("open", "at_risk", "breached", "open", "open")

    first = (await ask(world, "/api/clocks?limit=2")).json
    second = (await ask(world, f"/api/clocks?limit=2&after={first['next']}")).json
    third = (await ask(world, f"/api/clocks?limit=2&after={second['next']}")).json

    assert cases(first) + cases(second) + cases(third) == [f"PQRS-{n}" for n in range(5)]
    assert third["next"] is None


@pytest.mark.parametrize("cursor", ["zz", "board:", "board:-1", "board:999999"])
async def test_a_cursor_that_the_list_of_clocks_never_gave_is_refused(cursor: str) -> None:
    reply = await ask(with_clocks("open"), f"/api/clocks?after={cursor}")

    assert reply.status == 400
    assert "cursor" in reply.json["error"]


async def test_ended_clocks_come_from_sql() -> None:
    reply = await ask(with_clocks("open", "met"), "/api/clocks?state=met")

    assert (cases(reply.json), reply.json["source"]) == (["PQRS-1"], "sql")
    assert reply.json["items"][0]["left"] is None


@pytest.mark.parametrize("incident", ["away", "forgotten"])
async def test_without_redis_live_clocks_come_from_sql_and_the_answer_says_so(incident: str) -> None:
    world = with_clocks("open", "met", "breached")
    setattr(world.boards, incident, True)

    reply = await ask(world, "/api/clocks")

    assert (cases(reply.json), reply.json["source"]) == (["PQRS-0", "PQRS-2"], "sql")


async def test_later_page_of_clocks_needs_redis() -> None:
    world = with_clocks("open", "open", "open")
    world.boards.away = True

    reply = await ask(world, "/api/clocks?after=board:2")

    assert reply.status == 503
    assert reply.headers[hdrs.RETRY_AFTER] == "5"


async def test_the_summary_counts_by_state() -> None:
    world = with_clocks("open", "breached")
    world.log.rows.extend([message_row(), message_row(state="failed")])

    reply = await ask(world, "/api/summary")

    assert reply.json == {
        "company": "COPROSERVICIOS S.A.S.",
        "mode": "capture",
        "counts": {"messages": {"sent": 1, "failed": 1}, "clocks": {"open": 1, "breached": 1}, "dead": {}},
    }


@pytest.mark.parametrize(
    ("failure", "status"),
    [(StorageUnavailable(), 503), (StorageRefused(), 400), (ValueError("per-1 María"), 500)],
)
async def test_internal_failure_is_one_sentence_without_personal_data(
    failure: Exception, status: int
) -> None:
    reply = await ask(World(log=MemoryLog(failure=failure)), "/api/messages")

    assert reply.status == status
    assert {"type", "title", "status", "detail", "instance", "error", "hint"} == reply.json.keys()
    assert "María" not in reply.text


async def test_wrong_method_is_answered_with_the_allowed_ones() -> None:
    reply = await ask(World(), "/api/messages", method="POST")

    assert (reply.status, reply.headers[hdrs.ALLOW]) == (405, "GET")
    assert reply.json["hint"]
