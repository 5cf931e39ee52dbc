"""A person at the desk: the overview before writing, the nouns of the directory, a correction."""

# ruff: noqa: ARG002 - the double of a store answers every question alike

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.catalog import BY_NAME
from hub.cloudevents.schemas import Schemas
from hub.desk.people.history import CaseOfPerson, ChannelLately, DeadAddress, ReplyLine, RoleOverTime
from hub.desk.people.overview import (
    CHANNELS,
    ChannelForecast,
    ContactState,
    ForecastState,
    PersonOverview,
    read_overview,
)
from hub.desk.people.queries import MOST, ListedPerson, PeopleList, listing
from hub.desk.people.rows import NOUNS, PeopleQuery, RoleRow
from hub.desk.rights.acts import last_source
from hub.desk.rights.rows import OWN, Correction
from hub.model import (
    HUB_SOURCE,
    Consent,
    ContactPoint,
    Mark,
    MarkReason,
    Person,
    Preferences,
    PropertyScope,
    Purpose,
    Role,
)
from hub.people.claims import claim_event
from hub.policy import load_policy
from hub.storage.person_export import ExportFacts, PersonVersion
from tests.unit.factories import MONDAY, SCHEMAS

NOON = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
"""A Monday, in the hours of contact."""
POLICY = load_policy()
MAIL = ContactPoint(id="m", kind="email", value="ana@lives.example", verified=True)
MOBILE = ContactPoint(id="c", kind="phone", value="+573001111111")
LANDLINE = ContactPoint(id="f", kind="phone", value="+576015551234")


class MemoryPeopleList(PeopleList):
    """People in memory, with the facts on record about them."""

    def __init__(self, *people: Person, dead: Sequence[DeadAddress] = ()) -> None:
        self.known = {person.ref: person for person in people}
        self.suppressions = dead
        self.roles: Mapping[str, Sequence[RoleRow]] = {}

    async def people(
        self, asked: PeopleQuery, *, after: str, limit: int, places: PropertyScope = None
    ) -> Sequence[ListedPerson]:
        found = [self.known[ref] for ref in sorted(self.known) if ref > after]
        return [(person, self.roles.get(person.ref, ())) for person in found[:limit]]

    async def dead(self, addresses: Collection[str]) -> Sequence[DeadAddress]:
        return [found for found in self.suppressions if found.address in addresses]

    async def by_purpose(self, person: str, purposes: Collection[Purpose]) -> Mapping[Purpose, Person]:
        return {purpose: self.known[person] for purpose in purposes if person in self.known}

    async def ledger(self, person: str) -> Sequence[Consent]:
        return []

    async def terms(self, person: str, places: PropertyScope = None) -> Sequence[RoleOverTime]:
        return []

    async def cases(self, person: str, *, limit: int, places: PropertyScope = None) -> Sequence[CaseOfPerson]:
        return []

    async def lately(self, person: str, *, places: PropertyScope = None) -> Sequence[ChannelLately]:
        return []

    async def replies(self, person: str, *, limit: int, places: PropertyScope = None) -> Sequence[ReplyLine]:
        return []


def ana(*points: ContactPoint, **fields: Any) -> Person:
    return Person(ref="p-ana", name="Ana Ruiz", contact_points=points, **fields)


def gone(address: str, channel: str = "email", **fields: Any) -> DeadAddress:
    usual: dict[str, Any] = {"reason": "gone", "code": "550", "expires_at": None, "lifted_at": None}
    return DeadAddress(
        id=uuid4(), address=address, channel=channel, since=NOON - timedelta(days=1), **{**usual, **fields}
    )


async def overview(person: Person, *dead: DeadAddress, at: datetime = NOON) -> PersonOverview:
    store = MemoryPeopleList(person, dead=dead)
    made = await read_overview(store, POLICY, "p-ana", now=at)
    assert made is not None
    return made


def of(made: PersonOverview, purpose: Purpose, channel: str) -> ChannelForecast:
    (row,) = (row for row in made.forecast if row.purpose is purpose)
    return next(cell for cell in row.channels if cell.channel == channel)


async def test_each_purpose_is_judged_on_each_channel() -> None:
    made = await overview(ana(MAIL))

    assert all([cell.channel for cell in row.channels] == list(CHANNELS) for row in made.forecast)
    assert of(made, Purpose.SERVICE, "email").state is ForecastState.YES
    assert of(made, Purpose.SERVICE, "sms").reason == "no_contact"
    assert of(made, Purpose.SERVICE, "print").state is ForecastState.YES


async def test_without_a_consent_nothing_commercial_leaves() -> None:
    made = await overview(ana(MAIL, MOBILE))

    assert {of(made, Purpose.COMMERCIAL, channel).reason for channel in CHANNELS} == {"not_consented"}


async def test_mark_is_why_nothing_leaves_but_what_the_law_demands() -> None:
    made = await overview(ana(MAIL, mark=Mark(reason=MarkReason.CONTESTED_ACCOUNT, since=NOON)))

    assert of(made, Purpose.SERVICE, "email").reason == "do_not_contact"
    assert of(made, Purpose.LEGAL, "email").state is ForecastState.YES


