"""Contacts of a person in full: shown by an act that the audit has, and that counts for ten minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, convert

from hub.access.sight import Field
from hub.desk.people.rows import ReachedContact
from hub.doors.operator import Operator, found
from hub.model import Instant

PERSON: Final = "person"
LASTS: Final = timedelta(minutes=10)
"""For so long one look counts."""
ContactKind = Literal["phone", "email"]


class ContactBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[ContactKind, Meta(description="What is needed to reach the person now.")]
    page: Annotated[
        str,
        Meta(
            max_length=300,
            pattern=r"^(/[^/\\?#][^\\?#]*)?$",
            description="The page from which somebody asks, for the audit: a path without a query.",
        ),
    ] = ""


class ContactShown(Struct, kw_only=True):
    """The contact points of one kind, in full."""

    person: str
    kind: ContactKind
    contacts: list[ReachedContact]
    until: Annotated[Instant, Meta(description="Another look until then is in the audit already.")]


class OpenContacts(Struct, frozen=True, kw_only=True):
    """The kinds of contact that a person has, and in full those that the operator has asked for lately."""

    kinds: Sequence[str]
    points: Sequence[ReachedContact]

    def of(self, kind: str) -> Sequence[str]:
        """Return the values of this kind; none if it has not been asked for."""
        return [point.value for point in self.points if point.kind == kind]

    def value(self, contact_id: str) -> str | None:
        """Return one contact point in full; None if its kind has not been asked for."""
        return next((point.value for point in self.points if point.id == contact_id), None)


async def show_contact(by: Operator, ref: str, body: ContactBody) -> ContactShown:
    """Show the telephone numbers or mail addresses of a person in full, to reach them; the look is noted."""
    points = await _points(by, ref)
    seen = await by.stores.audit.contacts_seen(by.who, ref, since=by.now - LASTS)
    at = seen.get(body.kind)
    if at is None:
        at = by.now
        await by.audit("person.contact", f"{PERSON}:{ref}", person=ref, kind=body.kind, page=body.page)
    mine = [point for point in points if point["kind"] == body.kind]
    return ContactShown(
        person=ref, kind=body.kind, contacts=convert(mine, list[ReachedContact]), until=at + LASTS
    )


async def open_contacts(by: Operator, ref: str) -> OpenContacts:
    """Return what a page shows of the contacts of somebody within reach."""
    points = await _points(by, ref)
    seen = await by.stores.audit.contacts_seen(by.who, ref, since=by.now - LASTS)
    return OpenContacts(
        kinds=sorted({point["kind"] for point in points}),
        points=convert([point for point in points if point["kind"] in seen], list[ReachedContact]),
    )


async def _points(by: Operator, ref: str) -> Sequence[Mapping[str, Any]]:
    """Return the contact points of a person where the operator sees them in full. Raises NoSuch."""
    there = by.sight.where(Field.CONTACT)
    person: Any = found(PERSON, await by.stores.directory.somebody(ref, places=there, whole=True))
    points: Sequence[Mapping[str, Any]] = person["contact_points"]
    return points
