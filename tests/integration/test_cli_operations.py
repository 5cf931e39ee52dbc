"""Operators' actions, as commands against real servers."""

import asyncio
import json
from typing import Any
from uuid import uuid4

from hub.model import Lane, Message, State
from hub.storage import Database, PostgresBulk, PostgresDelivery, PostgresLetters
from hub.tasks import cancel
from hub.testing import MemoryPublisher
from tests.command_line import command, hub
from tests.contract.stores import stores_in
from tests.contract.test_bulk_store import run_of
from tests.contract.values import HOUR, letter, message, now, stored
from tests.integration.test_web_posters import announced, works
from tests.integration.web_doubles import bury, event
from tests.providers.samples import outgoing

RADICADO = "data.radicado: required"
COUNTS = ("chosen", "done", "skipped")


async def keep(database: Database, *messages: dict[str, Any]) -> list[Message]:
    of = stored()
    await stores_in(database).add_events(of)
    made = [message(of, **fields) for fields in messages]
    await PostgresDelivery(database).add_messages(made)
    return made


async def test_a_channel_is_paused_listed_and_resumed(environ: dict[str, str], opened: Database) -> None:
    held = {"channel": "sms", "state": State.HELD, "reason": "paused", "next_at": now() + HOUR}
    await keep(opened, {**held, "lane": Lane.URGENT})
    # The first publisher declares the queues that the list reads.
    await hub(environ, "publish", "--type", "pqrs.received", "-", text="{}")

    _, paused, _ = await hub(environ, "pause", "sms", "--reason", "envía doble")
    _, again, _ = await hub(environ, "channel", "pause", "sms")
    _, listed, _ = await hub(environ, "channel", "list")
    _, pauses, _ = await hub(environ, "pause")
    _, resumed, _ = await hub(environ, "resume", "sms")
    _, gone, _ = await hub(environ, "channel", "resume", "sms")

    [sms] = [row for row in listed["items"] if row["name"] == "sms"]
    assert paused == {"subject": "channel:sms", "changed": True, "urgent": 1}
    assert again["changed"] is False
    assert [(row["subject"], row["reason"]) for row in pauses["items"]] == [("channel:sms", "envía doble")]
    assert (sms["paused"]["reason"], sms["held"], sms["urgent"]) == ("envía doble", 1, 1)
    assert (resumed["changed"], resumed["released"], resumed["more"]) == (True, 1, False)
    assert (gone["changed"], gone["released"]) == (False, 0)


async def test_unknown_channel_or_event_is_refused(environ: dict[str, str]) -> None:
    for words in (
        ("pause", "pqrs.recived"),
        ("redrive", "--state", "failed", "--event", "pqrs.recived"),
        ("deliveries", "--event", "pqrs.recived"),
    ):
        code, _, complaint = await hub(environ, *words)

        assert code == 2
        assert "pqrs.received" in complaint


async def test_lost_messages_go_again_by_a_run_that_the_command_follows(
    environ: dict[str, str], opened: Database
) -> None:
    failed = {"state": State.FAILED, "reason": "smtp_550_5.1.1"}
    narrowed = ("redrive", "--state", "failed", "--reason", "smtp_550", "--since", "2026-01-01T00:00")
    await keep(opened, failed, {**failed, "person": "p-2", "address": ""})
    timers = asyncio.create_task(_work(opened, MemoryPublisher()))

    _, planned, _ = await hub(environ, *narrowed, "--dry-run")
    declined = await command(environ, *narrowed, text="n\n")
    _, run, complaint = await hub(environ, *narrowed, "--yes", "--why", "corregido")
    await cancel(timers)
    code, nothing, _ = await hub(environ, *narrowed)
    _, noted, _ = await hub(environ, "audit")

    assert (2, 1) == (planned["found"], planned["goes"])
    assert (0, 0) == (declined.code, code)
    assert "resend 1?" in declined.err
    assert ("done", "corregido", 2, 1, 1) == tuple(run[n] for n in ("state", "reason", *COUNTS))
    assert "1 left out: no_contact" in complaint
    assert (1, 0) == (nothing["found"], nothing["goes"])
    assert [{"chosen": 2, "also_told": False}] == [row["detail"] for row in noted["items"]]


