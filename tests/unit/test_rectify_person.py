"""A correction is a claim with the term of the law, and names the system that corrects the directory."""

from __future__ import annotations

from hub.desk.rights.acts import last_source
from hub.desk.rights.rows import OWN, Correction
from hub.model import HUB_SOURCE
from hub.people.claims import claim_event
from hub.storage.person_export import ExportFacts, PersonVersion
from tests.unit.factories import MONDAY, SCHEMAS


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
