"""
The filters and tests of templates: values for Colombian readers.

The words are those of CLDR (es_CO), which a test takes from Babel: at run time Babel would cost seven
megabytes, and a call of its formatter as much as a whole message. Errors never quote a refused value: it
may be personal data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Undefined
from markupsafe import Markup

from hub.business_time.dates import whole_day
from hub.errors import TemplateFailure
from hub.model import Json
from hub.model.registrations import plain_number
from hub.rendering.outcomes_es import reason_in_words
from hub.rendering.titles_es import CLOCKS, EVENTS, TASK_STEPS, TASKS

ZONE: Final = ZoneInfo("America/Bogota")
NBSP: Final = "\N{NO-BREAK SPACE}"

_DAYS: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MONTHS: Final = (
    *("", "enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_SHORT_MONTHS: Final = ("", *(name[:3] for name in _MONTHS[1:]))
_HALVES: Final = (f"a.{NBSP}m.", f"p.{NBSP}m.")
"""Babel joins these with U+202F, which old mail programs show as a box."""

_NUMBER: Final = re.compile(r"(?=.{1,32}$)[^\W_]+(?:[-./][^\W_]+)+")
"""Numbers of cases, receipts, minutes; a longer one must wrap, or a narrow screen would cut it off."""

_COLOMBIAN_PHONE: Final = re.compile(r"\+57(\d{3})(\d{3})(\d{4})\b")
_PARTICLES: Final = frozenset({"de", "del", "la", "las", "los", "y", "e", "da", "do", "dos", "van", "von"})
_INITIALS: Final = frozenset({"SAS", "SA", "LTDA", "PH", "ESP", "EU", "II", "III", "IV", "VI", "VII"})
_WORD_START: Final = re.compile(r"(^|[-'’])(\w)")


def fecha(value: Json) -> str:
    """`lunes 9 de marzo de 2026`."""
    at = local(value)
    return f"{_DAYS[at.weekday()]} {at.day} de {_MONTHS[at.month]} de {at.year}"


def hora(value: Json) -> str:
    """`8:05 a. m.`."""
    at = local(value)
    return f"{at.hour % 12 or 12}:{at.minute:02}{NBSP}{_HALVES[at.hour // 12]}"


def la_hora(value: Json) -> str:
    """`las 8:05 a. m.`; `la 1:05 p. m.`."""
    article = "la" if local(value).hour % 12 == 1 else "las"
    return f"{article} {hora(value)}"


def fecha_hora(value: Json) -> str:
    """`lunes 9 de marzo de 2026 a las 8:05 a. m.`; `a la 1:05 p. m.`."""
    return f"{fecha(value)} a {la_hora(value)}"


def dia_corto(day: date) -> str:
    """`9 mar`."""
    return f"{day.day} {_SHORT_MONTHS[day.month]}"


def dia_semana(day: date) -> str:
    """`lunes 9`."""
    return f"{_DAYS[day.weekday()]} {day.day}"


def mes(day: date) -> str:
    """`marzo de 2026`."""
    return f"{_MONTHS[day.month]} de {day.year}"


def fecha_corta(value: Json) -> str:
    """`9 mar 2026, 8:05 a. m.`, for an SMS."""
    at = local(value)
    return f"{at.day} {_SHORT_MONTHS[at.month]} {at.year}, {hora(value)}"


def plazo(value: Json) -> str:
    """The end of a term: `martes 31 de marzo de 2026, al final del día`, else day and hour."""
    last = last_day(value)
    return fecha_hora(value) if last is None else f"{fecha(last)}, al final del día"


def plazo_corto(value: Json) -> str:
    """`31 mar 2026, al final del día`, for an SMS; `9 mar 2026, 8:05 a. m.`."""
    last = last_day(value)
    if last is None:
        return fecha_corta(value)
    return f"{last.day} {_SHORT_MONTHS[last.month]} {last.year}, al final del día"


def last_day(value: Json) -> datetime | None:
    """Return the day that ends at this instant, if it is midnight; else None. Readers expect 24:00."""
    at = local(value)
    return at - timedelta(days=1) if whole_day(at) else None


def pesos(value: Json) -> str:
    """`$ 1.250.000`; with cents only if there are any."""
    amount = decimal_of(value)
    whole = amount == amount.to_integral_value()
    figure = f"{abs(amount):,.{0 if whole else 2}f}".translate(_COLOMBIAN)
    return f"{'-' if amount < 0 else ''}${NBSP}{figure}"


def nombre(value: Json) -> str:
    """`MARÍA DEL PILAR O'NEILL` → `María del Pilar O'Neill`; a name in mixed case stays as it is."""
    words = str(value).split()
    name = " ".join(words)
    if not (name.isupper() or name.islower()):
        return name
    return " ".join(_capital(word, first=index == 0) for index, word in enumerate(words))


def lista(value: Json) -> str:
    """`agua, gas y energía`; `agua e internet`; `torre 1, apto. 101; y torre 2, apto. 101`."""
    *first, last = [str(item) for item in value] or [""]
    if not first:
        return last
    conjunction = "e" if _E_SOUND.match(last) else "y"
    if any("," in item for item in (*first, last)):
        return f"{'; '.join(first)}; {conjunction} {last}"
    return f"{', '.join(first)} {conjunction} {last}"


def inicial(value: Json) -> str:
    """`fuga de gas` → `Fuga de gas`."""
    text = str(value)
    return text[:1].upper() + text[1:]


def numero(value: Json) -> str:
    """Return the number of a case as people read it: ours is its own only with its copropiedad."""
    return plain_number(str(value))


def punto(value: Json) -> str:
    """Add the full stop of a sentence if it is missing."""
    text = str(value).rstrip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


class OwnLink(str):
    """A link that the hub has made itself: on this machine it may be http (`Settings.links_url`)."""

    __slots__ = ()


def enlace(value: Json) -> str:
    """Accept only https URLs, and the hub's own, so that no data becomes a `javascript:` link."""
    if not es_enlace(value):
        raise TemplateFailure("enlace: not an https address")
    return str(value)


