"""
The register of excluded numbers: show the list in force, load another from a sheet of the company.

The first line of a sheet names the columns: `dato` (a number or an email address) and, if people have chosen
some channels, `canal`: `sms`, `app`, `correo` or `llamada`. An empty one, or no such column, means all.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import islice
from typing import Final

from hub.access.keyring import KeyRing
from hub.desk.exclusions.rows import ExclusionListRow, ExclusionsAnswer, ExclusionsBody, ExclusionsOptions
from hub.doors.operator import Operator
from hub.errors import InvalidSheet, NoSecret, OlderList
from hub.model.exclusions import ExcludedAddress
from hub.people.audience.contacts import written_as
from hub.storage.database import Database, beside
from hub.storage.exclusions import as_listed, in_force

_ADDRESS: Final = ("dato", "numero", "número", "telefono", "teléfono", "correo", "address")
_CHANNEL: Final = ("canal", "channel")
CHANNELS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (),
    "todos": (),
    # In doubt more is excluded: a message by WhatsApp is one to a number, and one of an application.
    "sms": ("sms", "whatsapp"),
    "app": ("whatsapp", "push", "inbox"),
    "correo": ("email",),
    "email": ("email",),
    "llamada": ("voice",),
}
"""Word of the register → the hub's channels; none means all."""


_SQL: Final = beside(__file__)
_AT_ONCE: Final = 10_000


async def show_exclusions(by: Operator) -> ExclusionListRow:
    """Show the day of the list of excluded numbers, its size by channel, and until when it is good."""
    policy, loaded = by.stores.policy, await in_force(by.db)
    day = None if loaded is None else loaded.list_date
    return ExclusionListRow(
        list_date=day,
        loaded_at=None if loaded is None else loaded.loaded_at,
        addresses=0 if loaded is None else loaded.addresses,
        by_channel={} if loaded is None else await by_channel(by.db),
        usable=policy.exclusions.holds(day, policy.calendar.day_of(by.now)),
        usable_until=None if day is None else day + policy.exclusions.max_age,
    )


async def load_exclusions(by: Operator, body: ExclusionsBody) -> ExclusionsAnswer:
    """Load the list of excluded numbers instead of the one before; only hashes of it are stored."""
    return await load_sheet(by, body.csv.encode(), body)


async def load_sheet(by: Operator, content: bytes, how: ExclusionsOptions) -> ExclusionsAnswer:
    """Load the list of a day from a file of any size. Raises InvalidSheet, NoSecret, OlderList."""
    if not by.stores.ring:
        raise NoSecret("The hub has no HUB_SECRET, with which the list is hashed: `hub secrets new`.")
    loaded, today = await in_force(by.db), by.stores.policy.calendar.day_of(by.now)
    before = 0 if loaded is None else loaded.addresses
    # Beside the loop: a long list is read for a second.
    found = await asyncio.to_thread(to_load, content, how, today=today, before=before)
    of, bad = how.list_date, len(found.bad_lines)
    await by.audit("exclusions.load", f"exclusions:{of}", lines=len(found.entries), bad=bad)
    count = await replace(by.db, by.stores.ring, found.entries, list_date=of)
    return ExclusionsAnswer(list_date=of, addresses=count, bad_lines=bad)


async def by_channel(db: Database) -> Mapping[str, int]:
    """Count the addresses of the list by channel; `all` are those excluded over every one."""
    return {row["channel"]: row["n"] for row in await db.rows(_SQL["by_channel"])}


async def replace(db: Database, ring: KeyRing, entries: Iterable[ExcludedAddress], *, list_date: date) -> int:
    """
    Load a list instead of the one before, in one transaction; return how many addresses it has.

    Raises OlderList if a newer one is loaded.
    """
    given = iter(_merged(entries).items())
    count = 0
    async with db.transaction() as run:
        await run.rows(_SQL["alone"])
        if await run.rows(_SQL["newer"], list_date):
            raise OlderList
        await run.rows(_SQL["clear"])
        while some := list(islice(given, _AT_ONCE)):
            hashes = [ring.exclusion_hashes(address)[ring.ids[0]] for address, _ in some]
            await run.rows(_SQL["add"], hashes, [",".join(sorted(channels)) for _, channels in some])
            count += len(some)
        await run.rows(_SQL["put"], list_date, ring.ids[0], count)
    return count


def _merged(entries: Iterable[ExcludedAddress]) -> dict[str, frozenset[str]]:
    """Join the entries of one address; an entry of all channels is the whole answer."""
    found: dict[str, frozenset[str]] = {}
    for entry in entries:
        address, channels = as_listed(entry.address), frozenset(entry.channels)
        known = found.get(address, channels)
        found[address] = known | channels if known and channels else frozenset()
    return found


@dataclass(frozen=True, slots=True)
class ReadExclusions:
    """The entries of a file, and the numbers of the lines that could not be read."""

    entries: Sequence[ExcludedAddress]
    bad_lines: Sequence[int]


def read_exclusions(content: bytes) -> ReadExclusions:
    """Read a file. Raises InvalidSheet if it is no such table."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidSheet("El archivo no es texto UTF-8: guárdelo como CSV UTF-8.") from None
    first = text.partition("\n")[0]
    rows = csv.reader(StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    header = [name.strip().lower() for name in next(rows, [])]
    address = _place(header, _ADDRESS)
    if address is None:
        raise InvalidSheet("Falta la columna «dato»: la primera línea lleva los nombres de las columnas.")
    channel = _place(header, _CHANNEL)
    entries: list[ExcludedAddress] = []
    bad: list[int] = []
    for row in rows:
        entry = _entry(row, address, channel)
        if entry is not None:
            entries.append(entry)
        elif any(cell.strip() for cell in row):
            bad.append(rows.line_num)
    return ReadExclusions(entries, bad)


def to_load(content: bytes, how: ExclusionsOptions, *, today: date, before: int) -> ReadExclusions:
    """
    Read the list of a day, instead of one of `before` addresses.

    Raises InvalidSheet for a day to come, for bad lines unless `skip_bad`, for an empty list, and for one of
    less than half the addresses unless `smaller`: a person who is no more in it gets advertising again.
    """
    if how.list_date > today:
        raise InvalidSheet("La fecha de la lista está en el futuro.")
    found = read_exclusions(content)
    if found.bad_lines and not how.skip_bad:
        lines = ", ".join(map(str, found.bad_lines[:10]))
        raise InvalidSheet(
            f"No se cargó nada: {len(found.bad_lines)} líneas malas (las primeras: {lines}). "
            "Arréglelas, o cargue lo demás con --skip-bad (skip_bad)."
        )
    if not found.entries:
        raise InvalidSheet("No se cargó nada: la lista no tiene ningún dato.")
    if 2 * len(found.entries) < before and not how.smaller:
        raise InvalidSheet(
            f"No se cargó nada: tiene {len(found.entries)} datos, y la que rige {before}. "
            "Si es así de verdad, cárguela con --smaller (smaller)."
        )
    return found


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _entry(row: Sequence[str], address: int, channel: int | None) -> ExcludedAddress | None:
    written = written_as(row[address].strip()) if address < len(row) else None
    word = row[channel].strip().lower() if channel is not None and channel < len(row) else ""
    if written is None or word not in CHANNELS:
        return None
    return ExcludedAddress(address=written, channels=CHANNELS[word])