async def test_who_was_reached_goes_again_where_it_is_asked_for(
    environ: dict[str, str], opened: Database
) -> None:
    failed = {"state": State.FAILED, "reason": "timeout"}
    sent = {"state": State.SENT, "channel": "sms", "contact_id": "cp-phone"}
    narrowed = ("redrive", "--state", "failed", "--yes")
    await keep(opened, failed, sent)
    timers = asyncio.create_task(_work(opened, MemoryPublisher()))

    _, nothing, _ = await hub(environ, *narrowed)
    _, run, _ = await hub(environ, *narrowed, "--also-told")
    await cancel(timers)

    assert [("told", 1)] == [(row["reason"], row["count"]) for row in nothing["skipped"]]
    assert ("done", 1) == (run["state"], run["done"])


async def test_waiting_messages_are_planned_then_cancelled_and_the_audit_says_why(
    environ: dict[str, str], opened: Database
) -> None:
    held = {"state": State.HELD, "reason": "throttled"}
    narrowed = ("cancel", "--state", "held", "--why", "wrong")
    await keep(opened, held, {**held, "person": "p-2"}, {**held, "person": "p-3"})

    _, planned, _ = await hub(environ, *narrowed, "--dry-run", "--limit", "2")
    _, started, _ = await hub(environ, *narrowed, "--yes", "--no-wait", "--limit", "2")
    await PostgresBulk(opened).work(9, MemoryPublisher().replay)
    _, left, _ = await hub(environ, *narrowed, "--dry-run")
    _, noted, _ = await hub(environ, "audit")

    assert (2, True) == (planned["goes"], planned["more"])
    assert ("running", "cancel", "wrong", 2) == tuple(
        started[n] for n in ("state", "kind", "reason", "chosen")
    )
    assert (1, False) == (left["goes"], left["more"])
    assert [("bulk.cancel", {"chosen": 2, "why": "wrong"})] == [
        (row["action"], row["detail"]) for row in noted["items"]
    ]


async def test_one_message_is_cancelled_or_goes_again_by_its_id_at_once(
    environ: dict[str, str], opened: Database
) -> None:
    held, failed = {"state": State.HELD, "reason": "throttled"}, {"state": State.FAILED, "reason": "timeout"}
    waits, lost = [str(one.id) for one in await keep(opened, held, {**failed, "person": "p-2"})]
    stop = ("cancel", "--state", "held", "--why", "asked", "--id", waits)
    again = ("redrive", "--state", "failed", "--id", lost)

    _, planned, _ = await hub(environ, *stop, "--dry-run")
    _, stopped, _ = await hub(environ, *stop)
    _, gone, _ = await hub(environ, *again)
    _, nothing, _ = await hub(environ, *again)
    _, noted, _ = await hub(environ, "audit")

    assert (1, 0) == (planned["goes"], nothing["found"])
    assert {"id": waits, "changed": True} == stopped
    assert {"id": lost, "verdict": "taken"} == gone
    assert [
        ("redrive", f"message:{lost}", {"also_told": False}),
        ("cancel", f"message:{waits}", {"why": "asked"}),
    ] == [(row["action"], row["subject"], row["detail"]) for row in noted["items"]]


async def test_dead_letters_of_a_reason_are_a_run_that_the_command_follows(
    environ: dict[str, str], opened: Database
) -> None:
    forged = letter(b"{ forged", reason=RADICADO, sender="mallory", wrong_sender=True)
    narrowed = ("--reason", "radicado", "--yes", "--why", "corregido")
    await bury(opened, letter(b"{ one", reason=RADICADO), letter(b"{ other"), forged)
    publisher = MemoryPublisher()
    timers = asyncio.create_task(_work(opened, publisher))
    code, run, complaint = await hub(environ, "dead", "replay", *narrowed)
    await cancel(timers)
    _, left, _ = await hub(environ, "dead", "list")
    _, nothing, _ = await hub(environ, "dead", "replay", *narrowed)
    _, one, _ = await hub(environ, "dead", "replay", str(forged.id))
    _, started, _ = await hub(environ, "dead", "discard", "--all", "--yes", "--no-wait")
    wrong, _, _ = await hub(environ, "dead", "replay")

    assert (0, 2) == (code, wrong)
    assert ("done", "corregido", 2, 1, 1) == tuple(run[n] for n in ("state", "reason", *COUNTS))
    assert [b"{ one"] == [one.body for one in publisher.replayed]
    assert "1 left out: wrong_sender" in complaint
    assert {RADICADO, "not JSON"} == {row["reason"] for row in left["items"]}
    assert (1, 0) == (nothing["found"], nothing["goes"])
    assert [True] == [item["changed"] for item in one["items"]]
    assert ("running", "discard", 1) == (started["state"], started["kind"], started["chosen"])