def es_enlace(value: Json) -> bool:
    """Return whether `enlace` accepts the value: an https URL, or a link of the hub's own."""
    if isinstance(value, Undefined) or not isinstance(value, str):
        return False
    if not (_OWN_URL if isinstance(value, OwnLink) else _PLAIN_URL).fullmatch(value):
        return False
    try:
        return bool(urlsplit(value).hostname)
    except ValueError:
        return False


def presente(value: Json) -> bool:
    """Return whether an optional field has a value: `{% if eta is presente %}`."""
    return not isinstance(value, Undefined) and value not in (None, "", [], {})


def local(value: Json) -> datetime:
    return _parse(value) if isinstance(value, str) else _shift(value)


@lru_cache(maxsize=4096)
def _parse(text: str) -> datetime:
    """Read RFC 3339. A time without an offset is local: people write what their clock shows."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise TemplateFailure("not a date and time") from None
    return _shift(at)


def _shift(value: Json) -> datetime:
    if not isinstance(value, datetime):
        str(value)  # a missing variable raises here, with its name
        raise TemplateFailure("not a date and time")
    return value.replace(tzinfo=ZONE) if value.tzinfo is None else value.astimezone(ZONE)


def decimal_of(value: Json) -> Decimal:
    with suppress(InvalidOperation):
        amount = Decimal(str(value))
        if amount.is_finite():
            return amount
    raise TemplateFailure("pesos: not an amount")


def _capital(word: str, *, first: bool) -> str:
    if word.upper() in _INITIALS or "." in word:
        return word.upper()
    if word.lower() in _PARTICLES and not first:
        return word.lower()
    return _WORD_START.sub(lambda match: match[1] + match[2].upper(), word.lower())


_E_SOUND: Final = re.compile(r"h?[ií](?![aeou])", re.IGNORECASE)
_COLOMBIAN: Final = str.maketrans(",.", ".,")
_MACHINE_ID: Final = re.compile(r"[0-9a-f]{16}|[0-9a-f]{8}-[0-9a-f]{4}-|_|:", re.IGNORECASE)
"""A UUID, a hash such as that of a conversation, or the key of a case with its field."""
_PLAIN_URL: Final = re.compile(r"https://[^\s\x00-\x1f\x7f\"<>\\]+")
_OWN_URL: Final = re.compile(_PLAIN_URL.pattern.replace("https", "https?", 1))


def promesa(value: Json) -> str:
    """`first_reply` → Primera respuesta."""
    return CLOCKS.get(str(value), str(value))


def tarea(value: Json) -> str:
    """`pqrs_analysis` → Análisis de PQRS del mes."""
    return TASKS.get(str(value), str(value))


def pasos(value: Json) -> str:
    """Return what to do about a task."""
    return TASK_STEPS.get(str(value), "")


def aviso(value: Json) -> str:
    """`pqrs.responded` → PQRS respondida."""
    return EVENTS.get(str(value), "Aviso")


def motivo(value: Json) -> str:
    """`smtp_550_5.1.1` → La dirección de correo no existe. A code that has no words yet is not shown."""
    return reason_in_words(str(value)) or "El proveedor no lo entregó"


def legible(value: Json) -> str:
    """Return a number by which people know a case; empty for distinctions that only machines make."""
    text = "" if value is None else str(value)
    return "" if _MACHINE_ID.search(text) else text


def telefono(value: Json) -> str:
    """`+573001234567` → `+57 300 123 4567`: it is read aloud, and may be broken at a space only."""
    text = str(value)
    return _COLOMBIAN_PHONE.sub(r"+57 \1 \2 \3", text)


def junto(value: Json) -> Json:
    """Keep a number like `PQ-2026-000123` on one line; return other values unchanged."""
    if not isinstance(value, str) or "-" not in value or not _NUMBER.fullmatch(value):
        return value
    return Markup('<span style="white-space:nowrap">%s</span>') % value


def _remembered(convert: Callable[[Json], str]) -> Callable[[Json], str]:
    """Remember the last results: a mail names its amount and its day several times."""
    known = lru_cache(maxsize=4096)(convert)

    def remembered(value: Json) -> str:
        # Exact types: True and 1.0 equal 1, and two instants may be equal in different zones.
        return known(value) if type(value) in _SIMPLE else convert(value)

    return remembered


_SIMPLE: Final = frozenset({str, int})
_FIGURES: Final = (pesos, fecha, hora, la_hora, fecha_hora, fecha_corta, plazo, plazo_corto)
"""Amounts and instants: no person's data stay in memory."""
_WORDS: Final = (
    nombre,
    lista,
    inicial,
    punto,
    numero,
    enlace,
    promesa,
    tarea,
    pasos,
    aviso,
    motivo,
    legible,
    telefono,
)
FILTERS: Final[Mapping[str, Callable[[Json], str]]] = {
    **{figure.__name__: _remembered(figure) for figure in _FIGURES},
    **{word.__name__: word for word in _WORDS},
}
HTML_FILTERS: Final[Mapping[str, Callable[[Json], Json]]] = {"junto": junto}
TESTS: Final[Mapping[str, Callable[[Json], bool]]] = {"presente": presente, "enlace": es_enlace}
