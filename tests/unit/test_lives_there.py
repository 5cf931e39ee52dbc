"""Service notices go to the people who live there; to the absent owner only if the catalogue says so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from hub.catalog import CATALOG
from hub.model import Purpose
from hub.people.audience.asking import Scene, group_of
from hub.people.audience.language import parse
from hub.people.audience.names import WORDS
from tests.unit.factories import MONDAY, email, event, home, member, somebody
from tests.unit.hub_in_memory import memory_hub

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
