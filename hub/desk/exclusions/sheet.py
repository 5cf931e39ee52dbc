"""
Sheets of the register of excluded numbers: a CSV file of the company.

The first line names the columns: `dato` (a number or an email address) and, if people have chosen some
channels, `canal`: `sms`, `app`, `correo` or `llamada`. An empty one, or no such column, means all. Pure.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final

from hub.desk.exclusions.rows import ExclusionsOptions
from hub.errors import InvalidSheet
from hub.model.exclusions import ExcludedAddress
from hub.people.audience.contacts import written_as

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
