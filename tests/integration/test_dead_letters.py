"""Dead letters at the desk: shown, replayed, mended and discarded, with operators and their trace."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape
from typing import Any, Final
from uuid import UUID

import pytest
from aiohttp import hdrs

from hub.cli.publish import example_of
from hub.desk.dead_letters import acts
from hub.desk.dead_letters.rows import DeadQuery, OpenQuery, SettleBody
from hub.doors.operator import Operator
from hub.errors import (
    BeyondOwnRights,
    BrokerUnavailable,
    InvalidEvent,
    NoSuch,
    NothingChosen,
    StorageUnavailable,
    TooLate,
)
from hub.model import EVERYTHING, DeadLetter, Note, Reach, Scope
from hub.storage import Database
from hub.storage.dead_letters import find, settle
from hub.storage.intake import PostgresIntake
from hub.testing import MemoryAudit
from tests.contract.values import copropiedad, membership, person, unit
from tests.integration.web_doubles import MemoryPublisher, World, ask, browsing, bury, dead_letter, event
from tests.unit.factories import SOURCE

JSON: Final = {hdrs.CONTENT_TYPE: "application/json"}
KIND: Final = "co.coproservicios.pqrs.received.v1"
HERE: Final = frozenset({"ph-1"})


def operator(world: World, reach: Reach = EVERYTHING) -> Operator:
    needs = {Scope.OPERATE, Scope.PRIVACY}
    return Operator(who="account:ana", reach=reach, needs=needs, stores=world.services())


async def state_of(database: Database, letter: DeadLetter) -> str:
    found = await find(database, letter.id)
    assert found is not None
    return found.state


def trace(world: World) -> list[tuple[str, str]]:
    return [(note.action, note.subject) for note in world.audit.rows]


def broken() -> tuple[DeadLetter, bytes]:
    """Return the letter of an event that lacks a field, and the event whole."""
    whole = event()
    data = {name: value for name, value in whole["data"].items() if name != "radicado"}
    body = json.dumps({**whole, "data": data}).encode()
    named = {"event_id": whole["id"], "source": whole["source"], "event_type": whole["type"]}
    return dead_letter(body, **named, sender="crm"), json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["a", "b", "c", "d"]),
        ({"state": "open", "reason": "required"}, ["a"]),
        ({"state": "open", "event": "pqrs.received"}, ["a", "b"]),
        ({"reason": "JSON", "event": "pqrs.received"}, ["b"]),
        ({"event": "pqrs.replied"}, []),
        ({"state": "discarded"}, ["d"]),
    ],
    ids=str,
)
async def test_list_is_narrowed_by_state_reason_and_event(
    opened: Database, query: dict[str, Any], found: list[str]
) -> None:
    no_json = "the body: not JSON"
    letters = [
        dead_letter(b"a", event_type=KIND),
        dead_letter(b"b", reason=no_json, event_type=KIND),
        *(dead_letter(body, reason=no_json, event_type=None) for body in (b"c", b"d")),
    ]
    await bury(opened, *letters)
    await settle(opened, letters[-1].id, "discarded")
    page = await acts.list_dead(operator(World(database=opened)), DeadQuery(**query))

    bodies = {one.id: one.body.decode() for one in letters}
    assert found == sorted(bodies[row.id] for row in page.items)


async def test_people_see_what_is_open_where_they_choose_no_state(opened: Database) -> None:
    one, other = dead_letter(b"a"), dead_letter(b"b")
    await bury(opened, one, other)
    await settle(opened, one.id, "replayed")
    page = await acts.list_open(operator(World(database=opened)), OpenQuery())

    assert [other.id] == [row.id for row in page.items]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"x": "\xc3\xb1"}', {"body": '{"x": "ñ"}'}),
        (b"\xff\x00", {"body_base64": "/wA="}),
        (b"a" * 65_535 + "ñ".encode(), {"body": "a" * 65_535}),
        (b"", {"body": ""}),
    ],
)
async def test_letter_is_shown_as_it_came(opened: Database, body: bytes, shown: dict[str, str]) -> None:
    letter, world = dead_letter(body), World(database=opened)
    await bury(opened, letter)
    reply = await ask(world, f"/api/dead/{letter.id}")

    assert shown.items() <= reply.json.items()
    assert (len(body), "pqrs.received") == (reply.json["size"], reply.json["routing_key"])
    assert [("dead.show", f"dead:{letter.id}")] == trace(world)


async def test_who_has_one_building_finds_no_letter(opened: Database) -> None:
    letter, world = dead_letter(), World(database=opened)
    await bury(opened, letter)
    by = operator(world, dict.fromkeys(Scope, HERE))

    assert [] == (await acts.list_dead(by, DeadQuery())).items
    for act in (acts.show_dead, acts.view_dead, acts.replay_dead, acts.discard_dead):
        with pytest.raises(NoSuch):
            await act(by, letter.id)
    for many in (acts.replay_many, acts.discard_many):
        with pytest.raises(NothingChosen):
            await many(by, SettleBody())
    assert ("open", []) == (await state_of(opened, letter), trace(world))


async def test_replay_publishes_the_bytes_again_and_may_be_repeated(opened: Database) -> None:
    letter, world = dead_letter(), World(database=opened)
    await bury(opened, letter)
    first, again = [await acts.replay_dead(operator(world), letter.id) for _ in range(2)]

    assert [letter, letter] == world.publisher.replayed
    assert (True, False) == (first.changed, again.changed)
    assert "replayed" == await state_of(opened, letter)
    assert [("dead.replay", f"dead:{letter.id}")] * 2 == trace(world)


@dataclass
class RefusingAgain(MemoryPublisher):
    """A hub that refuses each replayed event again at once, as if nothing was fixed."""

    database: Database = field(kw_only=True)

    async def replay(self, letter: DeadLetter) -> None:
        await bury(self.database, letter)


async def test_replay_that_fails_again_at_once_stays_open(opened: Database) -> None:
    letter = dead_letter()
    await bury(opened, letter)
    world = World(database=opened, publisher=RefusingAgain(database=opened))
    done = await acts.replay_dead(operator(world), letter.id)

    assert (False, "open") == (done.changed, await state_of(opened, letter))


async def test_replay_without_a_broker_leaves_the_letter_open(opened: Database) -> None:
    letter, world = dead_letter(), World(database=opened)
    await bury(opened, letter)
    world.publisher.room = 0

    with pytest.raises(BrokerUnavailable):
        await acts.replay_dead(operator(world), letter.id)
    assert "open" == await state_of(opened, letter)


async def test_discard_settles_once_and_publishes_nothing(opened: Database) -> None:
    letter, world = dead_letter(), World(database=opened)
    await bury(opened, letter)
    first, again = [await acts.discard_dead(operator(world), letter.id) for _ in range(2)]

    assert (True, False) == (first.changed, again.changed)
    assert ("discarded", []) == (await state_of(opened, letter), world.publisher.replayed)


async def test_mended_event_goes_in_its_senders_name_once_and_says_who_has_mended_it(
    opened: Database,
) -> None:
    letter, whole = broken()
    world = World(database=opened)
    await bury(opened, letter)
    done = await acts.mend_dead(operator(world), letter.id, whole)
    [published], [note] = world.publisher.replayed, world.audit.rows

    assert (letter.id, "replayed", True) == (done.id, done.state, done.changed)
    assert (whole, "crm", "account:ana") == (published.body, published.sender, published.mended_by)
    assert ("dead.mend", f"dead:{letter.id}") == (note.action, note.subject)
    assert {"sha256": sha256(whole).hexdigest(), "changed": ["data.radicado"]} == note.detail
    with pytest.raises(TooLate):
        await acts.mend_dead(operator(world), letter.id, whole)
    assert 1 == len(world.publisher.replayed) == len(world.audit.rows)


@pytest.mark.parametrize("change", [{"data": {}}, {"source": f"{SOURCE}:other"}], ids=["wrong", "another"])
async def test_what_is_still_wrong_or_another_event_is_not_published(
    opened: Database, change: Mapping[str, Any]
) -> None:
    letter, whole = broken()
    world = World(database=opened)
    await bury(opened, letter)

    with pytest.raises(InvalidEvent):
        await acts.mend_dead(operator(world), letter.id, json.dumps({**json.loads(whole), **change}).encode())
    assert ([], []) == (world.publisher.replayed, world.audit.rows)


async def test_who_may_not_read_all_letters_mends_none_and_leaves_no_trace(opened: Database) -> None:
    world = World(database=opened)
    by = operator(world, {Scope.OPERATE: None, Scope.PRIVACY: HERE})
    petition, whole = broken()
    await bury(opened, petition)

    with pytest.raises(BeyondOwnRights):
        await acts.mend_dead(by, petition.id, whole)
    assert [] == world.audit.rows


async def test_many_are_a_bulk_run_that_never_replays_what_was_refused_for_its_sender(
    opened: Database,
) -> None:
    forged = dead_letter(b"forged", sender="mallory", wrong_sender=True)
    letters = [forged, dead_letter(b"a"), dead_letter(b"b"), dead_letter(b"c", reason="another")]
    world = World(database=opened)
    await bury(opened, *letters)
    by = operator(world)
    run = await acts.replay_many(by, SettleBody(reason="radicado", why="corregido"))
    bulk = by.stores.bulk
    while await bulk.work(9, world.publisher.replay):
        pass
    done = await bulk.run(run.id)

    assert done is not None
    assert (3, 2, 1, "corregido", "account:ana") == (
        done.chosen,
        done.done,
        done.skipped,
        done.reason,
        done.by,
    )
    assert {b"a", b"b"} == {letter.body for letter in world.publisher.replayed}
    assert [("bulk.replay", f"bulk:{run.id}")] == trace(world)
    assert ["open", "replayed", "replayed", "open"] == [await state_of(opened, one) for one in letters]


async def test_run_of_few_rows_takes_first_what_may_be_replayed(opened: Database) -> None:
    forged = [dead_letter(str(n).encode(), wrong_sender=True) for n in range(3)]
    world = World(database=opened)
    await bury(opened, *forged, dead_letter(b"new"))
    by = operator(world)
    run = await acts.replay_many(by, SettleBody(limit=1))
    await by.stores.bulk.work(9, world.publisher.replay)
    done = await by.stores.bulk.run(run.id)

    assert done is not None
    assert (1, 1) == (done.chosen, done.done)


async def test_discard_of_many_leaves_out_only_what_was_settled_meanwhile(opened: Database) -> None:
    letters = [dead_letter(b"a"), dead_letter(b"b", wrong_sender=True), dead_letter(b"c")]
    world = World(database=opened)
    await bury(opened, *letters)
    by = operator(world)
    run = await acts.discard_many(by, SettleBody())
    await settle(opened, letters[2].id, "replayed")
    late = dead_letter(b"late")
    await bury(opened, late)
    await by.stores.bulk.work(9, world.publisher.replay)
    done = await by.stores.bulk.run(run.id)

    assert done is not None
    assert (2, 1) == (done.done, done.skipped)
    states = [await state_of(opened, one) for one in (*letters, late)]
    assert ["discarded", "discarded", "replayed", "open"] == states
    assert [] == world.publisher.replayed


class NoAudit(MemoryAudit):
    """An audit that is away."""

    async def add(self, note: Note) -> None:  # noqa: ARG002 - the port's signature
        raise StorageUnavailable


@pytest.mark.parametrize("name", ["show", "replay", "mend", "discard", "replay_many", "discard_many"])
async def test_without_its_row_in_the_audit_nothing_is_done(opened: Database, name: str) -> None:
    letter, whole = broken()
    world = World(database=opened)
    world.audit = NoAudit()
    await bury(opened, letter)
    by = operator(world)
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "show": lambda: acts.show_dead(by, letter.id),
        "replay": lambda: acts.replay_dead(by, letter.id),
        "mend": lambda: acts.mend_dead(by, letter.id, whole),
        "discard": lambda: acts.discard_dead(by, letter.id),
        "replay_many": lambda: acts.replay_many(by, SettleBody()),
        "discard_many": lambda: acts.discard_many(by, SettleBody()),
    }

    with pytest.raises(StorageUnavailable):
        await calls[name]()
    assert ("open", []) == (await state_of(opened, letter), world.publisher.replayed)
    assert [] == (await by.stores.bulk.runs(after=None, limit=9)).items


async def test_mark_of_open_letters_differs_once_one_comes_or_is_settled(opened: Database) -> None:
    by, one = operator(World(database=opened)), dead_letter()
    marks = [await acts.open_letters(opened)]
    await bury(opened, one)
    marks.append(await acts.open_letters(opened))
    await acts.discard_dead(by, one.id)

    marks.append(await acts.open_letters(opened))
    assert marks[0] == marks[2] != marks[1]


async def test_programs_list_settle_mend_and_start_runs(opened: Database) -> None:
    letter, whole = broken()
    world = World(database=opened)
    await bury(opened, letter, dead_letter(b"other"))
    one = f"/api/dead/{letter.id}"

    async def post(path: str, body: bytes = b"{}") -> tuple[int, Any]:
        reply = await ask(world, path, method="POST", headers=JSON, body=body)
        return reply.status, reply.json

    listed = (await ask(world, "/api/dead?state=open&reason=radicado")).json["items"]
    status, wrong = await post(f"{one}/mend", letter.body)
    mended = await post(f"{one}/mend", whole)
    late, _ = await post(f"{one}/mend", whole)

    assert {"data.radicado"} == {row["field"] for row in listed}
    assert (422, "/data/radicado") == (status, wrong["errors"][0]["pointer"])
    assert (200, {"id": str(letter.id), "state": "replayed", "changed": True}) == mended
    assert 409 == late
    assert (200, False) == ((done := await post(f"{one}/discard"))[0], done[1]["changed"])
    started, run = await post("/api/dead/discard", b'{"why": "prueba"}')
    assert (201, "discard", 1) == (started, run["kind"], run["chosen"])
    assert 404 == (await post("/api/dead/replay", b'{"reason": "nosuch"}'))[0]


async def test_people_look_mend_and_discard_at_the_page(opened: Database) -> None:
    letter, _ = broken()
    world = World(database=opened)
    await bury(opened, letter)
    one = f"/dead/{letter.id}"
    async with browsing(world) as client:
        own = {hdrs.ORIGIN: str(client.make_url("/")).rstrip("/")}

        async def look(path: str, form: Mapping[str, str] | None = None) -> tuple[int, str, str]:
            method = hdrs.METH_GET if form is None else hdrs.METH_POST
            async with client.request(method, path, data=form, headers=own, allow_redirects=False) as answer:
                return answer.status, answer.headers.get(hdrs.LOCATION, ""), await answer.text()

        titles = (await look("/dead?format=csv"))[2].splitlines()[0]
        page, asked = (await look(one))[2], (await look(f"{one}/discard"))[2]
        still, _, said = await look(f"{one}/mend", {"body": letter.body.decode()})
        as_it_came = (await look(f"{one}/replay"))[2]
        discarded = [(await look(f"{one}/discard", {}))[:2] for _ in range(2)]
        late, _, too_late = await look(f"{one}/mend", {"body": "{}"})
        many = await look("/dead/discard?reason=radicado")

    assert "Llegó;Aviso;Motivo exacto;Campo;De;Veces;Estado;Motivo" in titles.replace('"', "")
    assert "<mark>" in page
    assert f'href="{one}/replay"' in page
    above = page.partition("Detalle técnico")[0]
    assert '<label for="f-data.radicado">Radicado</label>' in above
    assert "data.radicado: required" not in above
    assert "se rechaza otra vez" in as_it_came
    assert "nadie recibe este aviso" in asked
    assert (422, True) == (still, "Todavía no se puede recibir" in said)
    assert [(303, "/dead?done=discard_dead"), (303, f"{one}?done=discard_dead_unchanged")] == discarded
    assert (409, True) == (late, "Alguien lo resolvió" in too_late)
    assert (303, "/bulk/discard?reason=radicado") == many[:2]


async def test_who_works_everywhere_mends_what_is_for_notice_boards_alone(opened: Database) -> None:
    body = json.dumps(example_of("admin.circular.issued", now=datetime.now(UTC), event_id="c-1")).encode()
    named = {"source": SOURCE, "event_id": "c-1"}
    circular = dead_letter(body, **named, event_type="co.coproservicios.admin.circular.issued.v1")
    world = World(database=opened)
    petition, _ = broken()
    await bury(opened, circular, petition)
    by = operator(world, {Scope.READ: None, Scope.OPERATE: None})

    assert [False, True] == [(await acts.show_dead(by, letter.id)).masked for letter in (circular, petition)]
    assert (await acts.view_dead(by, circular.id)).parts
    with pytest.raises(BeyondOwnRights):
        await acts.typed(by, petition.id, {})


async def test_emergency_is_published_by_hand_once_somebody_wrote_where_it_reaches_more_than_fifty(
    opened: Database,
) -> None:
    crowd = [f"p-{number}" for number in range(51)]
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.apply_directory([copropiedad(name="Altos del Rosal"), unit("u-1")])
        await transaction.apply_directory([person(ref) for ref in crowd])
        await transaction.apply_directory([membership(ref, "unit:u-1", "resident") for ref in crowd])
    whole = {
        **example_of("emergency.declared", now=datetime.now(UTC), event_id="fire"),
        "time": (datetime.now(UTC) - timedelta(minutes=50)).isoformat(),
    }
    whole["data"] = {**whole["data"], "copropiedad_id": "ph-1", "kind": ""}
    named = {name: whole[name] for name in ("source", "type")}
    letter = dead_letter(
        json.dumps(whole).encode(),
        event_id="fire",
        source=named["source"],
        event_type=named["type"],
        field="data.kind",
        reason="data.kind: expected at least 1 characters",
    )
    world = World(database=opened)
    await bury(opened, letter)
    one = f"/dead/{letter.id}"
    async with browsing(world) as client:
        own = {hdrs.ORIGIN: str(client.make_url("/")).rstrip("/")}

        async def press(form: Mapping[str, str]) -> tuple[int, str]:
            path = f"{one}/mend"
            async with client.post(path, data=form, headers=own, allow_redirects=False) as answer:
                return answer.status, unescape(await answer.text())

        form = {"data.kind": "incendio", "data.contact": "Portería 601 555 0100"}
        asked = await press(form)
        kept = html_of(asked[1], "body")
        typed = [await press({"body": kept, "sure": "true", "typed": words}) for words in ("", "Altos")]
        before = len(world.publisher.replayed)
        done = await press({"body": kept, "sure": "true", "typed": " altos DEL rosal"})

    assert 200 == asked[0]
    assert "¿Publicar «Emergencia declarada» para 51 personas?" in asked[1]
    assert "Es viejo: pasó hace 50 min" in asked[1]
    assert "residentes (51)" in asked[1]
    assert "Correo 51" in asked[1]
    assert "Escriba «Altos del Rosal» para seguir" in asked[1]
    assert "Avisar a 51 personas" in asked[1]
    assert "Qué pasa" in asked[1].partition("Cambió")[2]
    assert [422, 422] == [status for status, _ in typed]
    assert (0, 303, 1) == (before, done[0], len(world.publisher.replayed))
    assert "incendio" == json.loads(world.publisher.replayed[0].body)["data"]["kind"]


def html_of(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'<input type="hidden" name="{name}" value="(.*?)">\s*<', page, re.DOTALL)
    assert found is not None
    return found[1]


async def test_letter_that_opens_again_keeps_its_sender_until_it_comes_from_another(opened: Database) -> None:
    one = dead_letter(b"x", sender="mallory", wrong_sender=True, reason="source: not hers")
    again = replace(one, sender="crm", wrong_sender=False, reason="data: not JSON")
    await bury(opened, one)
    await bury(opened, again)

    assert one == await find(opened, one.id)
    assert await settle(opened, one.id, "replayed")
    await bury(opened, again)
    assert again == await find(opened, one.id)


@pytest.mark.parametrize(
    ("states", "changes"),
    [
        (("discarded", "replayed", "replayed", "discarded"), [True, True, False, False]),
        (("replayed", "discarded"), [True, False]),
    ],
)
async def test_letter_is_settled_once_but_a_discarded_one_may_be_replayed(
    opened: Database, states: tuple[str, ...], changes: list[bool]
) -> None:
    one = dead_letter()
    await bury(opened, one)

    assert changes == [await settle(opened, one.id, state) for state in states]
    assert not await settle(opened, UUID(int=0), "replayed")


async def test_letter_stays_open_where_it_has_come_again(opened: Database) -> None:
    one = dead_letter()
    await bury(opened, one)
    await bury(opened, one)

    assert not await settle(opened, one.id, "replayed", times=1)
    assert await settle(opened, one.id, "replayed", times=2)