async def _work(database: Database, publisher: MemoryPublisher) -> None:
    """Work as the timers do, for as long as a command waits for it."""
    while True:
        await PostgresBulk(database).work(9, publisher.replay)
        await asyncio.sleep(0.1)


async def test_dead_letter_is_mended_once(environ: dict[str, str], opened: Database) -> None:
    whole = json.dumps(event(id="evt-1"))
    named = {"event_id": "evt-1", "source": "urn:coproservicios:crm"}
    broken = letter(b'{"data": {}}', **named, event_type="co.coproservicios.pqrs.received.v1")
    await bury(opened, broken)

    wrong, _, why = await hub(environ, "dead", "mend", str(broken.id), "-", text="{}")
    _, mended, _ = await hub(environ, "dead", "mend", str(broken.id), "-", text=whole)
    late, _, too_late = await hub(environ, "dead", "mend", str(broken.id), "-", text=whole)
    _, noted, _ = await hub(environ, "audit")

    assert (wrong, late) == (1, 1)
    assert "specversion" in why
    assert "only an open one" in too_late
    assert [item["changed"] for item in mended["items"]] == [True]
    assert ["dead.mend"] == [row["action"] for row in noted["items"]]


async def test_a_letter_is_listed_shown_and_handed_over(
    environ: dict[str, str], opened: Database, tmp_path: Any
) -> None:
    page = tmp_path / "carta.html"
    [one] = await keep(opened, {"channel": "print", "state": State.SENT})
    await PostgresLetters(opened).add([outgoing("print", id=one.id)])

    _, listed, _ = await hub(environ, "letters", "list", "--open")
    _, shown, _ = await hub(environ, "letters", "show", str(one.id), "--html", str(page))
    _, done, _ = await hub(environ, "letters", "done", str(one.id))
    _, after, _ = await hub(environ, "letters", "list", "--open")

    assert [row["id"] for row in listed["items"]] == [str(one.id)]
    assert page.read_text() == shown["html"]
    assert done["items"] == [{"id": str(one.id), "changed": True}]
    assert after["items"] == []


async def test_bulk_action_is_listed_shown_and_stopped(environ: dict[str, str], opened: Database) -> None:
    run = run_of(2)
    await PostgresBulk(opened).start(run, [uuid4(), uuid4()])
    _, listed, _ = await hub(environ, "bulk", "list")
    stops = [(await hub(environ, "bulk", "stop", str(run.id)))[1]["changed"] for _ in range(2)]
    _, shown, _ = await hub(environ, "bulk", "show", str(run.id))
    unknown, _, error = await hub(environ, "bulk", "show", str(uuid4()))

    assert [row["id"] for row in listed["items"]] == [str(run.id)]
    assert stops == [True, False]
    assert (shown["state"], shown["ended_by"][:4]) == ("cancelled", "cli:")
    assert unknown == 1
    assert "bulk run" in error


async def test_the_list_goes_on_where_its_page_ended(environ: dict[str, str], opened: Database) -> None:
    posters = [await announced(opened, works()) for _ in range(3)]
    _, first, _ = await hub(environ, "posters", "list", "--limit", "2")
    _, rest, _ = await hub(environ, "posters", "list", "--after", first["next"])

    assert {str(poster) for poster in posters} == {row["id"] for row in (*first["items"], *rest["items"])}
    assert (2, 1, None) == (len(first["items"]), len(rest["items"]), rest["next"])
