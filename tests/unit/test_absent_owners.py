"""Owners who live elsewhere: what they hear of an emergency, and which notices go to those at home."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pytest

from hub.catalog import CATALOG
from hub.errors import StorageUnavailable
from hub.model import RECALL, Event, Lane, Message, Purpose, State
from hub.people.audience.asking import Scene, group_of
from hub.people.audience.language import parse
from hub.people.audience.names import WORDS
from tests.unit.factories import MONDAY, POLICY, email, event, home, member, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES, context, examples

PLACE = "ph-altos-del-rosal"
ABSENT = (("p-olga", "owner"), ("p-pia", "proxy"))
DECLARED = event("emergency.declared", at=MONDAY)
UPDATED = event("emergency.updated", at=MONDAY)
CLEARED = event("emergency.updated", {"status": "cleared"}, id="cleared", at=MONDAY)


def directory() -> list[Event]:
    """Ana lives in a home that she owns, Beto in Olga's, whom Pia represents; Rosa owns in another place."""
    return [
        *(home(unit, "1", copropiedad=PLACE) for unit in ("u-1", "u-2", "u-3")),
        home("u-9", "1", copropiedad="ph-9"),
        *(
            somebody(ref, email(f"{ref}@example.com"), mobile(f"+57300555010{number}"))
            for number, ref in enumerate(("p-ana", "p-beto", "p-pia", "p-rosa"))
        ),
        somebody("p-olga", email("olga@example.com"), mobile("+34600555019"), locale="en"),
        member("p-ana", "unit:u-1", "owner"),
        member("p-ana", "unit:u-3", "owner"),
        member("p-ana", "unit:u-1", "resident"),
        member("p-beto", "unit:u-2", "tenant"),
        *(member(ref, "unit:u-2", role) for ref, role in ABSENT),
        member("p-rosa", "unit:u-9", "owner"),
        somebody("p-staff", email("staff@example.com")),
        *(member("p-staff", "company", "staff", duty=duty) for duty in ("front_desk", "on_call")),
    ]


async def town(page: int = 500) -> MemoryHub:
    hub = memory_hub(MONDAY, page=page)
    await hub.take_in(*directory())
    return hub


def absent(hub: MemoryHub, about: Event) -> list[Message]:
    return [message for message in hub.of(about) if message.variant == "absent"]


@pytest.mark.parametrize("page", [1, 2, 3, 4, 500])
@pytest.mark.parametrize("about", [DECLARED, UPDATED, CLEARED], ids=["declared", "updated", "over"])
async def test_owners_and_proxies_who_live_elsewhere_are_written_to_once(about: Event, page: int) -> None:
    hub = await town(page)
    await hub.take_in(about)

    assert [("p-olga", "email"), ("p-olga", "inbox"), ("p-pia", "email"), ("p-pia", "inbox")] == sorted(
        (message.person, message.channel) for message in absent(hub, about)
    )
    assert {"p-ana", "p-beto"} == {one.person for one in hub.of(about) if one.variant is None}
    assert {("Torre 1 Apartamento u-2",)} == {message.units for message in absent(hub, about)}
    assert hub.stored(about).planned


async def test_they_hear_after_the_residents_and_wait_in_a_lane_of_their_own() -> None:
    hub = await town(2)
    hub.store.faults.script("transaction", None, None, StorageUnavailable())  # the event, a page, the end
    with pytest.raises(StorageUnavailable):
        await hub.take_in(DECLARED)

    assert {"p-ana", "p-beto"} == {one.person for one in hub.of(DECLARED) if one.variant != "desk"}
    await hub.take_in(DECLARED)
    assert {Lane.NORMAL} == {message.lane for message in absent(hub, DECLARED)}
    assert {Lane.URGENT} == {message.lane for message in hub.of(DECLARED) if message.variant is None}


async def test_nobody_knocks_at_the_door_of_somebody_who_is_not_there() -> None:
    """Neither `no_channel` nor a further clock: both are about people who may be in danger."""
    hub = await town()
    await hub.take_in(somebody("p-sin"), member("p-sin", "unit:u-3", "owner"), DECLARED)

    assert {Purpose.SERVICE} == {message.purpose for message in absent(hub, DECLARED)}
    assert ["inbox"] == [one.channel for one in absent(hub, DECLARED) if one.person == "p-sin"]
    assert {} == hub.store.tables.unreached
    assert ["emergency_ack"] == [clock.name for clock in hub.store.clocks]


