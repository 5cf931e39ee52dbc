"""`--json` of a command is the answer of the API: the same value, for the same rows of one hub."""

import json
import os
from collections.abc import Mapping
from getpass import getuser
from typing import Any, Final

from tests.command_line import command
from tests.integration.guarded_hub import ENVIRON, GuardedHub, guarded_hub
from tests.integration.identities import API_KEY
from tests.integration.two_buildings import MARKS

PAIRS: Final = {
    "accounts list": "/api/accounts",
    "audit --limit 3": "/api/audit?limit=3",
    "bulk list": "/api/bulk",
    "bulk show RUN": "/api/bulk/RUN",
    "case pqrs_id:CASE-MARK": "/api/cases/pqrs_id:CASE-MARK",
    "channel list": "/api/channels",
    "clocks": "/api/clocks",
    "clocks show CLOCK": "/api/clocks/CLOCK",
    "dead list": "/api/dead",
    "dead show DEAD": "/api/dead/DEAD",
    "deliveries": "/api/messages?limit=50",
    "evidence show MAIL": "/api/messages/MAIL/evidence",
    "exclusions show": "/api/exclusions",
    "explain sent-MARK p-MARK": "/api/explain?event=sent-MARK&person=p-MARK",
    "genuine SIGNS": "/api/genuine/SIGNS",
    "incidents": "/api/incidents",
    "indicators": "/api/indicators",
    "keys list": "/api/keys",
    "letters batches": "/api/letters/batches",
    "letters buildings": "/api/letters/buildings",
    "letters list": "/api/letters",
    "letters show MESSAGE": "/api/letters/MESSAGE",
    "now": "/api/now",
    "pause": "/api/pauses",
    "people do-not-contact p-MARK": "/api/people/p-MARK/do-not-contact",
    "people audience residents@copropiedad:ph-MARK": "/api/audience?who=residents@copropiedad:ph-MARK",
    "people who resident --copropiedad ph-MARK": "/api/people?role=resident&copropiedad=ph-MARK",
    "people preferences p-MARK": "/api/people/p-MARK/preferences",
    "people show p-MARK": "/api/people/p-MARK",
    "people show p-MARK --whole": "/api/people/p-MARK?whole=true",
    "posters list": "/api/posters",
    "posters show POSTER": "/api/posters/POSTER",
    "registrations list": "/api/registrations",
    "registrations show REGISTERED": "/api/registrations/REGISTERED",
    "replies list": "/api/replies",
    "replies show REPLY": "/api/replies/REPLY",
    "results list": "/api/results",
    "search MARK": "/api/search?q=MARK",
    "suppressions list": "/api/suppressions",
    "suppressions show GONE": "/api/suppressions/GONE",
    "suppressions show GONE --whole": "/api/suppressions/GONE?whole=true",
    "webhooks list": "/api/webhooks",
}
"""Command → path of the API. Words in capitals are ids of the first building."""


_MARK: Final = ("people", "do-not-contact", f"p-{MARKS[0]}", "--reason", "contested_account")


async def said_by_both(hub: GuardedHub, environ: Mapping[str, str], line: str, path: str) -> tuple[Any, Any]:
    """Return the output of the command, and the answer of the API."""
    building = hub.buildings[MARKS[0]]
    done = await command(environ, *building.put_into(line).split(), "--json")
    said = await hub.send("GET", building.put_into(path), {"Authorization": f"Bearer {API_KEY}"})
    return read(done.out or json.dumps(done.err)), read(said.text)


def read(text: str) -> Any:
    """Read an answer without the seconds that are left: between two questions one may pass."""
    return json.loads(
        text, object_hook=lambda has: {name: value for name, value in has.items() if name != "left"}
    )


async def test_command_prints_what_the_api_answers(amqp_url: str, redis_url: str, database: str) -> None:
    servers = {"HUB_AMQP_URL": amqp_url, "HUB_REDIS_URL": redis_url, "HUB_DATABASE_URL": database}
    environ = {"PATH": os.environ["PATH"], **ENVIRON, **servers}
    async with guarded_hub(amqp_url, redis_url, database) as hub:
        await command(environ, *_MARK)
        # The first reader changes it: from then on somebody has read it.
        await said_by_both(hub, environ, "replies show REPLY", "/api/replies/REPLY")
        both = {line: await said_by_both(hub, environ, line, path) for line, path in PAIRS.items()}

    assert {} == {line: (cli, api) for line, (cli, api) in both.items() if cli != api or "detail" in api}


async def test_staff_has_read_a_reply_that_the_command_shows(
    amqp_url: str, redis_url: str, database: str
) -> None:
    servers = {"HUB_AMQP_URL": amqp_url, "HUB_REDIS_URL": redis_url, "HUB_DATABASE_URL": database}
    environ = {"PATH": os.environ["PATH"], **ENVIRON, **servers}
    async with guarded_hub(amqp_url, redis_url, database) as hub:
        reply = str(hub.buildings[MARKS[0]].ids["REPLY"])
        [before] = await hub.database.rows("SELECT count(*) AS n FROM reply_task WHERE read_at IS NOT NULL")
        await command(environ, "replies", "show", reply)
        tasks = await hub.database.rows("SELECT reply_id, read_by FROM reply_task WHERE read_at IS NOT NULL")

    assert (0, [(reply, f"cli:{getuser()}")]) == (
        before["n"],
        [(str(row["reply_id"]), row["read_by"]) for row in tasks],
    )
