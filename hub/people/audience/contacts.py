"""Normalized contact points, and the recipients that an event names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from email_validator import EmailNotValidError, validate_email

from hub.errors import InvalidPhone
from hub.model import ContactPoint, Json, Person
from hub.model.ids import stranger_ref
from hub.model.people import POSTAL
from hub.people.audience.groups import Addressee, Group, LastResort
from hub.phones import normalize_phone


def recipient(raw: Mapping[str, Json]) -> Group | Person:
    """Read `{ref}` as a person of the directory, `{name, email?, phone?, address?}` as a stranger."""
    ref = raw.get("ref")
    return Group(person=ref) if ref else _stranger(raw)


def is_anonymous(recipients: Json) -> bool:
    """
    Return whether an event says that nobody is named: what is for them hangs on the notice board.

    Whoever can be reached is answered, also where the publisher wants the name kept secret.
    """
    if not isinstance(recipients, dict) or recipients.get("anonymous") is not True:
        return False
    return not any(recipients.get(way) for way in _WAYS)


_WAYS: Final = ("ref", "email", "phone", "address")


def operators(notify: Iterable[str], company: str) -> list[Addressee]:
    """
    Return who is notified of the hub's own incidents besides its staff, by email address.

    These are the addresses `notify` or, without any, the company's when no staff can be notified. They are
    the policy's: an event that named them could make the hub write to anybody.
    """
    named: list[Addressee] = [_stranger({"email": address}) for address in notify]
    return named or [LastResort(person=_stranger({"email": company}))]


def _stranger(raw: Mapping[str, Json]) -> Person:
    email, phone = usable_email(raw.get("email")), usable_phone(raw.get("phone"))
    address = " ".join(str(raw.get("address") or "").split())
    points = [
        ContactPoint(id=kind, kind=kind, value=value)
        for kind, value in (("email", email), ("phone", phone), (POSTAL, address or None))
        if value is not None
    ]
    name = str(raw.get("name") or "")
    return Person(
        # The normalized form, so that one number written in two ways is one stranger.
        ref=stranger_ref(email or raw.get("email"), phone or raw.get("phone"), f"{name} {address}"),
        name=name,
        contact_points=tuple(points),
        locale=str(raw.get("locale") or "es"),
        known=False,
    )


def strangers_in(recipients: Json) -> Iterator[Person]:
    """Yield the strangers among the recipients that an event names."""
    for raw in recipients if isinstance(recipients, list | tuple) else [recipients]:
        if isinstance(raw, Mapping) and not raw.get("ref") and not is_anonymous(raw):
            yield _stranger(raw)


def bad_contacts(data: Mapping[str, Json]) -> Iterator[str]:
    """Yield where an event names an address or a number that is none: `petitioner.phone`."""
    for field, value in data.items():
        if isinstance(value, dict):
            yield from _bad_in(field, value)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                if isinstance(item, dict):
                    yield from _bad_in(f"{field}[{number}]", item)


def _bad_in(place: str, raw: Mapping[str, Json]) -> Iterator[str]:
    """A reference needs no contacts; a contact point of the directory has its `kind` and `value`."""
    if raw.get("kind") in _USABLE and isinstance(raw.get("value"), str):
        given = {"value": (raw["kind"], raw["value"])}
    else:
        given = {} if raw.get("ref") else {kind: (kind, raw.get(kind)) for kind in _USABLE}
    for name, (kind, text) in given.items():
        if isinstance(text, str) and text.strip() and _USABLE[kind](text) is None:
            yield f"{place}.{name}"


def preferred(points: Sequence[ContactPoint]) -> ContactPoint:
    """Return the point that is used of some of one kind, of which there is at least one."""
    return next((point for point in points if point.verified), points[0])


def written_as(raw: str) -> str | None:
    """Normalize a typed email address or number; None if it is neither."""
    return usable_email(raw) if "@" in raw else usable_phone(raw)


@lru_cache(maxsize=4096)
def usable_email(raw: str | None) -> str | None:
    """Normalize an address (RFC 5321 syntax, no look-up); None if it is invalid."""
    if not raw:
        return None
    try:
        return validate_email(raw.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None


@lru_cache(maxsize=4096)
def usable_phone(raw: str | None) -> str | None:
    """Normalize a number to E.164; None if it is invalid."""
    if not raw:
        return None
    try:
        return normalize_phone(raw)
    except InvalidPhone:
        return None


_USABLE: Final[Mapping[str, Callable[[str | None], str | None]]] = {
    "email": usable_email,
    "phone": usable_phone,
}
