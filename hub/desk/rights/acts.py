"""
Rights of a person over their own data: hand it over, open a claim to rectify it, erase it for good.

The directory is its publisher's. A version that the hub made up would be overtaken by the publisher's next
one, or would set that one aside. So a claim goes to the people who answer for data (Ley 1581 de 2012, art.
15), and the correction comes as every change of the directory does; the former contact is notified of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from msgspec.structs import asdict

from hub.contact_rules import next_allowed
from hub.contact_rules.limits import week_of
from hub.contact_rules.purposes import LIMITED
from hub.desk.rights import erasing
from hub.desk.rights.erasing import ErasedAgain, ErasureReport, kept_since
from hub.desk.rights.rows import OWN, Claim, ErasureForm, RectifyBody, ToRectify
from hub.doors.act import File
from hub.doors.operator import Operator
from hub.errors import ScopeNeeded, UnknownName
from hub.model import Scope
from hub.model.actors import ACCOUNT
from hub.model.erasures import Erased
from hub.operations.person_export.make import make_export
from hub.operations.person_export.paper import as_pdf
from hub.operations.person_export.schemas import PersonExport
from hub.operations.publish import send_all
from hub.people.claims import claim_event
from hub.policy import Policy
from hub.storage.person_export import ContactRecord, ExportFacts

PERSON: Final = "person"


def _quiet(*_: int) -> None: ...


async def export(by: Operator, ref: str) -> PersonExport:
    """
    Export what the hub holds of a person, also by each address that only this person has or had, unmasked.

    It is the right to know (Ley 1581 de 2012, art. 8).

    Each export is audited as a look at the person's data.
    """
    return await make_export(by.db, by.stores.policy.company.name, ref, by=by.actor)


async def export_pdf(by: Operator, ref: str) -> File:
    """Export the same as a document to read, in Spanish."""
    made = await export(by, ref)
    return File(await as_pdf(made), f"datos-{made.made_at:%Y-%m-%d}.pdf")


async def contacts(by: Operator, ref: str) -> Sequence[ContactLine]:
    """List the contacts of collection and advertising that a person has had."""
    await by.audit("person.contacts", f"{PERSON}:{ref}", person=ref)
    return contact_lines(await by.stores.exports.contacts(ref, LIMITED), by.stores.policy)


async def show_rectify(by: Operator, ref: str) -> ToRectify:
    """Show the system that has to correct the data of a person. Raises UnknownName."""
    source = last_source(await _held(by, ref))
    await by.audit("person.rectify.look", f"{PERSON}:{ref}", person=ref)
    return ToRectify(ref=ref, name=await name_of(by, ref), source=source, is_ours=source in OWN)


async def rectify(by: Operator, ref: str, body: RectifyBody) -> Claim:
    """
    Open the claim of a person whose data is wrong, and say which system has to correct the directory.

    With `case` it is safe to repeat.
    """
    source = last_source(await _held(by, ref))
    claim = Claim(case=body.case or f"datos-{uuid4()}", person=ref, kind=body.kind, source=source)
    await by.audit("person.rectify", f"{PERSON}:{ref}", person=ref, case=claim.case)
    event = claim_event(ref, body.kind, claim.case, by.now.replace(microsecond=0))
    await send_all(by.stores.publisher, [event])
    return claim


async def look_at_erasure(by: Operator, ref: str) -> ErasureReport:
    """Show the effects of an erasure, and the duty that keeps the data."""
    return await erasing.look(by.actor, by.stores.erasures, ref, legal_since=_legal_since(by))


async def start_erasure(by: Operator, ref: str, body: ErasureForm) -> ErasureReport:
    """Erase a person for good: begin, and leave the rest to TIMERS. Raises KeptByDuty, UnknownName."""
    if not by.who.startswith(ACCOUNT) and by.places_with(Scope.OPERATE) is not None:
        # A key that was given to read must not destroy; a privacy officer signs in with a second factor.
        what = "A key that erases needs the scope operate besides privacy."
        raise ScopeNeeded(what, "Give it a key with both, or sign in.")
    since = _legal_since(by)
    return await erasing.start(by.actor, by.stores.erasures, ref, reason=body.reason, legal_since=since)


async def erase(by: Operator, ref: str, reason: str, step: Callable[[int], None] = _quiet) -> ErasureReport:
    """Erase a person for good, to the end. Raises KeptByDuty, UnknownName."""
    since = _legal_since(by)
    return await erasing.erase(by.actor, by.stores.erasures, ref, reason=reason, legal_since=since, step=step)


async def erase_again(by: Operator, listed: Iterable[Erased]) -> ErasedAgain:
    """Erase these people in a database that is older than their erasures; safe to repeat."""
    return await erasing.erase_again(by.actor, by.stores.erasures, listed, legal_since=_legal_since(by))


async def list_erasures(by: Operator, since: datetime) -> Sequence[Erased]:
    """List the people whose erasure was requested since then, the first one first."""
    found = await by.stores.erasures.erased_since(since)
    await by.audit("person.erasures", "erasures", found=len(found))
    return found


def last_source(held: ExportFacts) -> str | None:
    """Return the source that wrote the person last: its system has to correct the data."""
    return held.versions[-1].source if held.versions else None


async def name_of(by: Operator, ref: str) -> str:
    """Return the name of somebody, after an audited look; words for who has left the directory."""
    person = await by.stores.directory.somebody(ref, named=True)
    return "una persona que ya no está" if person is None else str(person["name"])


async def _held(by: Operator, ref: str) -> ExportFacts:
    held = await by.stores.exports.held(ref)
    if not held.versions:
        raise UnknownName(f"no hay nadie que se llame {ref!r} en el directorio")
    return held


def _legal_since(by: Operator) -> datetime:
    return kept_since(by.now, by.stores.policy.retention.legal)


class ContactLine(ContactRecord, frozen=True, kw_only=True):
    """
    A contact with the counts of the law: contacts on its day, and channels in its week.

    Days and hours are those of Colombia; the hours and holidays are those of the policy of today.
    """

    day: date
    week: str
    in_hours: bool
    of_day: int
    channels_of_week: int


def contact_lines(contacts: Sequence[ContactRecord], policy: Policy) -> list[ContactLine]:
    """Return a line for each contact of one person, in their order."""
    days = [policy.calendar.day_of(contact.at) for contact in contacts]
    counted = Counter(days)
    used: dict[date, set[str]] = {}
    for contact, day in zip(contacts, days, strict=True):
        used.setdefault(week_of(day), set()).add(contact.channel)
    return [
        ContactLine(
            **asdict(contact),
            day=day,
            week=f"{day:%G-W%V}",
            in_hours=_is_in_hours(contact, policy),
            of_day=counted[day],
            channels_of_week=len(used[week_of(day)]),
        )
        for contact, day in zip(contacts, days, strict=True)
    ]


def _is_in_hours(contact: ContactRecord, policy: Policy) -> bool:
    opens = next_allowed(contact.purpose, contact.at, policy=policy, channel=contact.channel)
    return opens <= contact.at
