"""`hub secrets`: the keys of HUB_SECRET, what still needs each of them, and generating a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final

import typer

from hub.access.keyring import KeyRing
from hub.channels.sms.hooks import Addresses
from hub.channels.sms.spec_loader import panels, read_hooks
from hub.doors.terminal import AsJson, Columns, print_json, print_list, settings, warn
from hub.errors import HubError
from hub.settings import Settings
from hub.storage import Database, PostgresSecrets
from hub.storage.secrets import UnderWay

app = typer.Typer(no_args_is_help=True)


def _number(count: int | None) -> str:
    return "?" if count is None else str(count)


_KEYS: Final[Columns] = {
    "place": "place",
    "id": "id",
    "does": lambda key: "signs and verifies" if key["signs"] else "verifies",
    "documents": lambda key: _number(key["documents"]),
    "second factors": lambda key: _number(key["factors"]),
}
_HOOKS: Final[Columns] = {
    "provider": "provider",
    "for": "use",
    "address": "address",
}
_OCTETS: Final = 32
_WHERE: Final = """It is shown once, and stored nowhere.
Put it first in HUB_SECRET, in all processes:
  HUB_SECRET="NEW OLD"
The first one signs, all verify. When the old one may go: `hub secrets list`."""


@app.command()
def new() -> None:
    """Generate a strong secret and print it once; the hub does not store it."""
    typer.echo(token_hex(_OCTETS))
    warn(_WHERE)


@app.command("list")
async def list_keys(as_json: AsJson = False) -> None:
    """List the keys by their ids, which are not secret, and what removing a key would break."""
    usage = await _usage(settings())
    if as_json:
        print_json(usage)
        return
    rows = [{"place": place, **key} for place, key in enumerate(usage["keys"], start=1)]
    print_list(rows, _KEYS, as_json=False)
    for line in _needs(usage):
        typer.echo(line)


async def _usage(given: Settings) -> dict[str, Any]:
    ids = KeyRing(given.secrets).ids
    documents, factors, webhooks, under_way = await _read_usage(given)
    return {
        "keys": [
            {
                "id": key,
                "signs": place == 0,
                "documents": documents.get(key, 0) if under_way else None,
                "factors": factors.get(key, 0) if under_way else None,
            }
            for place, key in enumerate(ids)
        ],
        "documents_lost": sum(people for key, people in documents.items() if key not in ids),
        "factors_lost": sum(count for key, count in factors.items() if key not in ids),
        "webhooks": sum(number for key, number in webhooks.items() if key not in ids[:1]),
        "mails": under_way.mails if under_way and given.mail_domain else None,
        "texts": under_way.texts if under_way else None,
        "panels": sorted({row["provider"] for row in _hooks(given)}),
    }


async def _read_usage(
    given: Settings,
) -> tuple[Mapping[str, int], Mapping[str, int], Mapping[str, int], UnderWay | None]:
    """
    Return key id → people, key id → second factors, key id → webhooks, and recent signed messages.

    Nothing is known if PostgreSQL does not answer: ({}, {}, {}, None).
    """
    try:
        async with Database(given.database_url.reveal(), size=1) as database:
            store = PostgresSecrets(database)
            counts = await store.documents(), await store.factors(), await store.webhooks()
            return *counts, await store.under_way(datetime.now(UTC))
    except HubError:
        return {}, {}, {}, None


def _needs(usage: Mapping[str, Any]) -> Iterator[str]:
    """Yield the links and rows that still depend on a key: its removal would break them."""
    if usage["texts"] is None:
        yield "Without PostgreSQL nobody knows what still needs each key."
    if usage["documents_lost"]:
        yield f"{usage['documents_lost']} people have their document under a key that is gone."
    if usage["factors_lost"]:
        yield (
            f"{usage['factors_lost']} second factors are under a key that is gone: a recovery code opens "
            "instead, and they enrol another one."
        )
    if usage["webhooks"]:
        yield f"{usage['webhooks']} webhooks have a secret under another key: `hub webhooks rotate`."
    if usage["mails"]:
        yield f"{usage['mails']} mails of the last 30 days: their bounces and replies are signed."
    if usage["texts"]:
        yield f"{usage['texts']} texts of the last 3 days wait for their receipt, which is signed."
    for name in usage["panels"]:
        yield f"The panel of {name} has a signed address: `hub secrets hooks`."
    yield "Documents move to the first key with the next import; a second factor, when it is used."
    yield 'Whether a key still verifies anything: hub_signature_verified_total{key="ID"} at /metrics.'


@app.command()
def hooks(as_json: AsJson = False) -> None:
    """Print the signed addresses to enter in providers' panels. Anyone with one can post there."""
    print_list(_hooks(settings()), _HOOKS, as_json=as_json)


def _hooks(given: Settings) -> list[dict[str, str]]:
    addresses = Addresses(public_url=given.public_url, ring=KeyRing(given.secrets))
    return [
        {"provider": name, "use": use, "address": addresses.fixed(name, use)}
        for name, use in panels(read_hooks(given))
    ]
