"""Spanish words of an explanation: days between, places, roles, groups, reasons. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from hub.business_time.dates import ZONE
from hub.model.contact_facts import LastContact
from hub.model.posters import HungPoster, PosterState
from hub.people.audience import EVERY_ROLE, STAFF, Group
from hub.people.units import tower_name, unit_name
from hub.ports import ExplainFacts, SentMessage, Unit, Version
from hub.rendering import filters, labels_es, near_dates
from hub.rendering.filters import fecha_hora
from hub.rendering.outcomes_es import reason_in_words

ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "owner": ("propietaria", "propietarios"),
    "resident": ("residente", "residentes"),
    "tenant": ("arrendataria", "arrendatarios"),
    "payer": ("responsable del pago", "responsables del pago"),
    "council": ("integrante del consejo", "integrantes del consejo"),
    "auditor": ("revisora fiscal", "revisores fiscales"),
    "proxy": ("apoderada", "apoderados"),
    "accounting_client": ("cliente de contabilidad", "clientes de contabilidad"),
    "staff": ("integrante del equipo", "integrantes del equipo"),
}
"""Role → the word for one person (feminine, like `la persona`) and for several."""

PARTIES: Final[Mapping[str, str]] = {
    "petitioner": "quien presentó la solicitud",
    "requester": "quien pidió la reparación",
    "technician": "quien hace la reparación",
    "sender": "quien escribió",
    "data_subject": "la persona de quien son los datos",
}
DUTIES: Final[Mapping[str, str]] = {
    "service": "servicio al cliente",
    "coordinator": "coordinación",
    "operations": "operaciones",
    "management": "gerencia",
    "maintenance": "mantenimiento",
    "front_desk": "portería",
    "on_call": "turno",
    "privacy_officer": "protección de datos",
    "account_manager": "ejecutivos de cuenta",
    "direction": "dirección",
    "ops": "quienes cuidan el centro",
}
_NUMBERS: Final = (
    *("cero", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
    *("once", "doce", "trece", "catorce", "quince"),
)


def days(before: datetime, after: datetime) -> int:
    """Count the calendar days between two instants in Colombia."""
    return (_day(after) - _day(before)).days


def later(planned: datetime, at: datetime) -> str:
    """`dos días después`."""
    number = days(planned, at)
    return f"{_count(number)} después" if number else "más tarde ese mismo día"


def earlier(planned: datetime, at: datetime) -> str:
    """`dos días antes`."""
    number = days(at, planned)
    return f"{_count(number)} antes" if number else "ese mismo día, antes del aviso"


def at_time(at: datetime) -> str:
    """`el lunes 9 de marzo de 2026 a las 8:05 a. m.`; at midnight only the day."""
    text = filters.fecha(at) if _midnight(at) else filters.fecha_hora(at)
    return f"el {text}".replace(filters.NBSP, " ")


def at_hour(at: datetime, seen: datetime) -> str:
    """`a las 8:05 a. m.` on the same day as `seen`, which was shown before; else with the day."""
    return at_time(at) if days(seen, at) else f"a {filters.la_hora(at)}".replace(filters.NBSP, " ")


def short_time(at: datetime) -> str:
    """`9 mar 2026, 8:05 a. m.`; without an hour where a whole day begins."""
    return near_dates.exact(at).replace(filters.NBSP, " ")


def short_term(due: datetime) -> str:
    """`9 mar 2026, 8:05 a. m.`; the end of a whole day is of that day: `9 mar 2026, al final del día`."""
    return filters.plazo_corto(due).replace(filters.NBSP, " ")


def reason(code: str | None) -> str:
    """Return the sentence for a machine word; quote a word that has none."""
    if not code:
        return ""
    return f"{reason_in_words(code) or f'Motivo: {code}'}."


def role(name: str | None) -> str:
    """`propietaria`: the word for one person."""
    return ROLES[name][0] if name is not None and name in ROLES else str(name)


def roles(names: Sequence[str]) -> str:
    """`residentes y arrendatarios`: the words for several people."""
    return filters.lista([ROLES[name][1] if name in ROLES else name for name in names])


def of(place: str) -> str:
    """`de` before a place: `de la Torre 3`, `del Bloque A`."""
    return f"del {place[3:]}" if place.startswith("el ") else f"de {place}"


def to(place: str) -> str:
    """`a` before a place: `a la Torre 3`, `al Bloque A`."""
    return f"al {place[3:]}" if place.startswith("el ") else f"a {place}"


def tower(name: str) -> str:
    """`la Torre 3`; a tower with its own name has its own article: `el Bloque A`."""
    named = tower_name(name)
    return f"la {named}" if named.lower().startswith(("torre", "etapa", "manzana")) else f"el {named}"


def copropiedad(ref: str, facts: ExplainFacts) -> str:
    """`la copropiedad Altos del Rosal`."""
    return f"la copropiedad {facts.copropiedades.get(ref, ref)}"


def unit(ref: str, facts: ExplainFacts) -> str:
    """`la unidad Torre 1 Apto 101`."""
    known = facts.units.get(ref)
    return f"la unidad {unit_name(known.tower, known.label) if known else ref}"


def unit_ref(version: Version) -> str | None:
    """Return the id of a membership's unit; None if it has none."""
    kind, _, ref = (version.scope or "").partition(":")
    return ref if kind == "unit" else None


def unit_of(version: Version, facts: ExplainFacts) -> Unit | None:
    """Return a membership's unit; None if the directory does not have it."""
    return facts.units.get(unit_ref(version) or "")


