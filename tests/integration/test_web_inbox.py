"""The inbox over HTTP: a portal's server gets the token of one person, which opens that inbox alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse, hdrs

from hub.access import api_keys
from hub.access.inbox_tokens import LASTS, InboxTokens
from hub.access.keyring import KeyRing
from hub.access.resident_links import ResidentLinks
from hub.doors.act import Where
from hub.model import Purpose, Scope, State
from hub.settings import Secret
from hub.web.api import inbox as door
from hub.web.inbox_streams import MOST_OF_ONE
from hub.web.route import Route
from hub.web.routes import ROUTES
from tests.contract.values import FALLBACK, HOUR, NOON, event, message, now, stored
from tests.integration.access_table import ROWS
from tests.integration.guarded_hub import filled
from tests.integration.portal import ENVIRON, MARIA, PEDRO, SECRET, Portal, open_portal


def path_of(route: Route) -> str:
    label = f"{route.method} {route.path}"
    return filled(label, ROWS[label].fill.split())


@pytest.fixture
async def portal(database: str) -> AsyncIterator[Portal]:
    async with open_portal(database) as opened:
        yield opened


async def lines(answer: ClientResponse, count: int) -> list[dict[str, Any]]:
    """Read this many items of a stream."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            line = (await answer.content.readline()).decode()
            if line.startswith("data: {") and line != "data: {}\n":
                found.append(json.loads(line.removeprefix("data: ")))
    return found


async def test_a_person_sees_the_newest_first_and_how_much_is_unread(portal: Portal) -> None:
    sent = [await portal.receives(minutes=number) for number in range(3)]
    await portal.receives(PEDRO)
    token = await portal.token()
    first = await portal.ask("/api/inbox?limit=2", token=token)
    rest = await portal.ask(f"/api/inbox?limit=2&after={first.json['next']}", token=token)

    ids = [item["id"] for answer in (first, rest) for item in answer.json["items"]]
    assert ids == [str(one.id) for one in reversed(sent)]
    assert (first.json["unread"], rest.json["next"]) == (3, None)
    item = first.json["items"][0]
    assert (item["subject"], item["html"], item["case"], item["read_at"]) == (
        "Aviso 2",
        "<p>Hola</p>",
        "pqrs_id:PQ-1",
        None,
    )


async def test_entry_has_the_link_to_its_own_page_and_one_of_staff_has_none(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENVIRON, "HUB_PUBLIC_URL", "https://hub.example.co")
    links = ResidentLinks(
        public_url="https://hub.example.co",
        ring=KeyRing(map(Secret, SECRET.split())),
        lifetime=timedelta(days=90),
    )
    async with open_portal(database) as portal:
        today = (datetime.now(UTC) - NOON) // timedelta(minutes=1)
        ended = await portal.receives(minutes=0)
        received = await portal.receives(minutes=today)
        await portal.receives(PEDRO, minutes=today, purpose=Purpose.INTERNAL)
        token = await portal.token()
        came, old = (await portal.ask("/api/inbox", token=token)).json["items"]
        [internal] = (await portal.ask("/api/inbox", token=await portal.token(PEDRO))).json["items"]
        async with portal.stream(token, **{"Last-Event-ID": "0"}) as stream:
            streamed = await lines(stream, 2)

    opened = links.read(came["own_page"].removeprefix(links.page))
    assert opened is not None
    assert (received.id, NOON + timedelta(minutes=today, days=90)) == (opened.message_id, opened.ends_at)
    assert (str(ended.id), None) == (old["id"], old["own_page"])
    assert None is internal["own_page"]
    assert "purpose" not in came
    assert {came["own_page"], None} == {item["own_page"] for item in streamed}


async def test_reading_is_a_receipt_that_ends_the_cascade(portal: Portal) -> None:
    sent = await portal.receives(fallback=FALLBACK, next_at=now() - HOUR)
    token = await portal.token()
    read = [await portal.ask(f"/api/inbox/{sent.id}/read", "POST", token=token) for _ in range(2)]
    shown = await portal.stores.shown(sent)

    assert [answer.json for answer in read] == [{"read": 1, "unread": 0}, {"read": 0, "unread": 0}]
    assert (shown.state, shown.next_at) == ("read", None)
    assert [(attempt.outcome, attempt.provider) for attempt in shown.attempts] == [("read", "hub")]
    assert await portal.stores.timers.unconfirmed(10, HOUR) == []
    assert (await portal.ask("/api/inbox?unread=true", token=token)).json["items"] == []


