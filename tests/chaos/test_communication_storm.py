"""
A circular to whole buildings while the hub is killed, paused and resumed, and its mail provider goes away.

Judged at the provider's side alone, by its journal. Meanwhile a second reader asks how far the circular has
come, and compares that with the journal.
"""

import asyncio
import json
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import asyncpg
import pytest

from tests.acceptance.harness import HubProcess, until
from tests.chaos.scenario import LEASE, QUICK, Scenario
from tests.providers.journal import read
from tests.unit.paper_documents import pdf_of

EACH: Final = "generate_series(1, $1::int) c, generate_series(1, $2::int) n"
FILL: Final = (
    """INSERT INTO copropiedad (id, version, name)
       SELECT 'ph-' || c, 1, 'Conjunto ' || c FROM generate_series(1, $1::int) c WHERE $2::int > 0""",
    f"""INSERT INTO unit (id, version, copropiedad_id, label)
        SELECT 'u-' || c || '-' || n, 1, 'ph-' || c, n::text FROM {EACH}""",
    f"""INSERT INTO person (id, version, removed, name, locale, digital_access, contact_points)
        SELECT 'p-' || c || '-' || n, 1, false, 'Vecina ' || n, 'es', true, jsonb_build_array(
            jsonb_build_object('id', 'm', 'kind', 'email', 'value', 'p-' || c || '-' || n || '@example.com'))
        FROM {EACH}""",
    f"""INSERT INTO membership (id, version, removed, person_id, scope_kind, scope_id, role)
        SELECT 'm-' || c || '-' || n || role, 1, false, 'p-' || c || '-' || n, 'unit',
               'u-' || c || '-' || n, role
        FROM {EACH}, unnest('{{owner,resident}}'::text[]) role""",
)
ALONE: Final = """
[review]               # one person sends it: who releases it is under test elsewhere
over = 1000000
senior_over = 1000000
"""
WITH_DOCUMENT: Final = """
SELECT count(DISTINCT person) FROM message JOIN attempt ON message_id = message.id
WHERE channel = 'email' AND facts ? 'document'
"""
HELD_AT_MOST: Final = 400
"""Messages that a delivery may have claimed: 4 tickets of up to 100."""
BUSY: Final = aiohttp.ClientTimeout(total=300)
"""The rows of 20,000 people are written within the request."""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]


@dataclass(kw_only=True)
class Circular:
    """The circular as an operator sees it over HTTP, and as its second reader has seen it."""

    trial: Scenario
    people: int
    id: str = ""
    looks: int = 0
    highest: int = 0
    wrong: list[str] = field(default_factory=list)
    mails: Counter[str] = field(default_factory=Counter)
    journal_read: int = 0

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        url = f"http://{self.trial.house.settings['HUB_HTTP']}/api/communications{path}"
        async with aiohttp.ClientSession(timeout=BUSY) as session, session.post(url, json=body) as answer:
            said: dict[str, Any] = await answer.json()
            assert answer.status < 300, said
            return said

    async def show(self) -> dict[str, Any]:
        return await self.trial.ask(f"/api/communications/{self.id}")

    async def send(self, buildings: int) -> None:
        """Write it, add a document, plan it, and send it to the residents and owners of all buildings."""
        to = [f"{who}@copropiedad:ph-{c}" for c in range(1, buildings + 1) for who in ("owners", "residents")]
        words = {"title": "Lavado del tanque", "body_markdown": "El **jueves** lavamos el tanque."}
        self.id = (await self.post("", {"data": words, "to": to}))["id"]
        document = {"version": 1, "file": b64encode(pdf_of("Programa")).decode(), "file_name": "Programa.pdf"}
        await self.post(f"/{self.id}/files", document)
        plan = (await self.post(f"/{self.id}/plan", {}))["plan"]
        while plan["state"] == "making":  # of so many people the timers make it
            await asyncio.sleep(1)
            plan = (await self.show())["plan"]
        assert self.people == plan["shown"]["people"]
        await self.post(f"/{self.id}/send", {"digest": plan["digest"], "typed": f"{buildings} copropiedades"})

    def accepted(self) -> Counter[str]:
        """Return address → mails that the provider has accepted, by its own journal, read on."""
        if (path := self.trial.providers[0]).exists():
            with path.open("rb") as journal:
                journal.seek(self.journal_read)
                lines = journal.read().rpartition(b"\n")[0].splitlines(keepends=True)
            self.journal_read += sum(map(len, lines)) + bool(lines)
            self.mails.update(who for line in lines if (who := json.loads(line).get("who")))
        return self.mails

    async def is_read(self, over: asyncio.Event) -> None:
        """Look again and again; nobody may count as written to whose mail the provider has not accepted."""
        while not over.is_set():
            with suppress(aiohttp.ClientError, AssertionError, TimeoutError):
                progress = (await self.show())["progress"]
                self._compare(progress, accepted=len(self.accepted()))
            await asyncio.sleep(1)  # the reader's own pace

    def _compare(self, progress: dict[str, int], *, accepted: int) -> None:
        told = progress["sent"] + progress["arrived"] + progress["read"]
        everybody = told + sum(progress[of] for of in ("going", "unread", "lost", "unplanned"))
        self.looks, self.highest = self.looks + 1, max(self.highest, told)
        if told > accepted or everybody != self.people:
            self.wrong.append(f"{told} of {everybody} while the provider had {accepted}")

    async def pauses(self) -> None:
        """Pause it, see that nothing more leaves, and let it go on."""
        await self.post(f"/{self.id}/pause", {"reason": "Prueba."})
        await self._stands_still()
        before = sum(self.accepted().values())
        await asyncio.sleep(3)  # nothing happens: that is under test
        assert before == sum(self.accepted().values())
        await self.post(f"/{self.id}/resume", {})

    async def _stands_still(self) -> None:
        """Wait until what was in hand has left, and what a killed hub had in hand was taken back."""
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < LEASE + 3:
            if (now := sum(self.accepted().values())) != seen:
                seen, since = now, time.monotonic()
            await asyncio.sleep(0.3)