def copropiedad_of(version: Version, facts: ExplainFacts) -> str | None:
    """Return the id of a membership's copropiedad."""
    kind, _, ref = (version.scope or "").partition(":")
    home = unit_of(version, facts)
    return home.copropiedad_id if home is not None else ref if kind == "copropiedad" else None


def place(version: Version, group: Group, facts: ExplainFacts) -> str:
    """Name the place of a membership as narrowly as the group does: unit, tower or copropiedad."""
    kind, _, ref = (version.scope or "").partition(":")
    home = unit_of(version, facts)
    if kind == "unit" and (home is None or group.unit_id is not None):
        return unit(ref, facts)
    if home is not None and home.tower and group.towers:
        return tower(home.tower)
    where = copropiedad_of(version, facts)
    return "la empresa" if where is None else copropiedad(where, facts)


def home(unit: Unit, facts: ExplainFacts) -> str:
    """`la Torre 1 de Altos del Rosal`: the place of a unit."""
    if not unit.tower:
        return copropiedad(unit.copropiedad_id, facts)
    return f"{tower(unit.tower)} de {facts.copropiedades.get(unit.copropiedad_id, unit.copropiedad_id)}"


def audience(group: Group, facts: ExplainFacts) -> str:
    """`residentes y arrendatarios de la Torre 3`: the people of a group."""
    if group.person is not None:
        return "otra persona"
    if group.duty is not None:
        return f"el equipo de {DUTIES.get(group.duty, group.duty)}"
    if group.level is not None:
        level = str(group.level)
        return f"el nivel {level} de escalamiento ({labels_es.LEVELS.get(level, level)})"
    of_place = f"{members(group)} {of(_group_place(group, facts))}"
    return f"{of_place} que no viven allí" if group.unless else of_place


def members(group: Group) -> str:
    """`residentes y arrendatarios`: the people of a group by roles, without the place."""
    who = "todas las personas" if group.roles == EVERY_ROLE else roles(group.roles)
    return f"{who} del área {group.service_area}" if group.service_area else who


def _group_place(group: Group, facts: ExplainFacts) -> str:
    if group.everywhere:
        return "la empresa" if group.roles == STAFF else "todas las copropiedades"
    if group.unit_id is not None:
        return unit(group.unit_id, facts) if group.unit_id else "una unidad que el aviso no nombra"
    if group.towers:
        towers = filters.lista([tower(name) for name in group.towers])
        return f"{towers} de {facts.copropiedades.get(group.copropiedad_id or '', group.copropiedad_id)}"
    if not group.copropiedad_id:
        return "una copropiedad que el aviso no nombra"
    return copropiedad(group.copropiedad_id, facts)


def sentence(text: str) -> str:
    """End a sentence with one full stop: `a. m.` has it already."""
    return f"{text.rstrip('. ')}."


def _day(at: datetime) -> date:
    return at.astimezone(filters.ZONE).date()


def _midnight(at: datetime) -> bool:
    return at.astimezone(filters.ZONE).time() == time.min


def _count(number: int) -> str:
    number = abs(number)
    figure = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{figure} día" if number == 1 else f"{figure} días"


_BY: Final = {"email": "correo", "sms": "SMS", "whatsapp": "WhatsApp", "push": "notificación"}
_ABOUT: Final = {"collection": "cobro", "commercial": "publicidad"}


def why(sent: SentMessage) -> str:
    """Name the contact for which the message waits; empty where it is not known any more."""
    if not sent.contacts:
        return ""
    last = sent.contacts[0]
    when = at_time(datetime.combine(last.day, time(), ZONE))
    about = f", por {_ABOUT[last.purpose]}" if last.purpose in _ABOUT else ""
    rule = (
        "la ley solo permite un contacto al día"
        if _is_of_the_day(sent.message.channel, sent.contacts)
        else "la ley solo permite un medio por semana"
    )
    return f"Ya se le contactó {when} por {_BY.get(last.channel, last.channel)}{about}: {rule}."


def _is_of_the_day(channel: str, contacts: Sequence[LastContact]) -> bool:
    """Return whether the channel is one of the week already: then it is the day that is taken."""
    return channel in {contact.channel for contact in contacts}


_ONE_AND_MORE: Final[Mapping[PosterState, tuple[str, str]]] = {
    PosterState.TO_PRINT: ("1 aviso por imprimir", "{} avisos por imprimir"),
    PosterState.PRINTED: ("1 aviso impreso, por colgar", "{} avisos impresos, por colgar"),
    PosterState.HUNG: ("1 aviso colgado", "{} avisos colgados"),
    PosterState.TO_TAKE_DOWN: ("1 aviso por retirar", "{} avisos por retirar"),
    PosterState.TAKEN_DOWN: ("1 aviso retirado", "{} avisos retirados"),
    PosterState.OBSOLETE: (
        "1 aviso que ya no vale y no se imprimió",
        "{} avisos que ya no valen y no se imprimieron",
    ),
}


def on_boards(posters: Sequence[HungPoster]) -> Iterator[str]:
    """Say how many posters there are in each state: `Cartelera: 1 aviso colgado el lunes 9 …`."""
    for state, (one, more) in _ONE_AND_MORE.items():
        found = [poster for poster in posters if poster.state is state]
        if len(found) > 1:
            yield f"Cartelera: {more.format(len(found))}."
        elif found:
            yield f"Cartelera: {one}{_hung_since(found[0], state)}."


def _hung_since(poster: HungPoster, state: PosterState) -> str:
    at = poster.hung_at if state is PosterState.HUNG else poster.taken_down_at
    return "" if at is None else f" el {fecha_hora(at).rstrip('.')}"
