"""`POST /api/events`: accepted events, refused ones with the reason, and a broker that goes down."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp import hdrs

from hub.cloudevents import CONTENT_TYPE, MAX_BODY
from hub.web.api.events import MAX_EVENTS
from tests.integration.web_doubles import Reply, World, ask, event


async def post(world: World, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {hdrs.CONTENT_TYPE: "application/json", **(headers or {})}
    reply = await ask(world, "/api/events", method="POST", headers=given, body=raw)
    return reply.status, reply.json


async def publish(world: World, body: bytes, content_type: str) -> Reply:
    return await ask(
        world, "/api/events", method="POST", headers={hdrs.CONTENT_TYPE: content_type}, body=body
    )


async def test_one_event_is_published_as_it_says() -> None:
    world = World()
    one = event(id="evt-7")

    status, body = await post(world, one)

    assert (status, body) == (202, {"accepted": 1, "refused": []})
    assert [(event.id, event.name) for event in world.publisher.events] == [("evt-7", "pqrs.received")]


async def test_contact_that_is_none_is_said_at_once_and_the_event_accepted() -> None:
    world, doubtful = World(), event(id="evt-8")
    doubtful["data"]["petitioner"] = {"name": "Sofía", "email": "sofia@@example.com", "phone": "3001234567"}

    status, body = await post(world, [event(), doubtful])

    wrong = {"event_id": "evt-8", "source": doubtful["source"], "bad_contacts": ["petitioner.email"]}
    assert (status, body) == (202, {"accepted": 2, "refused": [], "doubtful": [wrong]})


async def test_an_event_counts_on_the_rate_of_its_caller() -> None:
    world = World()
    await post(world, event())

    assert ["http:this machine"] == world.publisher.callers


async def test_an_array_keeps_its_order_and_says_which_are_refused_and_why() -> None:
    world = World()
    wrong = event()
    del wrong["data"]["radicado"]

    status, body = await post(world, [event(id="a"), wrong, event(id="b"), 7, event(id="c")])

    assert status == 202
    assert body["accepted"] == 3
    assert [event["index"] for event in body["refused"]] == [1, 3]
    assert body["refused"][0] == {
        "index": 1,
        "reason": "data.radicado: required",
        "field": "data.radicado",
        "event_id": wrong["id"],
        "source": "urn:coproservicios:crm",
        "dead_letter_id": str(world.log.letters[0].id),
    }
    assert [event.id for event in world.publisher.events] == ["a", "b", "c"]


async def test_binary_mode_is_taken_with_its_attributes_in_headers() -> None:
    world = World()
    one = event()
    marks = {
        "ce-specversion": "1.0",
        "ce-id": "evt-ni%C3%B1o",
        "ce-source": one["source"],
        "ce-type": one["type"],
        "ce-time": one["time"],
    }

    status, body = await post(world, one["data"], marks)

    assert (status, body["accepted"]) == (202, 1)
    assert world.publisher.events[0].id == "evt-niño"


@pytest.mark.parametrize("source", ["urn:hub", "urn:hub:api", "URN:Hub"])
async def test_event_with_a_source_of_the_hubs_own_is_refused_and_kept_as_the_callers(source: str) -> None:
    world = World()

    status, body = await post(world, event(source=source))
    [letter] = world.log.letters

    assert (status, body["accepted"], body["refused"][0]["field"]) == (422, 0, "source")
    assert (letter.sender, letter.wrong_sender) == ("http:this machine", True)
    assert world.publisher.events == []


@pytest.mark.parametrize(
    ("wrong", "sender", "wrong_sender"),
    [
        ({"data": {}}, "hub", False),
        ({"type": "co.coproservicios.sla.at_risk.v1"}, "http:this machine", True),
        ({"time": "never"}, "http:this machine", False),
    ],
    ids=["data", "the hub's own", "not decoded"],
)
async def test_a_refused_event_is_the_hubs_word_only_once_its_caller_was_checked(
    wrong: dict[str, Any], sender: str, *, wrong_sender: bool
) -> None:
    world = World()

    await post(world, event(**wrong))
    [letter] = world.log.letters

    assert (letter.sender, letter.wrong_sender) == (sender, wrong_sender)


async def test_an_event_without_id_is_refused_not_given_one() -> None:
    one = event()
    del one["id"]

    status, body = await post(World(), one)
    [refused] = body["refused"]

    assert status == 422
    assert (refused["reason"], refused["field"]) == ("id: required", "id")
    assert (refused["event_id"], refused["source"]) == (None, "urn:coproservicios:crm")


async def test_no_accepted_event_is_a_problem_that_shows_what_to_correct() -> None:
    world = World()
    wrong = event(id="evt-9")
    wrong["data"]["prioridad"] = "alta"
    del wrong["data"]["radicado"]
    reason = "data.radicado: required; unknown: prioridad"

    reply = await publish(world, json.dumps(wrong).encode(), "application/cloudevents+json")

    assert (reply.status, reply.headers[hdrs.CONTENT_TYPE]) == (422, "application/problem+json")
    assert reply.json["hint"]
    assert {name: value for name, value in reply.json.items() if name not in {"hint", "instance"}} == {
        "type": "about:blank",
        "title": HTTPStatus(422).phrase,
        "status": 422,
        "detail": reason,
        "error": reason,
        "errors": [{"detail": reason, "pointer": "/data/radicado"}],
        "accepted": 0,
        "refused": [
            {
                "index": 0,
                "reason": reason,
                "field": "data.radicado",
                "event_id": "evt-9",
                "source": "urn:coproservicios:crm",
                "dead_letter_id": str(world.log.letters[0].id),
            }
        ],
    }


async def test_refused_event_becomes_a_dead_letter_and_its_publisher_is_notified() -> None:
    world = World()
    wrong = event(id="evt-9")
    del wrong["data"]["radicado"]
    body = json.dumps(wrong).encode()

    await post(world, body)
    await post(world, body)
    first, second = world.log.letters

    assert first.id == second.id
    assert (first.body, first.content_type, first.routing_key) == (body, CONTENT_TYPE, "pqrs.received")
    assert (first.reason, first.event_id, first.source, first.event_type) == (
        "data.radicado: required",
        "evt-9",
        "urn:coproservicios:crm",
        "co.coproservicios.pqrs.received.v1",
    )
    assert [notice.name for notice in world.publisher.notices] == ["event.rejected"] * 2


async def test_a_refused_binary_event_keeps_its_attributes() -> None:
    world = World()
    one = event()
    marks = {f"ce-{name}": one[name] for name in ("specversion", "id", "source", "type", "time")}

    status, body = await post(world, b'{"radicado": ', marks)
    [letter] = world.log.letters

    assert (status, body["refused"][0]["event_id"]) == (422, one["id"])
    assert (letter.headers["ce-id"], letter.content_type) == (one["id"], "application/json")


async def test_a_batch_of_cloud_events_is_taken() -> None:
    world = World()
    batch = json.dumps([event(id="a"), event(id="b")]).encode()

    reply = await publish(world, batch, "application/cloudevents-batch+json; charset=utf-8")

    assert (reply.status, reply.json) == (202, {"accepted": 2, "refused": []})
    assert [event.id for event in world.publisher.events] == ["a", "b"]


async def test_a_batch_that_is_no_array_is_a_bad_request() -> None:
    reply = await publish(World(), json.dumps(event()).encode(), "application/cloudevents-batch+json")

    assert (reply.status, reply.headers[hdrs.CONTENT_TYPE]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    "body", [b"", b"[{]", b"[1,", b'{"id":', b'{"id": "\xff"}', b"\xff\xfe", b"[" * 100_000, b"<xml/>"]
)
async def test_invalid_json_is_a_bad_request(body: bytes) -> None:
    world = World()
    status, answer = await post(world, body)

    assert (status, answer["status"]) == (400, 400)
    assert "CloudEvents" in answer["hint"]
    assert world.log.letters == []


@pytest.mark.parametrize("body", [b"7", b'"text"', b"null", b"{}", b"[7]"])
async def test_json_without_an_event_is_refused(body: bytes) -> None:
    world = World()
    status, answer = await post(world, body)

    assert (status, answer["accepted"], len(world.log.letters)) == (422, 0, 1)


async def test_empty_array_accepts_nothing() -> None:
    assert await post(World(), []) == (202, {"accepted": 0, "refused": []})


async def test_a_single_event_over_one_mebibyte_is_too_large() -> None:
    status, answer = await post(World(), event(data={"x": "a" * MAX_BODY}))

    assert status == 413
    assert "1 MiB" in answer["error"]


async def test_a_large_event_among_others_is_refused_alone() -> None:
    world = World()

    status, body = await post(world, [event(data={"x": "a" * MAX_BODY}), event()])

    assert (status, body["accepted"], body["refused"][0]["index"]) == (202, 1, 0)


async def test_too_many_events_at_a_time_are_refused_whole() -> None:
    world = World()

    status, _ = await post(world, [event() for _ in range(MAX_EVENTS + 1)])

    assert status == 413
    assert world.publisher.events == []


async def test_a_body_past_every_limit_is_refused_with_a_hint() -> None:
    status, answer = await post(World(), b"[" + b" " * (17 * MAX_BODY) + b"]")

    assert status == 413
    assert answer["hint"]


async def test_broker_failure_reports_accepted_count_and_retry_after() -> None:
    world = World()
    world.publisher.room = 2
    events = json.dumps([event() for _ in range(5)]).encode()

    reply = await ask(
        world, "/api/events", method="POST", headers={hdrs.CONTENT_TYPE: "application/json"}, body=events
    )

    assert reply.status == 503
    assert reply.headers[hdrs.RETRY_AFTER] == "5"
    assert reply.json["accepted"] == 2
    assert reply.json["error"].startswith("2 of 5 events")


async def test_five_hundred_events_go_in_one_request() -> None:
    world = World()

    status, body = await post(world, [event(id=str(n)) for n in range(500)])

    assert (status, body["accepted"]) == (202, 500)
    assert [event.id for event in world.publisher.events] == [str(n) for n in range(500)]