async def test_wishes_are_why_a_channel_is_not_used() -> None:
    made = await overview(ana(MAIL, MOBILE, preferences=Preferences(channels={Purpose.SERVICE: ("email",)})))

    assert of(made, Purpose.SERVICE, "sms").reason == "not_wanted"
    assert of(made, Purpose.SERVICE, "email").state is ForecastState.YES


async def test_landline_gets_no_text_message() -> None:
    made = await overview(ana(LANDLINE))

    assert of(made, Purpose.SERVICE, "sms").reason == "not_mobile"


async def test_whoever_uses_nothing_digital_gets_letters_alone() -> None:
    made = await overview(ana(MAIL, digital_access=False))

    assert of(made, Purpose.SERVICE, "email").reason == "no_contact"
    assert of(made, Purpose.SERVICE, "print").state is ForecastState.YES


async def test_suppressed_contact_says_why_and_until_when() -> None:
    made = await overview(ana(MAIL), gone(MAIL.value, expires_at=NOON + timedelta(days=3)))
    (contact,) = made.contacts

    assert contact.state is ContactState.SUPPRESSED
    assert [(row.reason, row.ends_at) for row in contact.suppressions] == [("gone", NOON + timedelta(days=3))]
    assert of(made, Purpose.SERVICE, "email").reason == "gone"


@pytest.mark.parametrize("over", [{"lifted_at": NOON}, {"expires_at": NOON - timedelta(hours=1)}])
async def test_suppression_that_is_over_hinders_nothing(over: dict[str, Any]) -> None:
    made = await overview(ana(MAIL), gone(MAIL.value, **over))

    assert made.contacts[0].state is ContactState.WORKS
    assert of(made, Purpose.SERVICE, "email").state is ForecastState.YES


async def test_contacts_are_masked() -> None:
    made = await overview(ana(MAIL, MOBILE))

    assert [contact.value for contact in made.contacts] == ["a***@l***.example", "+57 *** *** 1111"]
    assert [contact.state for contact in made.contacts] == [ContactState.WORKS, ContactState.UNVERIFIED]


async def test_nobody_has_no_overview() -> None:
    assert await read_overview(MemoryPeopleList(), POLICY, "p-ana", now=NOON) is None


async def test_list_finds_whom_nothing_electronic_reaches() -> None:
    people = [ana(MAIL), Person(ref="p-bea", name="Bea", contact_points=(LANDLINE,))]
    store = MemoryPeopleList(*people, dead=[gone("x@lives.example")])
    found = await listing(store, PeopleQuery(unreachable=True, limit=9), policy=POLICY, now=NOON)

    assert [(row.person, row.name, row.ways) for row in found.items] == [("p-bea", "B***", [])]


async def test_long_search_stops_and_says_where_to_go_on() -> None:
    people = [Person(ref=f"p-{number:05}", name="X", contact_points=(MAIL,)) for number in range(MOST + 1)]
    found = await listing(
        MemoryPeopleList(*people), PeopleQuery(unreachable=True, limit=9), policy=POLICY, now=NOON
    )

    assert (found.items, found.next) == ([], f"p-{MOST - 1:05}")


async def test_pages_of_people_join_without_gap_or_repetition() -> None:
    store = MemoryPeopleList(*(Person(ref=f"p-{number}", name="X") for number in range(5)))
    seen: list[str] = []
    after = None
    while True:
        page = await listing(store, PeopleQuery(after=after, limit=2), policy=POLICY, now=NOON)
        seen += [row.person for row in page.items]
        if (after := page.next) is None:
            break

    assert seen == ["p-0", "p-1", "p-2", "p-3", "p-4"]


def test_the_roles_are_those_of_the_schema() -> None:
    document = Schemas.load().by_name["directory.membership.upserted"].document

    assert list(Role) == document["properties"]["role"]["enum"]


def test_each_noun_of_the_directory_can_be_written_over_http() -> None:
    nouns = {name.split(".")[1] for name in BY_NAME if name.startswith("directory.")}

    assert nouns == set(NOUNS.values())


def held(*sources: str | None) -> ExportFacts:
    versions = [
        PersonVersion(version=number, since=MONDAY, source=source, data={})
        for number, source in enumerate(sources, 1)
    ]
    return ExportFacts(versions=versions, roles=(), cases=(), surveys=())


def test_claim_is_valid_and_has_the_terms_clock() -> None:
    claim = claim_event("p-maria", Correction.UPDATE, "datos-1", MONDAY)
    SCHEMAS.check(claim, now=MONDAY)

    assert "privacy.claim.received" == claim.name
    assert {"ref": "p-maria"} == claim.data["data_subject"]
    assert "actualizacion" == claim.data["kind"]


def test_same_case_is_one_claim() -> None:
    first, again = (claim_event("p-maria", Correction.CORRECTION, "d-1", MONDAY) for _ in range(2))

    assert first.id == again.id


def test_claim_says_whose_system_corrects_it() -> None:
    assert "urn:crm" == last_source(held("urn:otro", "urn:crm"))
    assert last_source(held(None)) in OWN
    assert HUB_SOURCE in OWN
    assert last_source(held()) is None