async def test_reading_cancels_the_next_step_that_has_not_left(portal: Portal) -> None:
    sent = await portal.receives()
    of = stored(event(id="event-p-maria-0"), case="pqrs_id:PQ-1")
    mail = message(of, person=MARIA, step=1, state=State.HELD, next_at=now() + HOUR)
    await portal.stores.add(mail)
    await portal.ask(f"/api/inbox/{sent.id}/read", "POST", token=await portal.token())
    shown = await portal.stores.shown(mail)

    assert (shown.state, shown.reason) == ("cancelled", "reached")


async def test_all_up_to_one_are_read_at_once(portal: Portal) -> None:
    sent = [await portal.receives(minutes=number) for number in range(3)]
    token = await portal.token()
    read = await portal.ask("/api/inbox/read", "POST", token=token, body={"until": str(sent[1].id)})

    assert read.json == {"read": 2, "unread": 1}
    assert [await portal.stores.state_of(one) for one in sent] == ["read", "read", "waiting"]


async def test_a_token_opens_nobody_elses_entries(portal: Portal) -> None:
    theirs = await portal.receives(PEDRO)
    token = await portal.token(MARIA)
    answers = [
        await portal.ask(f"/api/inbox/{theirs.id}/read", "POST", token=token),
        await portal.ask("/api/inbox/read", "POST", token=token, body={"until": str(theirs.id)}),
    ]

    assert [answer.status for answer in answers] == [404, 404]
    assert (await portal.ask("/api/inbox", token=token)).json["items"] == []
    assert await portal.stores.state_of(theirs) == "waiting"


async def test_a_token_opens_no_other_route(portal: Portal) -> None:
    token = await portal.token()
    guarded = [route for route in ROUTES if route.needs and route.where is not Where.PERSON]
    answers = {
        (route.method, route.path): await portal.ask(path_of(route), route.method, token=token)
        for route in guarded
    }

    assert {"/api/inbox/tokens", "/api/messages", "/api/keys"} <= {path for _, path in answers}
    assert {answer.status for answer in answers.values()} == {403}


async def test_no_key_opens_an_inbox_without_a_token(portal: Portal) -> None:
    own = [route for route in ROUTES if route.where is Where.PERSON]
    keys = [portal.key, ENVIRON["HUB_API_KEY"]]
    statuses = {
        (await portal.ask(path_of(route), route.method, token=key)).status for route in own for key in keys
    }

    assert len(own) == 4
    assert statuses == {403}


@pytest.mark.parametrize("scope", sorted(set(Scope) - {Scope.INBOX}))
async def test_only_the_scope_inbox_gives_tokens(portal: Portal, scope: Scope) -> None:
    key, token = api_keys.issue("other", scopes={scope}, known_types=(), by="test", now=datetime.now(UTC))
    await portal.keys.add(key)
    answer = await portal.ask("/api/inbox/tokens", "POST", token=token, body={"person": MARIA})

    assert answer.status == 403


async def test_a_token_of_somebody_unknown_is_not_made(portal: Portal) -> None:
    answer = await portal.ask("/api/inbox/tokens", "POST", token=portal.key, body={"person": "p-nobody"})

    assert answer.status == 404


async def test_each_token_is_in_the_audit(portal: Portal) -> None:
    await portal.token()
    [note] = portal.audit.rows

    assert (note.who, note.action, note.person) == ("key:portal", "inbox.token", MARIA)


async def test_a_token_ends_and_is_no_guess(portal: Portal) -> None:
    token = await portal.token()
    portal.later = LASTS
    statuses = [(await portal.ask("/api/inbox", token=token)).status for _ in range(40)]

    assert set(statuses) == {401}
    assert (await portal.ask("/api/inbox", token=await portal.token())).status == 200


