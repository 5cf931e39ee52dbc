"""Checks of senders: the identities of the policy and of the directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from hub.cli.check.finding import Finding, counted, ok, warn
from hub.errors import Unavailable
from hub.model import Json
from hub.parts.company import CompanyRules
from hub.policy.senders import Fault, Identity, brand_faults, read_brand
from hub.rendering.contrast import palette
from hub.rendering.identities import Identities
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.directory import Branding, brandings

_NOBODY: Final = "Ninguna copropiedad ni área tiene identidad propia: todo sale en nombre de la empresa."
_FAULTS_ES: Final[Mapping[Fault, str]] = {
    Fault.NO_TEXT: "no es un texto",
    Fault.NO_LINE: "tiene saltos de línea o espacios de más",
    Fault.LONG: "es demasiado largo",
    Fault.ADDRESS: "no es una dirección de correo",
    Fault.NAMES_ADDRESS: "lleva una @: parecería la dirección de quien escribe",
    Fault.FOREIGN: "es de un dominio que no está en `[senders] domains`",
    Fault.COLOR: "no es un color como #1f5c4d",
    Fault.LOGO: "no es un PNG entero en base64",
    Fault.LARGE_LOGO: "pesa más de 24 KiB, o no mide entre 24 y 1200 píxeles por lado",
    Fault.ALPHABET: "tiene un carácter que duplica el precio de cada SMS",
}


async def identities(settings: Settings) -> list[Finding]:
    """Check that each identity can be used as it stands, and name the mended colours."""
    company = CompanyRules(settings)
    made = company.templates.identities
    try:
        async with Database(settings.database_url.reveal(), size=1) as database:
            known = await brandings(database)
    except Unavailable:
        known = []  # PostgreSQL's own check says so
    areas = company.policy.senders.areas
    return [
        _summary(company, len(areas), len(known)),
        *(finding for place, found in company.policy.senders.levels() for finding in _mended(place, found)),
        *(finding for branding in known for finding in _of_place(branding, made)),
    ]


def _summary(company: CompanyRules, areas: int, places: int) -> Finding:
    sender = company.sender
    what = f"La empresa escribe como {sender.name} <{sender.address}>."
    if not areas and not places:
        return ok(f"{what} {_NOBODY}")
    own = f"{counted(areas, 'área', 'áreas')} y {counted(places, 'copropiedad', 'copropiedades')}"
    return ok(f"{what} Con identidad propia: {own}.")


def _of_place(branding: Branding, made: Identities) -> Iterator[Finding]:
    to_do = f"Corríjalo con PUT /api/directory/copropiedades/{branding.id} y una versión mayor."
    for field, why in _faults(branding.data, made):
        what = f"{branding.name}: `branding.{field}` {_FAULTS_ES[why]}; se usa lo heredado."
        yield warn(what, to_do)
    brand = read_brand(branding.data)
    for area, identity in {"": brand.own, **brand.areas}.items():
        yield from _mended(f"{branding.name}{area and f', {area}'}", identity)


def _faults(branding: Json, made: Identities) -> Iterator[tuple[str, Fault]]:
    yield from brand_faults(branding)
    brand = read_brand(branding)
    yield from made.foreign(brand.own)
    for area, identity in brand.areas.items():
        yield from ((f"areas.{area}.{field}", why) for field, why in made.foreign(identity))


def _mended(place: str, identity: Identity) -> Iterator[Finding]:
    """Yield the colours in place of one in which text, or on which text, could not be read."""
    color = identity.color.lower()
    found = palette(color) if color else None
    if found is not None and {found.solid, found.ink} != {color}:
        mended = f"letra {found.ink}; botón {found.solid} con letra {found.on_solid}"
        yield ok(f"{place}: el color {color} se ajusta para que se pueda leer ({mended}).")
