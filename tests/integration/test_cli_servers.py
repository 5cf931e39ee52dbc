"""The `hub` command against real servers: in this process, or in a new one where that matters."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from hub.catalog import BY_NAME
from hub.cloudevents.schemas import Schemas
from hub.model import ClockState, State
from hub.storage import Database, PostgresDelivery, PostgresIntake, PostgresLog
from tests.command_line import hub
from tests.contract.stores import stores_in
from tests.contract.values import HOUR, NOON, clock, event, letter, message, stored

ROOT = Path(__file__).parents[2]


async def start(environ: Mapping[str, str], *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=environ,
    )


async def hub_process(environ: Mapping[str, str], *arguments: str, text: str = "") -> tuple[int, Any, str]:
    """Run the same in a new process, as a user does."""
    process = await start(environ, *arguments, "--json")
    out, err = await asyncio.wait_for(process.communicate(text.encode()), 60)
    return process.returncode or 0, json.loads(out or "null"), err.decode()


async def test_what_is_published_waits_in_its_lane(environ: dict[str, str]) -> None:
    data = json.dumps(Schemas.load().by_name["pqrs.received"].examples[0])

    code, answer, _ = await hub_process(environ, "publish", "--type", "pqrs.received", "-", text=data)
    _, checked, _ = await hub_process(environ, "check")

    assert (code, answer["accepted"], answer["refused"]) == (0, 1, [])
    assert answer["events"][0]["type"] == BY_NAME["pqrs.received"].type
    whats = [finding["what"] for finding in checked["items"]]
    assert "1 mensaje en cola, y nadie atiende hub.events.normal." in whats


async def test_dead_letters_are_listed_shown_replayed_and_discarded(
    environ: dict[str, str], opened: Database
) -> None:
    one, other, nobody = letter(b"{ one"), letter(b"{ other"), uuid4()
    await stores_in(opened).add_dead_letters(one, other)

    _, listed, _ = await hub(environ, "dead", "list")
    _, shown, _ = await hub(environ, "dead", "show", str(one.id))
    _, discarded, _ = await hub(environ, "dead", "discard", str(other.id))
    _, replayed, _ = await hub(environ, "dead", "replay", str(one.id))
    missing, _, complaint = await hub_process(environ, "dead", "show", str(nobody))
    counts = await PostgresLog(opened).counts()

    assert {row["id"] for row in listed["items"]} == {str(one.id), str(other.id)}
    assert shown["body"] == "{ one"
    assert discarded["items"] == [{"id": str(other.id), "state": "discarded", "changed": True}]
    assert replayed["items"] == [{"id": str(one.id), "state": "replayed", "changed": True}]
    assert (missing, complaint) == (1, "Error: There is no dead letter with this id.\n")
    assert counts["dead"] == {"discarded": 1, "replayed": 1}


async def test_deliveries_are_narrowed_and_followed_a_line_each(
    environ: dict[str, str], opened: Database
) -> None:
    of = stored(event(id="evt-7"))
    await stores_in(opened).add_events(of)
    store = PostgresDelivery(opened)
    held = message(of, contact_id="c", state=State.HELD, reason="contact_limit", next_at=NOON)
    await store.add_messages([message(of), message(of, channel="sms"), held])

    _, narrowed, _ = await hub(environ, "deliveries", "--event-id", "evt-7", "--channel", "sms")
    _, waiting, _ = await hub(environ, "deliveries", "--state", "held", "--reason", "contact_l")
    following = await start(environ, "deliveries", "--follow", "--json")
    assert following.stdout is not None
    lines = [json.loads(await asyncio.wait_for(following.stdout.readline(), 60)) for _ in range(3)]
    await store.add_messages([message(of, channel="push")])
    lines.append(json.loads(await asyncio.wait_for(following.stdout.readline(), 60)))
    following.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(following.communicate(), 60)

    assert [row["channel"] for row in narrowed["items"]] == ["sms"]
    assert [row["reason"] for row in waiting["items"]] == ["contact_limit"]
    assert lines[3]["channel"] == "push"
    assert (following.returncode, err) == (0, b"")


async def test_clocks_come_from_sql_while_redis_has_none(environ: dict[str, str]) -> None:
    code, answer, _ = await hub(environ, "clocks", "--state", "open")

    assert (code, answer) == (0, {"items": [], "next": None, "source": "sql"})


async def test_a_clock_is_shown_with_its_steps_and_the_look_is_noted(
    environ: dict[str, str], opened: Database
) -> None:
    one, nobody = clock(), uuid4()
    await stores_in(opened).save_clocks(one)
    code, answer, _ = await hub(environ, "clocks", "show", str(one.id))
    _, notes, _ = await hub(environ, "audit")
    missing, _, complaint = await hub(environ, "clocks", "show", str(nobody))

    assert (code, answer["id"]) == (0, str(one.id))
    assert ["at_risk:1", "breach:1", "escalate:2"] == [step["key"] for step in answer["steps"]]
    assert ("clock.show", f"clock:{one.id}") == (notes["items"][0]["action"], notes["items"][0]["subject"])
    assert (1, f"Error: there is no clock {nobody}\n") == (missing, complaint)


async def test_indicators_of_a_month_are_shown(environ: dict[str, str], opened: Database) -> None:
    met = clock(state=ClockState.MET, ended_at=NOON + 3 * HOUR)
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.save_clocks([met])
        renewed = event("contract.renewed", data={"contract_id": "SRV-1", "service_area": "aseo"})
        await transaction.add_events(
            [stored(renewed, case="services.contract_id:SRV-1", copropiedad_id="ph-1")]
        )
    code, answer, _ = await hub(environ, "indicators", "--period", "2026-03", "--copropiedad", "ph-1")
    wrong, _, complaint = await hub(environ, "indicators", "--period", "marzo")

    assert (0, "2026-03-01", "2026-03-31") == (code, answer["from"], answer["to"])
    # This promise counts all hours, not only business hours.
    assert [(1, 1.0, 3.0)] == [
        (promise["met"], promise["share_met"], promise["mean_hours"]) for promise in answer["promises"]
    ]
    assert {"area": "aseo", "copropiedad": "ph-1", "renewed": 1, "ended": 0, "share": 1.0} == (
        answer["renewals"]["by"][0]
    )
    assert 2 == wrong
    assert "no es un período" in complaint


async def test_schema_status_is_shown(environ: dict[str, str]) -> None:
    code, answer, _ = await hub(environ, "db", "status")
    empty = f"{environ['HUB_DATABASE_URL'].rpartition('/')[0]}/postgres"
    missing, other, _ = await hub({**environ, "HUB_DATABASE_URL": empty}, "db", "status")

    assert (code, answer["current"]) == (0, True)
    assert (missing, other["revision"]) == (1, None)


async def test_the_web_role_serves_until_sigterm_and_then_ends_well(environ: dict[str, str]) -> None:
    process = await start(environ, "run", "web")
    try:
        ready = await _ready(f"http://{environ['HUB_HTTP']}/health/ready", process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        _, err = await asyncio.wait_for(process.communicate(), 60)

    assert ready == {"rabbitmq": "ok", "redis": "ok", "postgresql": "ok", "clock": "ok"}
    assert process.returncode == 0, err.decode()


async def _ready(url: str, process: asyncio.subprocess.Process) -> Any:
    """Poll until it answers 200, the process ends, or a minute has passed."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return (await answer.json())["servers"]
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    return None