def forged() -> Mapping[str, str]:
    """Tokens of another secret, another person, another end, and none, by their fault."""
    tokens = InboxTokens(ring=KeyRing([Secret(SECRET)]), now=lambda: datetime.now(UTC))
    other = InboxTokens(ring=KeyRing([Secret("another secret that is long enough, too")]), now=tokens.now)
    mark, ends, who, signature = tokens.make(MARIA)[0].split(".")
    pedro = tokens.make(PEDRO)[0].split(".")[2]
    return {
        "secret": other.make(MARIA)[0],
        "person": f"{mark}.{ends}.{pedro}.{signature}",
        "end": f"{mark}.{int(ends) + 3600}.{who}.{signature}",
        "unsigned": f"{mark}.{ends}.{who}.",
        "unreadable": f"{mark}.{ends}.%.{signature}",
        "mark": "inbox",
    }


# Named: two processes that collect the tests must see the same ones, and a token has its second in it.
@pytest.mark.parametrize("token", [pytest.param(token, id=wrong) for wrong, token in forged().items()])
async def test_a_forged_token_opens_nothing(portal: Portal, token: str) -> None:
    assert (await portal.ask("/api/inbox", token=token)).status == 401


async def test_a_stream_shows_what_comes_to_its_person_alone(portal: Portal) -> None:
    async with (
        portal.stream(await portal.token()) as maria,
        portal.stream(await portal.token(PEDRO)) as pedro,
    ):
        theirs, mine = await portal.receives(PEDRO), await portal.receives(MARIA, minutes=1)
        [shown], [other] = await lines(maria, 1), await lines(pedro, 1)

    assert maria.headers[hdrs.CONTENT_TYPE] == "text/event-stream"
    assert (shown["id"], shown["subject"]) == (str(mine.id), "Aviso 1")
    assert other["id"] == str(theirs.id)


async def test_a_stream_shows_that_an_entry_was_taken_back_and_nobody_reads_it(portal: Portal) -> None:
    sent, token = await portal.receives(), await portal.token()
    async with portal.stream(token, **{"Last-Event-ID": "0"}) as answer:
        first = await lines(answer, 1)
        await portal.takes_back(sent)
        second = await lines(answer, 1)
    read = await portal.ask(f"/api/inbox/{sent.id}/read", "POST", token=token)
    [listed] = (await portal.ask("/api/inbox", token=token)).json["items"]

    assert [(str(sent.id), False), (str(sent.id), True)] == [
        (one["id"], bool(one["recalled_at"])) for one in (*first, *second)
    ]
    assert {"read": 0, "unread": 0} == read.json
    assert (listed, None) == (second[0], listed["read_at"])


async def test_a_stream_continues_after_the_last_event_that_came(portal: Portal) -> None:
    before = [await portal.receives(minutes=number) for number in range(2)]
    async with portal.stream(await portal.token(), **{"Last-Event-ID": "0"}) as answer:
        missed = await lines(answer, 2)

    assert [item["id"] for item in missed] == [str(one.id) for one in before]


async def test_a_stream_ends_with_its_token(portal: Portal) -> None:
    async with portal.stream(await portal.token()) as answer:
        portal.later = LASTS
        await portal.receives()
        async with asyncio.timeout(10):
            read = await answer.content.read()

    assert read.endswith(b"event: ended\ndata: {}\n\n")


async def test_a_stream_shows_signs_of_life(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "KEEP_ALIVE", 0.01)
    async with portal.stream(await portal.token()) as answer, asyncio.timeout(10):
        await answer.content.readuntil(b": \n\n")


async def test_another_stream_of_a_person_ends_the_oldest(portal: Portal) -> None:
    token = await portal.token()
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(portal.stream(token)) for _ in range(MOST_OF_ONE + 1)]
        async with asyncio.timeout(10):
            await opened[0].content.read()
        await portal.receives()

        assert [len(await lines(answer, 1)) for answer in opened[1:]] == [1] * MOST_OF_ONE


async def test_streams_do_not_use_up_a_clients_requests(portal: Portal) -> None:
    token = await portal.token()
    async with AsyncExitStack() as stack:
        for _ in range(MOST_OF_ONE):
            await stack.enter_async_context(portal.stream(token))

        assert (await portal.ask("/api/inbox", token=token)).status == 200


async def test_a_full_process_refuses_streams_and_nothing_else(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.web.inbox_streams.MOST", 1)
    async with portal.stream(await portal.token()):
        refused = await portal.ask("/api/inbox/stream", token=await portal.token(PEDRO))
        listed = await portal.ask("/api/inbox", token=await portal.token(PEDRO))

    assert (refused.status, listed.status) == (429, 200)
