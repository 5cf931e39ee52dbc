"""One name of each author, over all acts: in the audit, and in every column of an author."""

import os
from collections.abc import Awaitable, Callable
from getpass import getuser
from typing import Final

import pytest

from hub.model import Grant, Office, Scope
from hub.storage import PostgresAccounts, PostgresKeys, PostgresSecondFactors, PostgresSessions
from tests.command_line import command
from tests.integration.access_table import ROWS
from tests.integration.guarded_hub import ENVIRON, GuardedHub, guarded_hub
from tests.integration.identities import BOOTSTRAP, Identity, Registry
from tests.integration.two_buildings import MARKS

Said = set[tuple[str, str, str]]
"""Table, column, name."""
Door = Callable[[GuardedHub], Awaitable[None]]

_COLUMNS: Final = """
SELECT table_name, column_name FROM information_schema.columns AS found
JOIN pg_class ON relname = table_name AND relkind IN ('r', 'p') AND NOT relispartition
WHERE table_schema = 'public' AND data_type = 'text' AND column_name ~ '(^|_)(by|who|assignee)$'
"""
_COMMANDS: Final = (
    "pause sms",
    "suppressions add nadie@example.com --channel email",
    "suppressions lift nadie@example.com",
    "opt-outs lift nadie@example.com",
    "people do-not-contact p-MARK --reason deceased",
    "people do-not-contact p-MARK --end",
    "people preferences p-MARK --set language=en",
    "person export p-MARK",
    "person rectify p-MARK",
    "person erase p-gone --reason reclamo --yes",
    "posters printed POSTER",
    "posters hung POSTER",
    "letters print --copropiedad ph-MARK --out OUT",
    "bulk stop RUN",
    "dead discard DEAD",
    "replies show REPLY",
    "clocks acknowledge CLOCK",
    "keys create portal --scope read",
    "results on urn:coproservicios:crm",
)
_LEFT_OUT: Final = frozenset({"POST /api/events", "DELETE /api/pauses/{name}"})
"""An event's publisher is not the author of an act; the words of a pause are gone with it."""
_READS: Final = frozenset({"GET /api/replies/{id}"})
"""Questions that change something: staff has read it."""
_LEAST: Final = {
    ("audit", "who"),
    ("suppression", "lifted_by"),
    ("do_not_contact", "by"),
    ("preference", "by"),
    ("poster", "printed_by"),
    ("bulk_run", "ended_by"),
    ("reply_task", "read_by"),
    ("pause", "by"),
}


async def said(hub: GuardedHub) -> Said:
    """Return the values of every column of an author."""
    found: Said = set()
    for place in await hub.database.rows(_COLUMNS):
        table, column = place["table_name"], place["column_name"]
        rows = await hub.database.rows(f'SELECT DISTINCT "{column}" AS who FROM "{table}"')
        found |= {(table, column, row["who"]) for row in rows if row["who"] is not None}
    return found


async def by_key(hub: GuardedHub) -> None:
    _, headers = await _registry(hub).key("crm", *Scope)
    await _over_http(hub, Identity(name="crm", headers=headers))


async def by_session(hub: GuardedHub) -> None:
    registry = _registry(hub)
    account = await registry.account("luz", *(Grant(office=office) for office in Office))
    _, headers = await registry.session(account)
    await _over_http(hub, Identity(name="luz", headers=headers, is_session=True))


async def by_first_key(hub: GuardedHub) -> None:
    await _over_http(hub, BOOTSTRAP)


async def _over_http(hub: GuardedHub, who: Identity) -> None:
    for route, row in ROWS.items():
        if route in _READS or _is_act(route):
            await hub.ask(route, row, who)


def _is_act(route: str) -> bool:
    method, _, path = route.partition(" ")
    return method != "GET" and path.startswith("/api/") and route not in _LEFT_OUT


async def by_command(hub: GuardedHub) -> None:
    servers = {"HUB_DATABASE_URL": hub.database_url, "HUB_AMQP_URL": hub.amqp_url}
    environ = {**ENVIRON, **servers, "PATH": os.environ["PATH"]}
    for line in _COMMANDS:
        asked = hub.buildings[MARKS[0]].put_into(line).replace("OUT", os.devnull)
        assert 0 == (await command(environ, *asked.split())).code, line


def _registry(hub: GuardedHub) -> Registry:
    return Registry(
        accounts=PostgresAccounts(hub.database),
        keys=PostgresKeys(hub.database),
        sessions=PostgresSessions(hub.database),
        factors=PostgresSecondFactors(hub.database),
    )


@pytest.mark.parametrize(
    ("door", "name"),
    [
        (by_key, "key:crm"),
        (by_session, "account:luz"),
        (by_first_key, "HUB_API_KEY"),
        (by_command, f"cli:{getuser()}"),
    ],
    ids=["key", "session", "first key", "command line"],
)
async def test_everything_says_the_same_name(
    amqp_url: str, redis_url: str, database: str, door: Door, name: str
) -> None:
    async with guarded_hub(amqp_url, redis_url, database) as hub:
        before = await said(hub)
        await door(hub)
        new = {one for one in await said(hub) - before if one[2] != "test"}

    assert {name} == {who for _, _, who in new}, new
    assert _LEAST <= {(table, column) for table, column, _ in new}, new
