"""Readers of one cell: its value, or its fault with the correction to write."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Final, TypeVar

from hub.people.audience import usable_email, usable_phone
from hub.people.importing.columns import DUTIES, DUTY_WORDS, LOCALES, ROLE_CHOICES, ROLES, YES_NO
from hub.people.importing.faults import BadCell
from hub.people.importing.folding import fold

T = TypeVar("T")

_SEVERAL: Final = re.compile(r"\s*[;,/|\n]\s*")
_ROLES_APART: Final = re.compile(r"\s*[;,/|+\n]\s*|\s+y\s+")
_AROUND_AT: Final = re.compile(r"\s*@\s*")
_NIT: Final = re.compile(r"(?:nit[\s.:]*)?([89]\d\d[.\s]?\d{3}[.\s]?\d{3})\s*-\s*\d")
_TWO_PEOPLE: Final = re.compile(r"\s[yeo]\s*/\s*[yeo]\s|[/;|]", re.IGNORECASE)
_TOWER_WORD: Final = r"(?:torre|tr|t|bloque|blq|bq|interior|int|manzana|mz)[\s.:#-]*"
_TOWER_LAST: Final = re.compile(
    rf"(?P<unit>[^\d]*\d[^\s,;/()]*)[\s,;/()-]+{_TOWER_WORD}(?P<tower>\d{{1,3}}|[a-z])\)?", re.IGNORECASE
)
_TOWER_FIRST: Final = re.compile(
    rf"{_TOWER_WORD}(?P<tower>\d{{1,3}}|[a-z])[\s,;/-]+(?P<unit>[^\d]*\d.*)", re.IGNORECASE
)
_NOT_DIGITS: Final = re.compile(r"[\s().+-]")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_SERIAL: Final = re.compile(r"(\d{4,5})(?:\.0+)?")
_SERIAL_ZERO: Final = date(1899, 12, 30)
_NOTHING: Final = frozenset(
    {
        *("", "-", "--", "---", "–", "—", "_", "n/a", "n.a", "na", "n/d", "n.d", "no aplica", "no tiene"),
        *("ninguno", "ninguna", "no registra", "no informa", "sin informacion", "sin dato", "sin datos"),
        *("sin correo", "sin telefono", "sin celular", "pendiente", "por confirmar"),
    }
)
"""Words that people write into an empty cell."""
_SCIENTIFIC: Final = re.compile(r"\d[.,]\d+e\+?\d+")
_FORMULA: Final = "="
_ERROR: Final = re.compile(
    r"#(?:N/A|N/D|REF!|¡REF!|VALUE!|¡VALOR!|NAME\?|¿NOMBRE\?|DIV/0!|¡DIV/0!|NULL!|NUM!)"
)
_CITIES: Final = (
    "antes del número, 60 y el dígito de la ciudad: 1 Bogotá, 2 Cali, 4 Medellín, 5 Barranquilla y "
    "Cartagena, 6 Pereira y Manizales, 7 Bucaramanga y Cúcuta, 8 Ibagué, Neiva y Villavicencio"
)
_LONGEST_LABEL: Final = 200
_LOWEST_FLOOR, _HIGHEST_FLOOR = -99, 999
_PER_CENT: Final = 100

_DATE: Final = BadCell("no es una fecha", "dd/mm/aaaa (01/07/2019) o aaaa-mm-dd (2019-07-01)")
_SHORTENED: Final = BadCell("Excel abrevió el número", "el número completo, con la columna en formato Texto")
_LONG_AGO: Final = 1900


def is_blank(text: str) -> bool:
    """Return whether a cell has no value: empty, `N/A`, `-`, `no tiene`."""
    return fold(text) in _NOTHING


def spoilt(text: str) -> BadCell | None:
    """Find what no column accepts: formulas, Excel's errors, control characters."""
    if text.startswith(_FORMULA):
        return BadCell("es una fórmula", "el valor: copie la columna y pegue «solo valores»")
    if _ERROR.fullmatch(text):
        return BadCell("es un error de la hoja de cálculo", "el valor, o deje la celda vacía")
    if not text.isprintable() and any(
        not letter.isprintable() and letter not in "\n\t\r\xa0" for letter in text
    ):
        return BadCell("tiene caracteres que no se ven", "el texto otra vez, a mano")
    return None


def label(text: str) -> str | BadCell:
    """Read a name of a thing."""
    tidy = " ".join(text.split())
    if len(tidy) > _LONGEST_LABEL:
        return BadCell(f"tiene más de {_LONGEST_LABEL} letras", "un nombre más corto")
    return tidy


def name(text: str) -> str | BadCell:
    if "@" in text or not any(letter.isalpha() for letter in text):
        return BadCell("no es un nombre", "nombres y apellidos de la persona")
    if _TWO_PEOPLE.search(text):
        return BadCell(
            "son dos personas en una celda", "una línea por persona, con su documento, su correo y su celular"
        )
    return label(text)


def split_tower(unit: str) -> tuple[str, str | None]:
    """Split a unit that includes its tower: `APTO 101 T1`, `Torre A - 301`."""
    match = _TOWER_LAST.fullmatch(unit) or _TOWER_FIRST.fullmatch(unit)
    return (match["unit"].strip(" -,"), match["tower"]) if match else (unit, None)


def is_tower_alone(text: str) -> bool:
    """Return whether a text is only a tower, `TORRE 2`: a title above its lines, not a unit."""
    return re.fullmatch(rf"{_TOWER_WORD}\w{{1,3}}", text.strip(), re.IGNORECASE) is not None


