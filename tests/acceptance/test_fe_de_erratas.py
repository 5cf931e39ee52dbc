"""
A circular is taken back in its middle, and its correction reaches who has it or may have it, and nobody else.

Judged at the mail provider's side alone: by its journal, and by the mails themselves.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from email.message import EmailMessage
from typing import Any, Final

import pytest
import pytest_asyncio

from hub.timers import scheduler
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import Lasting, discreet, lasting
from tests.chaos.test_communication_storm import ALONE, fill
from tests.providers.journal import Journal, read
from tests.providers.smtp_conversation import Behaviour, Conversation
from tests.providers.smtp_manners import accept_then_hang
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

POLICY: Final = f"""{ALONE}
[delivery]
provider_timeout = "1s"
lease_margin = "1s"

[breaker]
open_for = "100ms"
max_open_for = "100ms"

[retry]
email = {{ base = "300ms", cap = "300ms", tries = 1000 }}
"""
HAVE_IT: Final = frozenset(f"p-1-{number}@example.com" for number in (1, 2, 3))
MAY_HAVE_IT: Final = "p-1-4@example.com"
LATER: Final = frozenset(f"p-1-{number}@example.com" for number in (5, 6, 7))
CIRCULAR: Final = {
    "data": {"title": "Lavado del tanque", "body_markdown": "El **jueves** lavamos el tanque."},
    "to": ["residents@copropiedad:ph-1"],
}
RECALL: Final = {
    "reason": "El día estaba mal.",
    "wrong_markdown": "Decía que el lavado es el jueves.",
    "correction_markdown": "El lavado es el **viernes**.",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    def prepared(house: House) -> None:
        house.smtp.notes.journal = Journal(house.folder / "smtp.jsonl")

    folder = tmp_path_factory.mktemp("hub")
    async with lasting(servers, folder, policy=POLICY, prepared=prepared, started=watch_often) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def home(running: Lasting) -> AsyncIterator[Lasting]:
    """That hub, of a building of 7 people, whose provider takes the mails of some, and answers one never."""
    async with discreet(running) as same:
        await fill(same.house.database_url, 1, 7)
        same.house.smtp.on("RCPT", not_yet(LATER))
        same.house.smtp.on("DOT", silent_to(MAY_HAVE_IT))
        yield same


def watch_often() -> None:
    """Let a hub see what became of communications at once."""
    setattr(scheduler, "WATCHED", 0.1)  # noqa: B010 - a constant elsewhere


def not_yet(addresses: Collection[str]) -> Behaviour:
    async def refuse_for_now(conversation: Conversation, line: str) -> bool:
        refused = address_of(line) in addresses
        if refused:
            conversation.wire.reply("451 4.3.2 Try again later")
        return refused

    return refuse_for_now


def silent_to(address: str) -> Behaviour:
    async def hang_after_it(conversation: Conversation, line: str) -> bool:
        return line == address and await accept_then_hang(conversation, line)

    return hang_after_it


def address_of(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


async def post(home: Lasting, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    async with home.api.post(f"/api/communications{path}", json=body) as answer:
        said: dict[str, Any] = await answer.json()
        assert answer.status < 300, said
        return said


async def send(home: Lasting, communication: str) -> None:
    plan = (await post(home, f"/{communication}/plan", {}))["plan"]
    await post(home, f"/{communication}/send", {"digest": plan["digest"]})


async def show(home: Lasting, communication: str) -> dict[str, Any]:
    return await home.ask(f"/api/communications/{communication}")


def accepted(home: Lasting) -> dict[str, set[str]]:
    """Return Message-ID → addresses, by the provider's journal: one has the same at each try."""
    found: dict[str, set[str]] = {}
    for one in read(home.house.folder / "smtp.jsonl"):
        found.setdefault(one.reference, set()).add(one.who)
    return found


def who_has(home: Lasting) -> set[str]:
    return {who for people in accepted(home).values() for who in people}


async def correction_of(home: Lasting, communication: str) -> str:
    found = list[str]()

    async def is_begun() -> bool:
        found[:] = filter(None, [(await show(home, communication))["correction"]])
        return bool(found)

    await until(is_begun, "the correction to be begun")
    return found[0]


async def ends(home: Lasting, communication: str) -> None:
    """Wait until nothing of it is on its way any more."""

    async def is_over() -> bool:
        progress = (await show(home, communication))["progress"]
        return bool(progress and not progress["unplanned"] + progress["going"])

    await until(is_over, "the end of it")


def mails_to(home: Lasting, address: str) -> list[EmailMessage]:
    """Return the different mails to somebody in their order, each once."""
    return list({str(one.message["Message-ID"]): one.message for one in home.mails(address)}.values())


async def test_a_recall_midway_reaches_nobody_after_it_and_corrects_exactly_those_before_and_unknown(
    home: Lasting,
) -> None:
    circular = (await post(home, "", CIRCULAR))["id"]
    await send(home, circular)
    await until(lambda: who_has(home) >= {*HAVE_IT, MAY_HAVE_IT}, "the middle of it")
    await post(home, f"/{circular}/recall", RECALL)
    correction = await correction_of(home, circular)
    wrong = accepted(home)
    home.house.smtp.behave()  # from here on the provider takes all that comes
    await send(home, correction)
    await ends(home, correction)
    new = {reference: who for reference, who in accepted(home).items() if reference not in wrong}

    readers = [*sorted(HAVE_IT), MAY_HAVE_IT]
    assert sorted(readers) == sorted(who for people in wrong.values() for who in people)
    assert sorted(readers) == sorted(who for people in new.values() for who in people)
    for address in readers:
        first, answer = mails_to(home, address)
        assert first["Message-ID"] == answer["In-Reply-To"] == answer["References"]
        assert answer["Subject"].startswith("Corrección: ")
        plain = answer.get_body(("plain",))
        assert plain is not None
        assert RECALL["wrong_markdown"] in plain.get_content()
