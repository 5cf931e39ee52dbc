"""
The notice of a changed contact, to the old address. Pure.

Whoever writes a person's entry gets that person's mail. The old address must learn that the mail goes
elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from hub.business_time.dates import ZONE
from hub.model import ContactPoint, Event, own_event
from hub.model.ids import stranger_ref
from hub.people.audience import preferred
from hub.people.masking import mask_address
from hub.phones import can_text

CHANGED: Final = "person.contact.changed"

EMAIL: Final = "email"
PHONE: Final = "phone"
BY_PAGE: Final = "urn:hub:console"
"""The source of a correction that somebody of the staff made on the page of the person."""
_BY_HAND: Final = {"urn:hub:api": "api", "urn:hub:import": "import", BY_PAGE: "api"}
"""The hub's own sources → how an administrator has changed it. All others are systems."""
_SYSTEM: Final = "system"
_LONGEST: Final = 40


class FormerContact(Struct, frozen=True, kw_only=True):
    """
    A contact point that is no longer used; `now` is the address used instead, masked, or empty.

    `new` is that address whole, where it is to be notified, too.
    """

    kind: str
    value: str
    now: str = ""
    new: str = ""


class ContactChange(Struct, frozen=True, kw_only=True):
    """
    A version of a person that took contact points away. `name` is the person's from before it.

    `marked`: staff has marked the person as not to be contacted, by now.
    """

    person: str
    version: int
    at: datetime
    source: str
    name: str
    former: tuple[FormerContact, ...]
    marked: bool = False


def former_contacts(
    before: Sequence[ContactPoint], after: Sequence[ContactPoint], source: str = ""
) -> list[FormerContact]:
    """Return the addresses and numbers that were removed, or are no longer used."""
    return [
        contact
        for kind in (EMAIL, PHONE)
        for contact in _former(kind, _of(kind, before), _of(kind, after), tells_both=source == BY_PAGE)
    ]


def notices(change: ContactChange) -> list[Event]:
    """
    Make the event that notifies each former contact; a repeat has the same ids.

    The day is in the id, not the version: who changes a person back and forth all day sends one message.
    Nobody is notified about a person whom staff has marked: the mark may protect from the old address.
    """
    if change.marked:
        return []
    day = change.at.astimezone(ZONE).date()
    return [_notice(change, contact, f"{change.person}:{day}:{_ref(contact)}") for contact in change.former]


def _of(kind: str, points: Iterable[ContactPoint]) -> list[ContactPoint]:
    """Return the points that a message could go to: a landline gets no text."""
    mine = [point for point in points if point.kind == kind]
    return [point for point in mine if can_text(point.value)] if kind == PHONE else mine


def _former(
    kind: str, before: Sequence[ContactPoint], after: Sequence[ContactPoint], *, tells_both: bool
) -> Iterable[FormerContact]:
    kept, had = {_plain(point) for point in after}, {_plain(point) for point in before}
    now = preferred(after) if after else None
    # Whoever types a wrong number must hear of it from the one who has it: no system has checked it.
    new = now.value if tells_both and now is not None and _plain(now) not in had else ""
    for point in before:
        # An address that stays on the list behind another one gets nothing any more.
        displaced = point is preferred(before) and now is not None and _plain(now) != _plain(point)
        if _plain(point) not in kept or displaced:
            shown = mask_address(now.value) if now else ""
            yield FormerContact(kind=kind, value=point.value, now=shown, new=new)


def _plain(point: ContactPoint) -> str:
    return point.value.casefold()


def _ref(contact: FormerContact) -> str:
    by_kind = {contact.kind: contact.value}
    return stranger_ref(by_kind.get(EMAIL), by_kind.get(PHONE))


def _notice(change: ContactChange, contact: FormerContact, change_id: str) -> Event:
    by = _BY_HAND.get(change.source, _SYSTEM)
    shown = {"now": contact.now, "system": _system(change.source) if by == _SYSTEM else ""}
    data = {
        "change_id": change_id,
        "person_id": change.person,
        "version": change.version,
        "kind": contact.kind,
        "former_contact": {"name": change.name or "-", contact.kind: contact.value},
        "changed_at": change.at.isoformat(),
        "by": by,
        **({"new_contact": {"name": change.name or "-", contact.kind: contact.new}} if contact.new else {}),
        **{name: text for name, text in shown.items() if text},
    }
    return own_event(CHANGED, f"contact:{change_id}", data, time=change.at)


def _system(source: str) -> str:
    """Name a source by its last part; only letters and digits, for a mail program makes links of the rest."""
    last = re.split(r"[:/#?]", source.rstrip(":/#?"))[-1]
    return re.sub(r"[^A-Za-z0-9_-]", "", last)[:_LONGEST]
