"""Examples of the pages, commands and calls: each finds something in a hub with the demonstration."""

import asyncio
import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest

from hub.channels.stored_channel import LETTERS, StoredChannel
from hub.cloudevents import CONTENT_TYPE, decode
from hub.local.demo import day_events, directory_events
from hub.model import Event
from hub.storage import Database, PostgresLetters
from tests.command_line import command
from tests.contract.values import letter
from tests.integration.constancias import seal_all
from tests.integration.guarded_hub import GuardedHub, guarded_hub_of
from tests.integration.identities import API_KEY
from tests.integration.test_evidence import ENVIRON, Office
from tests.integration.web_doubles import bury
from tests.unit.factories import DESK
from tests.unit.test_docs import ROOT, prose, text

DOCS: Final = ROOT / "docs"
ELSEWHERE: Final[Mapping[str, str]] = {
    "runbooks.md": "tests/integration/test_runbooks.py",
    "data-protection.md": "tests/integration/test_regulator.py",
    "security.md": "tests/integration/test_broker_rights.py",
}
"""The pages whose commands have a history, and a test, of their own."""
UNTRIED: Final[Mapping[str, str]] = {
    "hub run": "goes on until it is stopped; the tests of tests/acceptance give it",
    "hub deliveries --follow": "goes on until it is stopped; tests/acceptance/test_local_hub.py",
    "hub check": "ends with 1, for this installation is a test's; tests/integration/test_check.py",
    "hub db": "needs a database to lose; tests/integration/test_backup.py",
    "hub template check": "reads all texts, for half a minute; tests/unit/test_template_check.py",
    "hub webhooks test": "calls an address outside; tests/integration/test_cli_webhooks.py",
    "hub people import base.xlsx": "is about the reader's own list; tests/integration/test_cli_people.py",
    "hub publish --type pqrs.received prueba.json": "is about the reader's own copropiedad",
    "hub genuine K7F2M-9QDTX": "is an invented code; tests/integration/test_cli_contacts.py",
    "hub constancia verify": "names a file by its day; tests/integration/test_cli_constancia.py",
    **dict.fromkeys(
        (f"hub communications {act} ID" for act in ("pause", "resume", "cancel", "people", "elsewhere")),
        "the demonstration has sent none; tests/integration/test_communication_pause.py",
    ),
    "hub recalls take-back circular-7": "names an invented event; tests/integration/test_event_recalls.py",
    "/api/inbox?limit=50": "needs a person's token; tests/integration/test_web_inbox.py",
    "curl -X PUT http://127.0.0.1:8080/api/directory/rotas": "names ids of the reader's own staff",
}
NOTHING_YET: Final[Mapping[str, str]] = {
    "hub approvals list": "nothing goes to so many people",
    "hub communications list --state running": "nobody has sent one",
    "hub replies list": "nobody has written back",
    "hub opt-outs list": "nobody has said BAJA",
    "hub suppressions list": "no address is wrong",
    "hub incidents": "nothing is broken",
    "hub deliveries --state held --reason contact_limit": "nobody was asked for money twice in a day",
    "hub redrive --state failed --channel sms --dry-run": "no text was lost",
    "/api/messages?state=held&reason=contact_limit": "nobody was asked for money twice in a day",
}
"""What the demonstration has none of: these say so, and end well."""
FILES: Final[Mapping[str, str]] = {
    "new.toml": '[clocks.first_reply]\ntarget = "16h"\nladder = ["16h", "8h", "8h", "8h"]\n',
    "rne.csv": "dato;canal\n3001234567;sms\n",
    "my-data.json": json.dumps(json.loads((ROOT / "examples/pqrs.received.json").read_text())["data"]),
    "circular.md": "# Lavado del tanque\n\nEl **jueves** no hay agua de 8 a 11.\n",
    "personal.csv": (ROOT / "examples/personal.csv").read_text(encoding="utf-8"),
}
"""What a reader has at hand."""
PLACEHOLDERS: Final[Mapping[str, str]] = {
    "hub dead .*(ID)": "SELECT id FROM dead_letter WHERE state = 'open'",
    ".*(MESSAGE)": "SELECT id FROM message WHERE channel = 'email' AND state = 'sent' LIMIT 1",
    ".*(DIGEST)": "SELECT encode(digest, 'hex') FROM seal ORDER BY number DESC LIMIT 1",
    ".*(BATCH)": "SELECT id FROM print_batch LIMIT 1",
    ".*(LETTER)": "SELECT id FROM letter WHERE person = 'p-elvira-rojas' LIMIT 1",
    ".*(EVENT)": "SELECT id FROM event WHERE id LIKE 'demo-%:pqrs.received:2'",
    ".*(PERSON)": "SELECT 'p-maria-pena'",
}
PUBLISHED: Final = ("pqrs.received", "admin.assembly.convened")
"""The examples that a reader has published before."""
BLOCK: Final = re.compile(r"^( *)```sh\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
NAMED: Final = re.compile(
    r"`((?:scripts/)?hub [^`\n…]*(?:p-maria-pena|ph-altos-del-rosal|altos-t\d)[^`\n…]*)`"
)
"""A command within a sentence, about somebody or something of the demonstration."""

ENDS: Final = re.compile(r"(--expires|--old-ends) \S+")
"""When a key ends: on the page a day of its year, here tomorrow."""
MANY: Final = 70
"""Fewer examples than there are."""
VALUE: Final = r"\w+=(?![A-Z]+\b)[\w.:-]+"
ADDRESS: Final = re.compile(rf"`(?:GET )?(/[a-z/]+\?{VALUE}(?:&{VALUE})*)`")
"""An address within a sentence, with its whole query."""
DOORS: Final = {"http://127.0.0.1:8080": "keyless", "https://hub.example": "guarded"}
KEYS: Final = ("KEY", "PORTAL_KEY")
EMPTY: Final = ("/api/bulk?limit=5",)
"""Calls that find nothing: no bulk run was started."""


def pages() -> list[Path]:
    found = (ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("[eo]*/*.md")))
    return [page for page in found if page.name not in ELSEWHERE]