def floor(text: str) -> int | BadCell:
    """Read a floor; basements are below zero."""
    try:
        number = int(text.removesuffix(".0"))
    except ValueError:
        number = _HIGHEST_FLOOR + 1
    if not _LOWEST_FLOOR <= number <= _HIGHEST_FLOOR:
        return BadCell("no es un piso", "un número entero: 3, o -1 para el primer sótano")
    return number


def coefficient(text: str) -> float | BadCell:
    """Read a share, `4,1666`, `4.1666` or `4,1666 %`; the whole file decides whether it is of 1 or 100."""
    bare = text.removesuffix("%").strip()
    plain = re.fullmatch(r"\d{1,3}(?:[.,]\d+)?", bare)
    number = float(bare.replace(",", ".")) if plain else _PER_CENT + 1.0
    if number > _PER_CENT:
        return BadCell("no es un coeficiente", "un número entre 0 y 100, con coma: 4,1666")
    return number


def document(text: str) -> str | BadCell:
    """Read an identity document, bare: `C.C. 52.123.456` → `52123456`."""
    if _SCIENTIFIC.fullmatch(fold(text)):
        return _SHORTENED
    if company := _NIT.fullmatch(fold(text)):
        # With and without its verification digit it is the same company.
        return re.sub(r"\D", "", company[1])
    bare = re.sub(r"[^a-z0-9]", "", re.sub(r"^(?:c\.?\s?c|c\.?\s?e|nit|ti|pp)\b[\s.:]*", "", fold(text)))
    if not 4 <= len(bare) <= 20 or not any(letter.isdigit() for letter in bare):
        return BadCell("no es un documento", "el número, sin letras ni puntos: 52123456")
    return bare


def emails(text: str) -> tuple[str, ...] | BadCell:
    addresses = [
        usable_email(part) for part in _SEVERAL.split(_AROUND_AT.sub("@", text)) if not is_blank(part)
    ]
    tidy = tuple(dict.fromkeys(part for part in addresses if part))
    if not tidy or len(tidy) < len(set(addresses)):
        return BadCell("no es un correo", "una dirección como nombre@dominio.co; varias, separadas por ;")
    return tidy


def phones(text: str) -> tuple[str, ...] | BadCell:
    """Read one or more numbers, as E.164."""
    numbers: dict[str, None] = {}
    if _SCIENTIFIC.fullmatch(fold(text)):
        return _SHORTENED
    for part in _SEVERAL.split(text):
        if is_blank(part):
            continue
        tidy = usable_phone(part)
        if tidy is None:
            return _wrong_phone(part)
        numbers[tidy] = None
    return tuple(numbers) or _wrong_phone(text)


def _wrong_phone(text: str) -> BadCell:
    bare = _NOT_DIGITS.sub("", text)
    return next(BadCell(wrong, write) for shape, wrong, write in _WRONG_PHONES if re.fullmatch(shape, bare))


_WRONG_PHONES: Final = (
    (r"[2-8]\d{6}", "es un fijo de 7 dígitos; desde 2021 tienen 10", _CITIES),
    (r"0?[1245678]\d{7}", "es un fijo con el indicativo viejo; desde 2021 tiene 10 dígitos", _CITIES),
    (r"3\d{8}", "al celular le falta un dígito", "los 10 dígitos: 300 123 4567"),
    (r".*", "no es un teléfono", "un celular de 10 dígitos (300 123 4567), o + y el país; varios, con ;"),
)


def roles(text: str) -> tuple[str, ...] | BadCell:
    """Read one or more roles: `propietario y residente`."""
    known: dict[str, None] = {}
    for word in filter(None, (fold(part) for part in _ROLES_APART.split(text))):
        # `Propietario Residente` is two roles, `revisor fiscal` is one.
        parts = [word] if word in ROLES else word.split()
        if any(part not in ROLES for part in parts):
            return _unknown_role(word)
        known.update(dict.fromkeys(ROLES[part] for part in parts))
    return tuple(known) or _unknown_role("")


def _unknown_role(word: str) -> BadCell:
    return BadCell("no se conoce ese rol", f"{_near(word, ROLES)}{ROLE_CHOICES}")


def duty(text: str) -> str | BadCell:
    word = fold(text)
    return DUTIES.get(word) or BadCell("no se conoce ese cargo", f"{_near(word, DUTIES)}{DUTY_WORDS}")


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"¿{near[0]}? Si no, " if near else ""


def level(text: str) -> int | BadCell:
    bare = fold(text).removeprefix("nivel").strip().removesuffix(".0")
    if bare not in {"1", "2", "3", "4"}:
        return BadCell("no es un nivel", "1, 2, 3 o 4; nada, si no responde por ninguno")
    return int(bare)


def day(text: str) -> date | BadCell:
    """Read dd/mm/aaaa, ISO 8601 or Excel's count of days since 1900."""
    if serial := _SERIAL.fullmatch(text):
        parsed: date | None = _SERIAL_ZERO + timedelta(days=int(serial[1]))
    elif parts := _ISO.fullmatch(text):
        parsed = _date(parts[1], parts[2], parts[3])
    elif parts := _DAY_FIRST.fullmatch(text):
        parsed = _date(parts[3], parts[2], parts[1])
    else:
        return _DATE
    return parsed if parsed and parsed.year >= _LONG_AGO else _DATE


def _date(year: str, month: str, day_of_month: str) -> date | None:
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None


def _of(table: Mapping[str, T], wrong: BadCell) -> Callable[[str], T | BadCell]:
    return lambda text: table.get(fold(text), wrong)


yes_no: Final = _of(YES_NO, BadCell("no es sí ni no", "sí o no"))
locale: Final = _of(LOCALES, BadCell("no se conoce ese idioma", "español o inglés"))