@pytest.mark.parametrize(
    ("buildings", "homes", "kills", "pauses"), [(4, 100, 2, 1), (40, 500, 5, 2)], ids=["few", "many"]
)
async def test_each_person_gets_one_circular_whatever_is_killed_paused_or_away(
    trial: Scenario, buildings: int, homes: int, kills: int, pauses: int
) -> None:
    trial.house.policy(f"{QUICK}{ALONE}")
    trial.house.settings |= {
        "HUB_SECRET": "a secret of this test alone",
        "HUB_PUBLIC_URL": "https://hub.example.co",
    }
    await fill(trial.house.database_url, buildings, homes)
    circular, over = Circular(trial=trial, people=buildings * homes), asyncio.Event()
    async with trial.hub() as hub:
        await answers(circular)
        await circular.send(buildings)
        reading = asyncio.create_task(circular.is_read(over))
        blows = mixed(Counter(kill=kills, pause=pauses, away=1))
        for number, blow in enumerate(blows, 1):
            await comes(circular, circular.people * number * 9 // (10 * len(blows)))
            await fall(circular, hub, blow)
        await comes(circular, circular.people)
        await until(lambda: is_done(circular), "the end of it", patience=300)
        over.set()
        await reading
        whole = await circular.show()
    with_document = await count(trial.house.database_url, WITH_DOCUMENT)
    by_person = circular.accepted()
    references = {(one.who, one.reference) for one in read(trial.providers[0])}

    assert circular.people == len(by_person) == len(references)
    # A repeat is a call whose answer a killed hub took with it, with the same Message-ID.
    doubles = sum(by_person.values()) - circular.people
    assert doubles <= kills * HELD_AT_MOST
    assert [] == circular.wrong
    assert circular.people == circular.highest == whole["progress"]["sent"]
    assert buildings == whole["progress"]["planned"]
    assert circular.people == with_document
    print(json.dumps({"people": circular.people, "doubles": doubles, "looks": circular.looks}))  # noqa: T201


def mixed(left: Counter[str]) -> list[str]:
    """Return the blows, each kind in its turn."""
    made = list[str]()
    while left:
        made += list(left)
        left -= Counter(list(left))
    return made


async def fall(circular: Circular, hub: HubProcess, blow: str) -> None:
    """Kill the hub, pause the circular, or take its provider away for a while."""
    if blow == "kill":
        await hub.kill()
        await hub.start()
        await answers(circular)
    elif blow == "pause":
        await circular.pauses()
    else:
        smtp = circular.trial.house.smtp
        port = smtp.port
        await smtp.stop()
        await asyncio.sleep(5)  # away: the absence is the fault
        await smtp.start(port)


async def answers(circular: Circular) -> None:
    async def is_up() -> bool:
        with suppress(aiohttp.ClientError, AssertionError):
            await circular.trial.ask("/api/communications")
            return True
        return False

    await until(is_up, "the hub to answer", patience=120)


async def comes(circular: Circular, number: int) -> None:
    await until(lambda: len(circular.accepted()) >= number, f"mail {number}", patience=600)


async def is_done(circular: Circular) -> bool:
    return bool((await circular.show())["row"]["state"] == "done")


async def count(url: str, asked: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(asked))
    finally:
        await connection.close()


async def fill(url: str, buildings: int, homes: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in FILL:
            await connection.execute(statement, buildings, homes)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
