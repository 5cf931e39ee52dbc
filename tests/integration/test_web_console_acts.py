"""Bulk actions of each kind and pauses, from the button to the state of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

import pytest

from hub.desk.channels import queries
from hub.model import State
from hub.ports import RESTORED_BY
from hub.storage import PostgresPauses
from hub.testing import MemoryPublisher
from hub.timers.row_work import end_pauses
from tests.contract.stores import open_stores
from tests.contract.values import HOUR, event, message, now, stored
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.console_user import MAIN, click, open_link, press
from tests.integration.test_web_console_bulk import fill_in, work
from tests.servers import Servers

TOGETHER: Final = 3
CANCEL_OLDER: Final = "Cancelar los de antes y seguir"


class BulkWalk(NamedTuple):
    """A list, the link that plans for it, and how its rows end; `settles` is done to one of them before."""

    path: str
    link: str
    button: str
    settles: str
    ended: str


WALKS: Final = {
    "replay": BulkWalk(
        "/dead",
        "Reintentar varios",
        "Reintentar 3 avisos rechazados",
        "UPDATE dead_letter SET state = 'discarded' WHERE id = $1",
        "SELECT count(*) AS n FROM dead_letter WHERE id = ANY ($1) AND state = 'replayed'",
    ),
    "discard": BulkWalk(
        "/dead",
        "Descartar varios",
        "Descartar 3 avisos rechazados",
        "UPDATE dead_letter SET state = 'replayed' WHERE id = $1",
        "SELECT count(*) AS n FROM dead_letter WHERE id = ANY ($1) AND state = 'discarded'",
    ),
    "cancel": BulkWalk(
        "/messages?only=held",
        "Planear la cancelación de estos",
        "Cancelar 3 mensajes",
        "UPDATE message SET state = 'sent', reason = NULL, next_at = NULL WHERE id = $1",
        "SELECT count(*) AS n FROM message WHERE id = ANY ($1) AND state = 'cancelled'",
    ),
    "printed": BulkWalk(
        "/letters?state=batched",
        "Marcar impresas las de esta lista",
        "Marcar como impresas 2 cartas",
        "UPDATE letter SET printed_at = now() WHERE id = $1",
        "SELECT count(*) AS n FROM letter WHERE id = ANY ($1) AND printed_at IS NOT NULL",
    ),
}


async def hold(hub: ConsoleHub, *, count: int = TOGETHER, age: timedelta = timedelta(0)) -> list[UUID]:
    """Let messages of the first building wait for a pause."""
    of = stored(event(id=f"waits-{count}-{age}"), copropiedad_id="ph-alfa", case=None)
    held = [
        message(
            of,
            person=f"p-{number}",
            state=State.HELD,
            reason="paused",
            next_at=now() + HOUR,
            created_at=now() - age,
        )
        for number in range(count)
    ]
    async with open_stores(hub.hub.database_url) as stores:
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([of])
        await stores.add(*held)
    return [one.id for one in held]


async def rows_of(hub: ConsoleHub, kind: str) -> Sequence[UUID]:
    if kind == "cancel":
        return await hold(hub)
    table = "letter" if kind == "printed" else "dead_letter"
    return [row["id"] for row in await hub.database.rows(f"SELECT id FROM {table} ORDER BY id")]


@pytest.mark.parametrize("kind", WALKS)
async def test_bulk_action_is_planned_started_and_reported_with_what_it_skipped(
    browser: Browser, servers: Servers, kind: str
) -> None:
    walk = WALKS[kind]
    async with console_hub(servers) as hub:
        ids = await rows_of(hub, kind)
        await work(hub, batches=2)  # the runs of the town are older
        await hub.sign_in(browser)
        await hub.open(browser, walk.path)
        await open_link(browser, walk.link)
        button = await browser.run("document.querySelector('main form.form button').innerText")
        await fill_in(browser, "Se mandó por error")
        await hub.database.rows(walk.settles, ids[0])
        await work(hub, batches=3)
        done = str(await browser.until(f"{MAIN}.includes('Terminada') && {MAIN}")).replace("\n", " ")
        await open_link(browser, "omitido")
        skipped = await browser.run("document.querySelectorAll('.rows tbody tr').length")
        [ended] = await hub.database.rows(walk.ended, ids[1:])

        assert button == walk.button
        assert f"{len(ids) - 1} {'hechos' if len(ids) > 2 else 'hecho'}" in done
        assert "1 omitido" in done
        assert "0 fallidos" in done
        assert "Ya no estaba así cuando le llegó el turno" in done
        assert "Se mandó por error" in done
        assert skipped == 1
        assert ended["n"] == len(ids) - 1
        assert browser.complaints == []


async def test_one_wrong_notice_is_paused_and_goes_on(browser: Browser, servers: Servers) -> None:
    """The first act of the runbook `A wrong circular went out`."""
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/channels")
        await browser.run(
            "document.querySelector('#pause-event').open = true;"
            "document.querySelector('#pause-event [name=name]').value = 'admin.circular.issued';"
            "document.querySelector('#pause-event [name=reason]').value = 'la fecha está mal';"
            "document.querySelector('#pause-event [name=end]').value = 'never'"
        )
        await click(browser, "#pause-event button")
        paused = await browser.run(MAIN)
        [row] = await queries.pauses(hub.database)
        await hub.open(browser, "/")
        now_page = await browser.run(MAIN)
        await hub.open(browser, "/channels")
        await click(browser, "#events .act button")

        assert "Ese aviso quedó en pausa; los demás salen." in paused
        assert "la fecha está mal" in paused
        assert "por Ana" in paused
        assert (row.subject, row.by) == ("event:admin.circular.issued", "account:Ana")
        assert row.ends_at is None
        assert "En pausa: Circular" in now_page
        assert "Ese aviso sale otra vez." in await browser.run(MAIN)
        assert "" == await browser.run("document.getElementById('events').innerText.trim()")
        assert await PostgresPauses(hub.database).paused() == frozenset()


@pytest.mark.parametrize(
    ("by", "button", "left"),
    [
        (RESTORED_BY, CANCEL_OLDER, {"cancelled", "queued"}),
        (RESTORED_BY, "Seguir con todo", {"queued"}),
        ("account:luis", "Seguir con todo", {"queued"}),
    ],
)
async def test_what_is_older_than_the_pause_of_a_restored_hub_is_cancelled_only_if_asked(
    browser: Browser, servers: Servers, by: str, button: str, left: set[str]
) -> None:
    async with console_hub(servers) as hub:
        # The runs of the town would queue older messages after the plan: the pause would stand.
        await hub.database.rows("DELETE FROM bulk_run")
        await queries.pause(hub.database, "all", by=by, reason="copia de las 3:00")
        older, newer = await hold(hub, age=HOUR), await hold(hub, age=-HOUR)
        await hub.sign_in(browser)
        await hub.open(browser, "/channels")
        said = await browser.run(MAIN)
        await press(browser, button)
        done = await browser.run(MAIN)
        if button == CANCEL_OLDER:
            await work(hub, batches=3)
            done += str(await browser.until(f"{MAIN}.includes('Terminada') && {MAIN}"))
            pauses = PostgresPauses(hub.database)
            await end_pauses(pauses, MemoryPublisher(), settle=0)
        states = {row["id"]: row["state"] for row in await hub.database.rows("SELECT id, state FROM message")}

        assert "Todo está en pausa" in said
        assert "copia de las 3:00" in said
        assert f"{TOGETHER} son de antes de la pausa" in said
        assert (CANCEL_OLDER in said) is (by == RESTORED_BY)
        assert {states[one] for one in older} | {states[one] for one in newer} == left
        assert {states[one] for one in newer} == {"queued"}
        goes_on = "Todo sigue: lo que esperaba va saliendo."
        assert ("de antes de la copia: sí" if button == CANCEL_OLDER else goes_on) in done
        assert await PostgresPauses(hub.database).paused() == frozenset()