def examples(page: Path) -> Iterator[str]:
    """Yield calls as they stand, and commands line by line, in the order of the page."""
    for _, block in BLOCK.findall(text(page)):
        if "curl " in block and not block.startswith("#!"):
            yield block.strip()
        else:
            yield from chain.from_iterable(map(commands, block.splitlines()))
    yield from chain.from_iterable(map(commands, NAMED.findall(prose(page))))
    yield from ADDRESS.findall(prose(page))


def commands(line: str) -> Iterator[str]:
    for part in line.strip().split(" ; "):
        words = part.removeprefix("scripts/")
        if words.startswith("hub "):
            yield words.partition("  #")[0].strip()


def reason(example: str, reasons: Mapping[str, str]) -> str | None:
    return next((why for words, why in reasons.items() if example.startswith(words)), None)


async def test_each_example_of_the_pages_finds_something_in_the_demonstration(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shutil.which("curl"), "curl is missing"
    monkeypatch.chdir(tmp_path)
    furnish(tmp_path)
    url = environ["HUB_DATABASE_URL"]
    environ |= {name: ENVIRON[name] for name in ("HUB_SECRET", "HUB_PUBLIC_URL")}
    environ["HUB_WEBHOOK_NETWORKS"] = "127.0.0.0/8"
    async with Database(url) as database:
        await demonstration(database)
        async with guarded_hub_of(environ["HUB_AMQP_URL"], environ["HUB_REDIS_URL"], url) as hub:
            found = {
                example: await outcome(example, environ, database, hub)
                for example in dict.fromkeys(chain.from_iterable(map(examples, pages())))
            }

    faults = [f"{example}\n{fault}" for example, fault in found.items() if fault]
    assert not faults, "\n\n".join(faults)
    assert len(found) > MANY


def test_every_reason_is_about_an_example_that_there_is_and_names_tests_that_there_are() -> None:
    known = [example for page in pages() for example in examples(page)]
    tests = re.findall(r"tests/\S+", " ".join((*UNTRIED.values(), *ELSEWHERE.values())))

    assert [] == [test for test in tests if not (ROOT / test).exists()]

    assert [] == [
        words for words in (*UNTRIED, *NOTHING_YET) if not any(example.startswith(words) for example in known)
    ]


def furnish(folder: Path) -> None:
    (folder / "examples").symlink_to(ROOT / "examples")
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")


async def demonstration(database: Database) -> None:
    """Building and day of the demonstration; examples that the pages publish; an event that was refused."""
    office, now = Office(database), datetime.now(UTC)
    office.clock.advance(now - office.clock())
    letters = StoredChannel(LETTERS, PostgresLetters(database).add)
    office.deps = replace(office.deps, channels={**office.channels, LETTERS.name: letters})
    traits = {name: channel.traits for name, channel in office.deps.channels.items()}
    office.context = replace(DESK, rules=replace(DESK.rules, channels=traits))
    await office.take_in(*directory_events(now), *day_events(now))
    await office.take_in(*(example(name, now) for name in PUBLISHED))
    await office.deliver()
    await bury(database, letter(b'{"data": {}}'))
    await seal_all(database)


def example(name: str, now: datetime) -> Event:
    raw: dict[str, Any] = json.loads((ROOT / f"examples/{name}.json").read_text(encoding="utf-8"))
    return decode(
        json.dumps({**raw, "id": f"example-{name}", "time": now.isoformat()}).encode(), CONTENT_TYPE, {}
    )


async def outcome(example: str, environ: Mapping[str, str], database: Database, hub: GuardedHub) -> str:
    """Give the example; answer what is wrong with it."""
    if reason(example, UNTRIED) is not None:
        return ""
    if example.startswith("/"):
        answer = await hub.send("GET", example, {}, at="keyless")
        is_empty = '"items":[]' in answer.text and reason(example, NOTHING_YET) is None
        return answer.text if answer.status != HTTPStatus.OK or is_empty else ""
    if not example.startswith("hub "):
        return await called(example, hub)
    words = shlex.split(await filled(example, database), comments=True)
    done = await command(environ, *words[1:], text="y\n")
    if done.code:
        return done.err or done.out
    nothing = not done.out.strip() or done.out.startswith("No hay")
    return f"finds nothing: {done.err}" if nothing and reason(example, NOTHING_YET) is None else ""


async def filled(example: str, database: Database) -> str:
    """The command with the names in capitals replaced by what they stand for."""
    for pattern, sql in PLACEHOLDERS.items():
        if found := re.match(rf"{pattern}\b", example):
            values = [str(row[0]) for row in await database.rows(sql)]
            example = example.replace(found[1], values[0] if values else "nothing")
    return ENDS.sub(rf"\1 {datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}", example).replace("…", "")


async def called(script: str, hub: GuardedHub) -> str:
    """Run these lines of a shell against the hub; answer what is wrong with them."""
    for told, door in DOORS.items():
        script = script.replace(told, f"http://{hub.addresses[door]}")
    lines = [line for line in script.splitlines() if not any(commands(line))]
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", "\n".join(lines)),
        env={
            "HUB": f"http://{hub.addresses['guarded']}",
            **dict.fromkeys(KEYS, API_KEY),
            "PATH": "/usr/bin:/bin",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(shell.communicate(), 30)
    known = sum(path in script for path in EMPTY)
    return "" if (0, known) == (shell.returncode, said.count(b'"items":[]')) else said.decode()
