"""What was typed in a form of a case is there again when the act is refused, with the reason above."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from html import unescape
from typing import Final
from urllib.parse import quote

import pytest
import pytest_asyncio
from aiohttp import hdrs

from hub.consumers.publisher import BrokerPublisher
from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.inbound.replies import read
from hub.model import Event, Reply
from hub.storage import Database, PostgresCases, PostgresIntake, PostgresReplies
from tests.contract.values import clock, event, now, stored
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.guarded_hub import Answer
from tests.integration.test_web_console_casework import example, take_in
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")
PETITION: Final = "/cases/pqrs_id%3Akept-1"
TALK: Final = "/cases/TALK"
WORDS: Final = "Se cambió <el sello> & la llave."
SHORT: Final = "Salgo a vacaciones."
AWAY: Final = "Una parte del centro no responde."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    """A hub with a petition whose legal term runs, a conversation, and a colleague."""
    async with console_hub(servers) as built:
        ref = {"ref": "p-alfa"}
        await take_in(built, example("pqrs.received", pqrs_id="kept-1", radicado="PQ-KEPT", petitioner=ref))
        talk = await wrote(built.database)
        built.more["TALK"] = quote(talk, safe="")
        said = stored(
            event("inbound.message.received", id="kept-2", data={"thread_id": talk.partition(":")[2]}),
            case=talk,
        )
        async with PostgresIntake(built.database).transaction() as transaction:
            await transaction.add_events([said])
            await transaction.save_clocks([clock(talk)])
        luz = await built.registry.account("luz", *built.account.grants, display_name="Luz Mora")
        await built.registry.accounts.set_person(luz.id, "p-beta")
        yield built


async def wrote(database: Database) -> str:
    """Take in a mail of somebody whom the directory does not know; return the key of its conversation."""
    given = Reply(
        channel="email",
        provider="mail",
        reference="kept",
        address="who@x.example",
        text="¿Y el acta?",
        at=now(),
    )
    replies = PostgresReplies(database)
    return f"thread_id:{(await replies.add(read(given, await replies.about(given), now=now()))).thread}"


async def post(hub: ConsoleHub, path: str, **fields: str) -> Answer:
    headers = await hub.cookies_of(hub.account)
    return await hub.hub.send("POST", hub.path(path), headers, fields, at="console")


def typed(page: str, form: str, field: str) -> str:
    """Return what stands in a field of a form of the page."""
    inside = page.partition(f'action="{form}"')[2].partition("</form>")[0]
    before, _, after = inside.partition(f'name="{field}"')
    tag, _, text = after.partition(">")
    is_area = before.rpartition("<")[2].startswith("textarea")
    return unescape(
        text.partition("</textarea>")[0] if is_area else tag.partition('value="')[2].partition('"')[0]
    )


async def test_words_of_a_close_are_there_again_while_the_legal_term_runs(hub: ConsoleHub) -> None:
    answer = await post(hub, f"{PETITION}/close", words=WORDS, form="f-1")
    reason, _, field = answer.text.partition('name="words"')

    assert 409 == answer.status
    assert 'role="alert"' in reason
    assert "Corre el término legal" in reason
    assert WORDS in unescape(field)


@pytest.mark.parametrize(
    ("path", "fields", "says", "kept"),
    [
        (f"{PETITION}/hand-over", {"to": "nadie", "reason": SHORT}, "ya no atiende", {"reason": SHORT}),
        (
            f"{TALK}/file",
            {"radicado": "PQ-KEPT", "kind": "queja", "service_area": "conserjeria", "subject": SHORT},
            "Ya no se puede",
            {"subject": SHORT, "radicado": "PQ-KEPT"},
        ),
        (f"{PETITION}/merge", {"other": "PQ-KEPT"}, "Solo se unen", {"other": "PQ-KEPT"}),
        (f"{PETITION}/snooze", {"until": str(date(2001, 3, 5))}, "Escoja un día", {"until": "2001-03-05"}),
    ],
)
async def test_what_was_typed_in_a_form_of_the_page_is_in_its_place(
    hub: ConsoleHub, path: str, fields: Mapping[str, str], says: str, kept: Mapping[str, str]
) -> None:
    answer = await post(hub, path, **fields)
    alert = answer.text.partition('role="alert"')[2].partition("</p>")[0]

    assert answer.status in {404, 409}
    assert says in unescape(alert)
    assert kept == {name: typed(answer.text, hub.path(path), name) for name in kept}


@pytest.mark.parametrize("act", ["notes", "reply", "hand-over"])
async def test_words_wait_in_their_form_until_the_broker_is_back(
    hub: ConsoleHub, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object, __: Event) -> None:
        raise BrokerUnavailable

    monkeypatch.setattr(BrokerPublisher, "event", away)
    given = {"notes": {"words": f"@luz {WORDS}"}, "hand-over": {"to": "luz", "reason": WORDS}}
    fields = given.get(act, {"words": WORDS})
    answer = await post(hub, f"{PETITION}/{act}", form="token-1", **fields)
    again = await hub.ask(PETITION)

    assert 503 == answer.status
    assert AWAY in unescape(answer.text)
    assert WORDS in unescape(answer.text)
    assert 'name="form" value="token-1"' in answer.text  # the same act, if it was half done
    assert 'name="form" value="token-1"' not in again.text


async def test_words_are_on_the_page_that_refuses_where_their_own_cannot_be_shown(
    hub: ConsoleHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await post(hub, "/cases/pqrs_id%3Anowhere/close", words=WORDS)
    too_long = await post(hub, f"{PETITION}/notes", words=WORDS * 200)
    other_site = await hub.hub.send(
        "POST",
        f"{PETITION}/notes",
        {**await hub.cookies_of(hub.account), hdrs.ORIGIN: "https://evil.example"},
        {"words": WORDS},
        at="console",
    )

    async def away(*_: object, **__: object) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(PostgresCases, "known", away)
    without_database = await post(hub, f"{PETITION}/notes", words=WORDS)

    assert [404, 400, 503] == [one.status for one in (gone, too_long, without_database)]
    for one in (gone, too_long, without_database):
        assert WORDS in unescape(one.text)
        assert "no se guardó" in unescape(one.text)
    assert 403 == other_site.status
    assert WORDS not in unescape(other_site.text)
