"""
Senders: the identities of the company, of its areas and of its copropiedades.

A level inherits each field that it leaves empty: company → area → copropiedad → area of the copropiedad. The
policy has the first two; the directory entry of a copropiedad has the others (`branding`), in the same words.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from hub.errors import InvalidPolicy
from hub.policy.png import read_png
from hub.sms_text import segments, to_gsm7


class Fault(StrEnum):
    """Why a field of an identity cannot be used."""

    NO_TEXT = "expected a text"
    NO_LINE = "expected one line, without spaces around it"
    LONG = "is too long"
    ADDRESS = "is not an address"
    NAMES_ADDRESS = "has an @: mail programs would show it as the address of who writes"
    FOREIGN = "is an address at a domain that senders.domains does not name"
    COLOR = "expected a colour like #1f5c4d"
    LOGO = "expected a whole PNG in base64"
    LARGE_LOGO = "the logo has more bytes or pixels than a mail may carry"
    ALPHABET = "has a character that makes each text message twice as dear"


PREFIX_SEPTETS: Final = 30
"""Characters of a text message's 160 that the name before it may take."""
Check = Callable[[str], Fault | None]
_NAME: Final = 60
_ALT: Final = 100
_SIGNATURE: Final = 300
_LINES: Final = 5
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z]{2,63}")
_DOMAIN: Final = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,63}")
_AREA: Final = re.compile(r"[a-z0-9_-]{1,60}")


class Identity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The sender as one level names it; empty fields are inherited.

    `logo` is a PNG in base64; in the policy's file it is the path of one. `sms` is the name before a text
    message.
    """

    name: str = ""
    address: str = ""
    reply_to: str = ""
    color: str = ""
    logo: str = ""
    logo_alt: str = ""
    signature: str = ""
    sms: str = ""


class SenderPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`domains` are those that mail may leave from besides the company's own; areas are `service_area`s."""

    domains: tuple[str, ...] = ()
    firm: Identity = Identity()
    areas: Mapping[str, Identity] = {}

    def __post_init__(self) -> None:
        for domain in self.domains:
            if not _DOMAIN.fullmatch(domain):
                raise InvalidPolicy(f"senders.domains: {domain} is not a domain in small letters")
        for area in self.areas:
            if not _AREA.fullmatch(area):
                raise InvalidPolicy(
                    f"senders.areas: {area} is not a name in small letters, like contabilidad"
                )
        for place, identity in self.levels():
            for field, why in faults(asdict(identity)):
                raise InvalidPolicy(f"{place}.{field}: {why}")

    def levels(self) -> Iterator[tuple[str, Identity]]:
        """Yield each identity with its table's name."""
        yield "senders.firm", self.firm
        yield from ((f"senders.areas.{area}", identity) for area, identity in self.areas.items())


class BrandIdentity(Struct, frozen=True, kw_only=True):
    """What of a directory entry's `branding` can be used: of the copropiedad, and of areas in it."""

    own: Identity
    areas: Mapping[str, Identity]


def read_brand(branding: Any) -> BrandIdentity:
    """Read what can be used; the rest is as if it were not there, and `brand_faults` names it."""
    table = branding if isinstance(branding, Mapping) else {}
    areas = {area: _usable(fields) for area, fields in _areas(table)}
    return BrandIdentity(own=_usable(table), areas=areas)


def brand_faults(branding: Any) -> Iterator[tuple[str, Fault]]:
    """Yield the path and the reason of each field of a `branding` that cannot be used."""
    table = branding if isinstance(branding, Mapping) else {}
    yield from faults(table)
    for area, fields in _areas(table):
        yield from ((f"areas.{area}.{field}", why) for field, why in faults(fields))


def faults(fields: Mapping[str, Any]) -> Iterator[tuple[str, Fault]]:
    """Yield each field of an identity that cannot be used, and why."""
    for field, check in _CHECKS.items():
        if (value := fields.get(field)) in (None, ""):
            continue
        if not isinstance(value, str):
            yield field, Fault.NO_TEXT
        elif why := check(value):
            yield field, why


def with_logos(tables: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """Put the content of a logo where the policy's file has its path: what was sent is made again of it."""
    senders = tables.get("senders")
    if not isinstance(senders, Mapping):
        return tables
    made = dict(senders)
    if "firm" in made:
        made["firm"] = _with_logo(made["firm"], folder, "senders.firm")
    if isinstance(areas := made.get("areas"), Mapping):
        made["areas"] = {area: _with_logo(it, folder, f"senders.areas.{area}") for area, it in areas.items()}
    return {**tables, "senders": made}


def _with_logo(identity: Any, folder: Path, place: str) -> Any:
    path = identity.get("logo") if isinstance(identity, Mapping) else None
    if not path or not isinstance(path, str):
        return identity
    try:
        content = (folder / path).read_bytes()
    except (OSError, ValueError) as exc:
        raise InvalidPolicy(f"{place}.logo: the file {path} cannot be read") from exc
    return {**identity, "logo": b64encode(content).decode()}


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _areas(table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    areas = table.get("areas")
    for area, fields in (areas if isinstance(areas, Mapping) else {}).items():
        if isinstance(fields, Mapping):
            yield area, fields


def _usable(fields: Mapping[str, Any]) -> Identity:
    wrong = dict(faults(fields))
    kept = {name: value for name in _CHECKS if name not in wrong and (value := fields.get(name))}
    return Identity(**kept)


def _line(most: int) -> Check:
    def check(value: str) -> Fault | None:
        if _UNPRINTABLE.search(value) or value != value.strip():
            return Fault.NO_LINE
        return Fault.LONG if len(value) > most else None

    return check


def _lines(value: str) -> Fault | None:
    lines = value.strip().split("\n")
    if any(map(_UNPRINTABLE.search, lines)):
        return Fault.NO_LINE
    return Fault.LONG if len(value) > _SIGNATURE or len(lines) > _LINES else None


def _address(value: str) -> Fault | None:
    return None if _ADDRESS.fullmatch(value) else Fault.ADDRESS


def _logo(value: str) -> Fault | None:
    try:
        png = read_png(value)
    except InvalidPolicy:
        return Fault.LOGO
    return Fault.LARGE_LOGO if png.is_large else None


def _prefix(value: str) -> Fault | None:
    cost = segments(to_gsm7(value))
    if cost.encoding != "GSM-7" or _UNPRINTABLE.search(value):
        return Fault.ALPHABET
    return Fault.LONG if cost.units > PREFIX_SEPTETS else None


def _name(value: str) -> Fault | None:
    return _line(_NAME)(value) or (Fault.NAMES_ADDRESS if "@" in value else None)


_CHECKS: Final[Mapping[str, Check]] = {
    "name": _name,
    "address": _address,
    "reply_to": _address,
    "color": lambda value: None if _COLOR.fullmatch(value) else Fault.COLOR,
    "logo": _logo,
    "logo_alt": _line(_ALT),
    "signature": _lines,
    "sms": _prefix,
}
"""Field of an identity → the fault of a value; None where nothing is."""
