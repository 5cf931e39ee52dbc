"""`hub secrets`: the keys of HUB_SECRET, what still needs each of them, and generating a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final

import typer

from hub.access.keyring import KeyRing
from hub.app.openers import open_secrets
from hub.channels.sms.hooks import Addresses
from hub.channels.sms.spec_loader import panels, read_hooks
from hub.doors.terminal import AsJson, Columns, print_json, print_list, settings, warn
from hub.errors import HubError
from hub.settings import Settings
from hub.storage.secrets import UnderWay

app = typer.Typer(no_args_is_help=True)


def _number(count: int | None) -> str:
    return "?" if count is None else str(count)


_KEYS: Final[Columns] = {
    "lugar": "place",
    "id": "id",
    "hace": lambda key: "firma y verifica" if key["signs"] else "verifica",
    "documentos": lambda key: _number(key["documents"]),
    "segundos factores": lambda key: _number(key["factors"]),
}
_USES: Final = {"receipts": "entregas", "replies": "respuestas"}
_HOOKS: Final[Columns] = {
    "proveedor": "provider",
    "para": lambda hook: _USES[hook["use"]],
    "dirección": "address",
}
_OCTETS: Final = 32
_WHERE: Final = """Se muestra una sola vez y no se guarda.
Póngala la primera de HUB_SECRET, en todos los procesos:
  HUB_SECRET="LA_NUEVA LA_DE_ANTES"
La primera firma, todas verifican. Cuándo retirar la de antes: `hub secrets list`."""


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
        async with open_secrets(given) as store:
            counts = await store.documents(), await store.factors(), await store.webhooks()
            return *counts, await store.under_way(datetime.now(UTC))
    except HubError:
        return {}, {}, {}, None


def _needs(usage: Mapping[str, Any]) -> Iterator[str]:
    """Yield the links and rows that still depend on a key: its removal would break them."""
    if usage["texts"] is None:
        yield "Sin PostgreSQL no se sabe qué necesita todavía cada clave."
    if usage["documents_lost"]:
        yield f"{usage['documents_lost']} personas tienen el documento bajo una clave que ya no está."
    if usage["factors_lost"]:
        yield (
            f"{usage['factors_lost']} segundos factores están bajo una clave que ya no está: entran con un "
            "código de recuperación y registran otro."
        )
    if usage["webhooks"]:
        yield f"{usage['webhooks']} webhooks tienen el secreto sellado con otra clave: `hub webhooks rotate`."
    if usage["mails"]:
        yield f"{usage['mails']} correos de los últimos 30 días: sus rebotes y respuestas llevan firma."
    if usage["texts"]:
        yield f"{usage['texts']} textos de los últimos 3 días esperan su informe de entrega, que lleva firma."
    for name in usage["panels"]:
        yield f"En el panel de {name} está escrita una dirección firmada: `hub secrets hooks`."
    yield "Los documentos pasan a la primera clave al importar de nuevo; un segundo factor, al usarlo."
    yield 'Si una clave todavía verifica algo: hub_signature_verified_total{key="ID"} en /metrics.'


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
