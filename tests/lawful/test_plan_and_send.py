"""Properties: after any decisions and messages, in any order, no plan and no send breaks a rule."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import structs

from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Event
from tests.lawful.counter import unlawful
from tests.lawful.facts import DoNotContact, Excluded, Payment, QuietHours, Statement, SwitchedOff
from tests.lawful.moved_hub import MovedHub
from tests.lawful.provider import Luck
from tests.lawful.town import BETWEEN, BILLING, TEXT_CHANNELS, About, Act, Building, Fact, building, start
from tests.lawful.year import OF_PLANS, run_to_end

PEOPLE = 2
"""The owner of a flat and its tenant: few, so that acts meet."""
WEEKS = 3
CHANNELS = st.frozensets(st.sampled_from(TEXT_CHANNELS), max_size=3)
PURPOSES = st.sampled_from(("collection", "commercial", "survey"))

EDGES = (
    timedelta(hours=7),
    timedelta(hours=8),
    timedelta(hours=15),
    timedelta(hours=19),
    timedelta(hours=24),
)


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """Draw an instant of three weeks, mostly near a bound of the law."""
    day = start() + timedelta(days=draw(st.integers(0, 7 * WEEKS - 1)))
    near = draw(st.sampled_from(EDGES)) + timedelta(seconds=draw(st.integers(-2, 2)))
    anywhere = timedelta(seconds=draw(st.integers(0, 24 * 3600 - 1)))
    return day + draw(st.sampled_from((near, anywhere)))


@st.composite
def statements(draw: st.DrawFn) -> tuple[Act, About]:
    """Somebody authorises or withdraws, at once or told later."""
    known = draw(instants()) + BETWEEN
    said = known - timedelta(hours=draw(st.sampled_from((0, 0, 1, 30))))
    purpose = draw(st.one_of(PURPOSES, st.just("data_treatment")))
    person = _person(draw(st.integers(0, PEOPLE - 1)))
    return _statement(
        Statement(
            person=person,
            purpose=purpose,
            granted=draw(st.booleans()),
            said=said,
            known=known,
            channels=draw(CHANNELS),
        )
    )


def _statement(fact: Statement) -> tuple[Act, About]:
    data: dict[str, Any] = {"subject_id": fact.person, "purposes": [fact.purpose], "method": "web"}
    when = fact.said.isoformat()
    data |= {"text_version": "1", "captured_at": when} if fact.granted else {"revoked_at": when}
    if fact.channels:
        data["channels"] = sorted(fact.channels)
    event = _event(f"privacy.consent.{'granted' if fact.granted else 'revoked'}", fact.known, data)
    return Act(at=fact.known, event=event, facts=(fact,)), About(purpose="transactional")


def _all_agreed() -> list[tuple[Act, About]]:
    """Everybody has authorised everything: then the other rules decide."""
    at = start() + BETWEEN
    return [
        _statement(Statement(person=_person(index), purpose=purpose, granted=True, said=at, known=at))
        for index in range(PEOPLE)
        for purpose in ("collection", "commercial", "survey")
    ]


@st.composite
def notices(draw: st.DrawFn) -> tuple[Act, About]:
    """A flat owes; its notice may arrive late."""
    at, unit = draw(instants()), _unit(draw(st.integers(0, PEOPLE // 2 - 1)))
    data = {
        "unit_id": unit,
        "balance_cop": 1,
        "days_overdue": 5,
        "interest_cop": 0,
        "dunning_step": 1,
        "copropiedad_id": "ph-0",
    }
    late = timedelta(hours=draw(st.sampled_from((0, 0, 0, 5, 30))))
    about = About(purpose="collection", account=unit, debt=unit)
    return Act(at=at, event=_event("admin.account.overdue", at, data), late=late), about


@st.composite
def payments(draw: st.DrawFn) -> tuple[Act, About]:
    """A flat pays, once and for all."""
    at, unit = draw(instants()), _unit(draw(st.integers(0, PEOPLE // 2 - 1)))
    data = {
        "payment_id": f"pago-{unit}",
        "unit_id": unit,
        "amount_cop": 1,
        "method": "PSE",
        "paid_at": at.isoformat(),
        "receipt_no": f"RC-{unit}",
        "balance_cop": 0,
        "copropiedad_id": "ph-0",
    }
    event = _event("admin.payment.received", at, data)
    return Act(at=at, event=event, facts=(Payment(debt=unit, known=at),)), About(purpose="transactional")


@st.composite
def campaigns(draw: st.DrawFn) -> tuple[Act, About]:
    at = draw(instants())
    data = {
        "campaign_id": f"camp-{at}",
        "property_id": "INM-1",
        "segment": "todos",
        "valid_until": (at + timedelta(days=10)).isoformat(),
        "property": "Apartamento",
        "copropiedad_id": "ph-0",
    }
    return Act(at=at, event=_event("realestate.listing.promoted", at, data)), About(purpose="commercial")


@st.composite
def surveys(draw: st.DrawFn) -> tuple[Act, About]:
    at, person = draw(instants()), _person(draw(st.integers(0, PEOPLE - 1)))
    data = {
        "survey_id": f"s-{person}-{at}",
        "kind": "post_servicio",
        "respondent": {"ref": person},
        "expires_at": (at + timedelta(days=14)).isoformat(),
        "copropiedad_id": "ph-0",
    }
    return Act(at=at, event=_event("survey.requested", at, data)), About(purpose="survey")


@st.composite
def circulars(draw: st.DrawFn) -> tuple[Act, About]:
    at = draw(instants())
    data = {"circular_id": f"circ-{at}", "title": "Fumigación", "audience": "both"}
    data |= {"body_markdown": "Cierre sus ventanas.", "copropiedad_id": "ph-0"}
    return Act(at=at, event=_event("admin.circular.issued", at, data)), About(purpose="service")


@st.composite
def wishes(draw: st.DrawFn) -> tuple[Act, About]:
    """Staff marks somebody, a person switches something off, a number enters the register."""
    at, person = draw(instants()) + BETWEEN, _person(draw(st.integers(0, PEOPLE - 1)))
    purpose = draw(st.sampled_from(("commercial", "service", "survey")))
    possible: list[Fact] = [
        DoNotContact(person=person, since=at),
        Excluded(address=f"{person}@example.com", since=at),
        SwitchedOff(person=person, purpose=purpose, channel="email", since=at),
        QuietHours(person=person, begins=time(19), ends=time(7), since=at),
    ]
    return Act(at=at, facts=(draw(st.sampled_from(possible)),)), About(purpose="none")


@st.composite
def moves(draw: st.DrawFn) -> tuple[Act, About]:
    """A tenant begins to pay the fees of a flat."""
    at, index = draw(instants()) + BETWEEN, draw(st.integers(0, PEOPLE // 2 - 1))
    unit, tenant = _unit(index), _person(2 * index + 1)
    data = {"membership_id": f"m-{tenant}-payer", "version": 1, "person_id": tenant}
    data |= {"scope": f"unit:{unit}", "role": "payer"}
    event = _event("directory.membership.upserted", at, data)
    return Act(at=at, event=event, payer=(unit, tenant)), About(purpose="none")


PUBLISHED = st.one_of(notices(), campaigns(), surveys(), circulars())
_PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
"""To explain a failure takes longer than the time-out of a test."""


@settings(
    max_examples=60, phases=_PHASES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    agreed=st.booleans(),
    said=st.lists(statements(), max_size=4),
    happened=st.lists(st.one_of(payments(), wishes(), moves()), max_size=4),
    sent=st.lists(PUBLISHED, min_size=1, max_size=8),
    luck=st.integers(0, 2**16),
)
def test_no_plan_and_no_send_breaks_a_rule(
    agreed: bool,
    said: list[tuple[Act, About]],
    happened: list[tuple[Act, About]],
    sent: list[tuple[Act, About]],
    luck: int,
) -> None:
    before = _all_agreed() if agreed else []
    hub = MovedHub(building=_building([*before, *said, *happened, *sent]), luck=_luck(luck))
    run_to_end(hub.run(start() + timedelta(weeks=WEEKS + 1)))
    facts = hub.ledger.facts()
    assert unlawful(hub.contacts(), facts) == []
    assert [breach for breach in unlawful(hub.planned, facts) if breach.rule in OF_PLANS] == []


def _building(drawn: Sequence[tuple[Act, About]]) -> Building:
    """Take the people of a building, and none of its year. A debt that is paid is owed no more."""
    made = building(0, people=PEOPLE, seed=0, days=WEEKS * 7)
    acts: list[Act] = []
    book: dict[str, About] = {}
    paid: set[str] = set()
    for number, (act, about) in enumerate(sorted(drawn, key=lambda pair: pair[0].at)):
        if about.debt in paid:
            continue
        paid |= {fact.debt for fact in act.facts if isinstance(fact, Payment)}
        event = None if act.event is None else structs.replace(act.event, id=f"e-{number}")
        acts.append(replace(act, event=event))
        book[f"e-{number}"] = about
    acts.sort(key=lambda act: act.arrives)
    return Building(
        name=made.name, people=made.people, directory=made.directory, payers=made.payers, acts=acts, book=book
    )


def _luck(seed: int) -> Luck:
    return Luck(random=Random(seed), lost_answers=0.05, deaths=0.05, refusals=0.05)


def _event(name: str, at: datetime, data: dict[str, Any]) -> Event:
    return Event(
        id="", source=BILLING, type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}", time=at, data=data, extensions={}
    )


def _person(index: int) -> str:
    return f"p-0-{index}"


def _unit(index: int) -> str:
    return f"u-0-{index}"
