"""Changes of contact points and who hears of them; contacts as `hub person contacts` counts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest
from msgspec.structs import replace

from hub.business_time.dates import ZONE
from hub.cloudevents import encode
from hub.desk.rights.acts import ContactLine, contact_lines
from hub.model import HUB_SOURCE, ContactPoint, Purpose
from hub.people.contact_changes import BY_PAGE, ContactChange, FormerContact, former_contacts, notices
from hub.storage.person_export import ContactRecord
from tests.unit.factories import POLICY, SCHEMAS

OLD: Final = "maria@example.com"
NEW: Final = "mallory@evil.example"
AT: Final = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
"""Still 9 March in Bogotá."""


def email(value: str, *, verified: bool = False) -> ContactPoint:
    return ContactPoint(id=value, kind="email", value=value, verified=verified)


def phone(value: str, *, verified: bool = False) -> ContactPoint:
    return ContactPoint(id=value, kind="phone", value=value, verified=verified)


PUSH: Final = ContactPoint(id="d", kind="push", value="token")
MOBILE, OTHER, LANDLINE = "+573001234567", "+573109876543", "+576017451000"


@pytest.mark.parametrize(
    ("before", "after", "former"),
    [
        ([email(OLD)], [email(NEW)], [(OLD, "m***@e***.example")]),
        ([email(OLD)], [], [(OLD, "")]),
        ([email(OLD)], [phone(MOBILE)], [(OLD, "")]),
        ([email(OLD)], [email("Maria@Example.com")], []),
        ([email(OLD)], [ContactPoint(id="other id", kind="email", value=OLD)], []),
        ([email(OLD)], [email(OLD), email(NEW)], []),
        ([email(OLD)], [email(NEW), email(OLD)], [(OLD, "m***@e***.example")]),
        ([email(OLD)], [email(OLD), email(NEW, verified=True)], [(OLD, "m***@e***.example")]),
        ([email(OLD), email("b@example.com")], [email(OLD)], [("b@example.com", "m***@e***.com")]),
        ([phone(MOBILE)], [phone(OTHER)], [(MOBILE, "+57 *** *** 6543")]),
        ([phone(LANDLINE), phone(MOBILE)], [phone(LANDLINE), phone(OTHER)], [(MOBILE, "+57 *** *** 6543")]),
        ([phone(LANDLINE)], [phone(MOBILE)], []),
        ([PUSH], [], []),
        ([], [email(NEW)], []),
    ],
    ids=[
        "another address",
        "no address any more",
        "only another kind",
        "other spelling",
        "other id",
        "one more behind it",
        "one more before it",
        "one more that is used",
        "the second one goes",
        "another number",
        "behind a landline",
        "a landline gets no text",
        "a device",
        "the first address",
    ],
)
def test_former_contacts_are_those_that_get_nothing_any_more(
    before: list[ContactPoint], after: list[ContactPoint], former: list[tuple[str, str]]
) -> None:
    assert [(contact.value, contact.now) for contact in former_contacts(before, after)] == former


def change(source: str = "urn:coproservicios:crm", at: datetime = AT, version: int = 8) -> ContactChange:
    former = (
        FormerContact(kind="email", value=OLD, now="m***@e***.example"),
        FormerContact(kind="phone", value=MOBILE),
    )
    return ContactChange(person="p-1", version=version, at=at, source=source, name="María", former=former)


def test_each_former_contact_gets_an_event_of_the_hub_that_the_schema_accepts() -> None:
    mail, text = notices(change())

    for event in (mail, text):
        SCHEMAS.check(event, now=AT)
        assert (event.source, event.time, event.data["by"], event.data["system"]) == (
            HUB_SOURCE,
            AT,
            "system",
            "crm",
        )
    assert mail.data["former_contact"] == {"name": "María", "email": OLD}
    assert text.data["former_contact"] == {"name": "María", "phone": MOBILE}
    assert ("m***@e***.example", None) == (mail.data["now"], text.data.get("now"))


def test_id_is_of_person_day_and_contact_and_shows_no_address() -> None:
    [mail, text] = notices(change())
    [again, _] = notices(change(version=9, at=AT - timedelta(hours=20)))
    [next_day, _] = notices(change(at=AT + timedelta(hours=1)))

    assert mail.id == again.id
    assert len({mail.id, text.id, next_day.id}) == 3
    assert mail.id.startswith("contact:p-1:2026-03-09:")
    assert not any(part in mail.id + text.id for part in (OLD, MOBILE, MOBILE[3:]))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("urn:hub:api", ("api", None)),
        ("urn:hub:import", ("import", None)),
        ("https://crm.example.com/edificios/", ("system", "edificios")),
        ("https://evil.example", ("system", "evilexample")),
        ("urn:x:" + "a" * 80, ("system", "a" * 40)),
        ("urn:x:¡pague!", ("system", "pague")),
        ("urn:x:ñ", ("system", None)),
    ],
)
def test_source_is_named_without_anything_that_becomes_a_link(
    source: str, expected: tuple[str, str | None]
) -> None:
    [event, _] = notices(change(source))

    SCHEMAS.check(event, now=AT)
    assert (event.data["by"], event.data.get("system")) == expected


def test_old_address_of_a_marked_person_is_not_notified() -> None:
    assert [] == notices(replace(change(), marked=True))


def test_notice_never_has_the_new_address() -> None:
    former = former_contacts([email(OLD)], [email(NEW)])
    row = ContactChange(person="p-1", version=8, at=AT, source="urn:crm", name="", former=tuple(former))

    assert not any(NEW.encode() in encode(event) for event in notices(row))


@pytest.mark.parametrize("source", [BY_PAGE, f"{HUB_SOURCE}:api"], ids=["by a page", "by a program"])
def test_correction_on_the_persons_page_is_told_to_both_contacts(source: str) -> None:
    [former] = former_contacts([phone(MOBILE)], [phone(OTHER)], source)
    [notice] = notices(
        ContactChange(person="p-1", version=2, at=AT, source=source, name="Inés Ávila", former=(former,))
    )

    SCHEMAS.check(notice, now=AT)
    told = {"name": "Inés Ávila", "phone": OTHER} if source == BY_PAGE else None
    assert (MOBILE, told, "api") == (
        notice.data["former_contact"]["phone"],
        notice.data.get("new_contact"),
        notice.data["by"],
    )


MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=ZONE)
DAY = timedelta(days=1)


def contact(at: datetime, channel: str = "email") -> ContactRecord:
    return ContactRecord(
        message_id=uuid4(),
        at=at,
        event="admin.account.overdue",
        purpose=Purpose.COLLECTION,
        channel=channel,
        provider="smtp",
        outcome="accepted",
        register=None,
    )


def lines(*contacts: ContactRecord) -> list[ContactLine]:
    return contact_lines(contacts, POLICY)


def test_a_day_is_one_of_colombia() -> None:
    late, after = MONDAY.replace(hour=23, minute=59), MONDAY + DAY - timedelta(hours=8)
    found = lines(contact(MONDAY), contact(late), contact(after))

    assert [2, 2, 1] == [line.of_day for line in found]


def test_channels_are_counted_from_monday_to_sunday() -> None:
    later = contact(MONDAY + 6 * DAY, "push"), contact(MONDAY + 7 * DAY)
    found = lines(contact(MONDAY - DAY, "sms"), contact(MONDAY), *later)

    assert [1, 2, 2, 1] == [line.channels_of_week for line in found]
    assert ["2026-W10", "2026-W11", "2026-W11", "2026-W12"] == [line.week for line in found]


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (MONDAY.replace(hour=7), True),
        (MONDAY.replace(hour=6, minute=59), False),
        (MONDAY.replace(hour=18, minute=59), True),
        (MONDAY.replace(hour=19), False),
        (MONDAY + 5 * DAY, True),
        (MONDAY + 6 * DAY, False),
        (MONDAY + 14 * DAY, False),  # a Monday, and a holiday
    ],
)
def test_hours_are_those_of_the_law(at: datetime, inside: bool) -> None:
    [line] = lines(contact(at))

    assert inside is line.in_hours
