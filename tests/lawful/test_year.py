"""A year of some buildings; `scripts/lawful_year` runs it for 2,000 people."""

import pytest

from tests.lawful.year import Findings, live_through, verdict

BUILDINGS = 6
PEOPLE = 20
SEED = 2300


@pytest.fixture(scope="module")
def findings() -> Findings:
    total = Findings()
    for number in range(BUILDINGS):
        total.add(live_through(number, people=PEOPLE, seed=SEED))
    return total


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_providers_accept_no_unlawful_contact_in_a_year(findings: Findings) -> None:
    assert not findings.rules, verdict(findings)


@pytest.mark.slow
def test_who_has_said_no_still_gets_emergencies_and_what_the_law_demands(findings: Findings) -> None:
    assert findings.withheld == []


@pytest.mark.slow
def test_each_petition_is_to_be_answered_by_the_day_that_the_law_says(findings: Findings) -> None:
    """Ley 1755 de 2015, art. 14: from its receipt, also where it was registered days later."""
    assert (True, []) == (findings.terms > BUILDINGS, findings.miscounted)


@pytest.mark.slow
def test_no_plan_of_a_year_is_unlawful(findings: Findings) -> None:
    assert findings.plans == {}


@pytest.mark.slow
def test_the_year_has_what_could_go_wrong(findings: Findings) -> None:
    """A hub that sends nothing breaks no rule."""
    for purpose in ("collection", "commercial", "survey"):
        assert findings.contacts[purpose] > BUILDINGS * PEOPLE / 2, findings.contacts
    assert findings.contacts["emergency"] >= BUILDINGS * PEOPLE
    assert findings.channels.keys() == {"email", "sms", "whatsapp", "push", "inbox", "print"}
    assert findings.own["survey"] > BUILDINGS, findings.own
    assert findings.own["transactional"] > BUILDINGS, findings.own
    assert all(count > BUILDINGS for count in findings.reactions.values()), findings.reactions
    assert findings.deaths > 0