async def test_a_building_without_absent_owners_is_reached_as_a_whole() -> None:
    hub = await town()
    gone = [*(member(ref, "unit:u-2", role, 2, until="2020-01-01T00:00:00Z") for ref, role in ABSENT)]
    await hub.take_in(*gone, DECLARED)
    kept = hub.store.tables.audiences[hub.stored(DECLARED).key, 2].record

    assert (0, "nobody") == (kept.people, kept.why)
    assert {} == hub.store.tables.unreached


async def test_a_recalled_emergency_is_taken_back_from_them_too() -> None:
    hub = await town()
    await hub.take_in(DECLARED)
    await hub.take_in(event(RECALL, {"source": DECLARED.source, "id": DECLARED.id}, at=MONDAY))

    assert {State.CANCELLED} == {message.state for message in absent(hub, DECLARED)}


@pytest.mark.parametrize(
    ("locale", "drill", "begins", "says"),
    [
        ("es", False, "EMERGENCIA en ", "usted no vive allí"),
        ("es", True, "SIMULACRO en ", "no hay peligro"),
        ("en", False, "EMERGENCY at ", "you do not live there"),
        ("en", True, "DRILL at ", "there is no danger"),
    ],
)
@pytest.mark.parametrize("channel", ["email", "inbox"])
def test_they_read_what_happens_where_and_whom_to_ask_but_not_what_to_do_there(
    channel: str, locale: str, begins: str, says: str, *, drill: bool
) -> None:
    data = examples("emergency.declared")[0] | {"drill": drill}
    words = TEMPLATES.render(
        "emergency.declared", channel, context("emergency.declared", data), variant="absent", locale=locale
    )

    assert words.subject.startswith(begins)
    for said in (says, "Torre 2", data["contact"], POLICY.company.phone):
        assert said in words.text
    assert "escaleras" not in f"{words.subject}{words.text}{words.html}"


@pytest.mark.parametrize(
    ("locale", "status", "begins", "says"),
    [
        ("es", "cleared", "EMERGENCIA SUPERADA", "ya está superada"),
        ("es", "update", "EMERGENCIA, novedad", "continúa"),
        ("en", "cleared", "EMERGENCY OVER", "is over"),
        ("en", "update", "EMERGENCY, update", "goes on"),
    ],
)
def test_news_are_told_as_words_for_those_who_are_there(
    locale: str, status: str, begins: str, says: str
) -> None:
    data = examples("emergency.updated")[0] | {"status": status}
    told = context("emergency.updated", data)
    words = TEMPLATES.render("emergency.updated", "email", told, variant="absent", locale=locale)

    assert words.subject.startswith(begins)
    assert says in words.text
    lead = "para quienes están allí" if locale == "es" else "for those who are there"
    assert words.text.index(lead) < words.text.index(data["instruction"])


OWNERS_TOO: Final = {
    # Events about debts, decisions and proofs of the owner or the payer.
    "admin.invoice.issued",
    "admin.payment.received",
    "admin.assembly.convened",
    "admin.assembly.second_call",
    "admin.vote.opened",
    "admin.decision.published",
    "admin.financial_report.published",
    # To everybody who has to do with the company, or as the publisher says (`who_by`).
    "policy.updated",
    "admin.circular.issued",
    # To those who had the wrong message.
    "admin.correction.issued",
    "admin.invitation.issued",
    # To nobody but owners and proxies who live elsewhere; who lives there gets the emergency itself.
    "emergency.declared",
    "emergency.updated",
}
"""Service notices that reach an owner who does not live there."""


def _roles(term: str) -> Collection[str]:
    """Return the roles of a unit that a term names; a party of the case has none."""
    parsed = parse(term)
    return group_of(parsed, Scene()).roles if parsed.word in WORDS else ()


def test_service_reaches_owners_only_where_the_catalogue_says_so() -> None:
    found = {
        kind.name
        for kind in CATALOG
        for audience in kind.audiences
        if audience.purpose is Purpose.SERVICE
        for term in audience.who
        if {"owner", "payer"} & set(_roles(term))
    }

    assert found == OWNERS_TOO


async def test_package_is_for_the_tenant_and_not_for_the_absent_owner() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(
        home("u-1"),
        somebody("p-owner", email()),
        somebody("p-tenant", email("t@example.com")),
        member("p-owner", "unit:u-1", "owner"),
        member("p-tenant", "unit:u-1", "tenant"),
    )
    package = event("concierge.package.received", {"unit_id": "u-1"})
    await hub.take_in(package)

    assert {"p-tenant"} == {person for person, _ in hub.recipients(package)}
