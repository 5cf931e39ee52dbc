"""The lists of people and of surveys in PostgreSQL: filters, places, pages, roles that have ended."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from hub.desk.people.acts import household_of
from hub.desk.people.queries import PeopleList
from hub.desk.people.rows import PeopleQuery
from hub.desk.preferences.acts import mark_person
from hub.desk.preferences.rows import MarkBody
from hub.desk.surveys import acts as surveys_kept
from hub.desk.surveys.rows import SurveysQuery, SurveyState
from hub.model import Event, MarkReason, Period, Purpose, Scope, State, StoredEvent
from hub.people.masking import mask_name
from hub.storage import Database
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import (
    copropiedad,
    event,
    membership,
    membership_removed,
    message,
    now,
    person,
    stored,
    unit,
)
from tests.operators import operator

TOWN: Sequence[Event] = (
    copropiedad("ph-1"),
    copropiedad("ph-2"),
    unit("u-1", "ph-1"),
    unit("u-2", "ph-2"),
    *(person(f"p-{name}") for name in ("ana", "bea", "caro", "dan", "eva")),
    membership("p-ana", "unit:u-1", "owner"),
    membership("p-ana", "copropiedad:ph-2", "council"),
    membership("p-bea", "unit:u-1", "tenant"),
    membership("p-caro", "unit:u-2", "owner"),
    membership("p-dan", "company", "staff"),
)


@asynccontextmanager
async def people_of(database: str) -> AsyncIterator[tuple[PeopleList, RealStores]]:
    async with open_stores(database) as stores, Database(database) as opened:
        await stores.apply_directory(*TOWN)
        yield PeopleList(opened), stores


async def refs(store: PeopleList, *, places: Any = None, **asked: Any) -> list[str]:
    found = await store.people(PeopleQuery(**asked), after="", limit=99, places=places)
    return [person.ref.removeprefix("p-") for person, _ in found]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "ana bea caro dan eva"),
        ({"role": "owner"}, "ana caro"),
        ({"copropiedad": "ph-1"}, "ana bea"),
        ({"copropiedad": "ph-2"}, "ana caro"),
        ({"copropiedad": "ph-2", "role": "council"}, "ana"),
        ({"unit": "u-2"}, "caro"),
        ({"unit": "nosuch"}, ""),
        ({"copropiedad": "ph-2", "unit": "u-1"}, ""),
    ],
)
async def test_people_are_narrowed(database: str, asked: dict[str, Any], found: str) -> None:
    async with people_of(database) as (store, _):
        assert await refs(store, **asked) == found.split()


async def test_caller_of_one_building_finds_its_people_and_their_roles_there(database: str) -> None:
    async with people_of(database) as (store, _):
        places = frozenset({"ph-2"})
        listed = await store.people(PeopleQuery(), after="", limit=9, places=places)

        assert await refs(store, places=places) == ["ana", "caro"]
        assert await refs(store, places=places, unit="u-1") == []
        assert await refs(store, places=places, copropiedad="ph-1") == []
        assert [[role.role for role in roles] for _, roles in listed] == [["council"], ["owner"]]


async def test_marked_people_are_found(database: str) -> None:
    async with people_of(database) as (store, _), Database(database) as opened:
        reason = MarkReason.CONTESTED_ACCOUNT
        await mark_person(operator(opened), "p-bea", MarkBody(reason=reason))

        assert await refs(store, marked=True) == ["bea"]
        assert await refs(store, marked=True, copropiedad="ph-2") == []


async def test_next_page_begins_after_the_last_one(database: str) -> None:
    async with people_of(database) as (store, _):
        for asked in (PeopleQuery(), PeopleQuery(copropiedad="ph-1")):
            page = await store.people(asked, after="p-ana", limit=1)
            assert [person.ref for person, _ in page] == ["p-bea"]


async def test_roles_are_shown_after_their_end(database: str) -> None:
    async with people_of(database) as (store, stores):
        await stores.apply_directory(membership_removed("p-ana owner unit:u-1", 2))
        terms = {term.role: term for term in await store.terms("p-ana")}

        assert terms["owner"].ended_at is not None
        assert terms["council"].ended_at is None
        assert [term.role for term in await store.terms("p-ana", frozenset({"ph-2"}))] == ["council"]


async def test_household_is_whoever_else_has_a_role_in_the_units_of_a_person(database: str) -> None:
    more = [membership("p-ana", "unit:u-2", "resident"), membership("p-eva", "unit:u-1", "staff")]
    async with people_of(database) as (store, stores), Database(database) as opened:
        await stores.apply_directory(*more)
        looks_only = operator(opened, "account:eva", {Scope.READ: frozenset({"ph-1"})})
        every, masked = [await household_of(by, "p-ana") for by in (operator(opened), looks_only)]

        assert [] == await store.household("p-dan")
    assert [("Name of p-bea", "tenant", "u-1"), ("Name of p-caro", "owner", "u-2")] == [
        (one.name, one.role, one.unit_id) for one in every
    ]
    # Ley 1581 de 2012, art. 4 (f): who need not answer there reads no name, and nothing of another building.
    assert [(mask_name("Name of p-bea"), "u-1")] == [(one.name, one.unit_id) for one in masked]


async def test_nobody_is_judged_by_no_purpose(database: str) -> None:
    async with people_of(database) as (store, _):
        assert await store.by_purpose("nosuch", [Purpose.SERVICE]) == {}
        assert set(await store.by_purpose("p-ana", [Purpose.SERVICE, Purpose.SURVEY])) == {
            Purpose.SERVICE,
            Purpose.SURVEY,
        }


async def test_cases_of_a_person_are_those_of_their_messages(database: str) -> None:
    async with people_of(database) as (store, stores):
        first = stored(event(id="one"), copropiedad_id="ph-1", case="pqrs_id:ONE")
        other = stored(event(id="two"), copropiedad_id="ph-2", case="pqrs_id:TWO")
        await stores.add_events(first, other)
        await stores.add(*(message(of, person="p-ana", created_at=now()) for of in (first, other)))
        everywhere = await store.cases("p-ana", limit=9)
        there = await store.cases("p-ana", limit=9, places=frozenset({"ph-2"}))

        assert {row.case for row in everywhere} == {"pqrs_id:ONE", "pqrs_id:TWO"}
        assert [row.case for row in there] == ["pqrs_id:TWO"]


def asked(name: str, place: str, **data: Any) -> StoredEvent:
    named = {"survey_id": name, "kind": "semestral", "respondent": {"ref": f"p-{name}"}, **data}
    one = event("survey.requested", id=name, data=named, time=now())
    return stored(one, copropiedad_id=place, case=f"survey_id:{name}")


def answered(name: str, place: str, score: int, minutes: int = 0) -> StoredEvent:
    data = {"survey_id": name, "kind": "semestral", "score": score, "comment": f"{name} {score}"}
    at = now() + timedelta(minutes=minutes)
    one = event("survey.answered", id=f"{name}-{score}", data=data, time=at)
    return stored(one, copropiedad_id=place, case=f"survey_id:{name}")


async def test_surveys_are_listed_with_their_state_and_last_answer(database: str) -> None:
    past = (now() - timedelta(days=1)).isoformat()
    surveys = [asked("ana", "ph-1"), asked("bea", "ph-1", expires_at=past)]
    surveys += [asked("caro", "ph-2"), asked("dan", "ph-2")]
    async with people_of(database) as (_, stores), Database(database) as opened:
        answers = [answered("caro", "ph-2", 3), answered("caro", "ph-2", 9, minutes=1)]
        await stores.add_events(*surveys, *answers)
        for one in surveys:
            state = State.SUPPRESSED if one.event.id == "dan" else State.SENT
            await stores.add(message(one, person=one.event.data["respondent"]["ref"], state=state))
        period = Period(since=now() - timedelta(days=2), until=now() + timedelta(days=1))

        async def found(places: Any = None, **narrowed: Any) -> dict[str, tuple[str, Any]]:
            query = SurveysQuery(limit=9, **narrowed)
            page = await surveys_kept.surveys(
                opened, query, period, open_for=timedelta(days=14), places=places
            )
            return {(row.person or "").removeprefix("p-"): (row.state, row.score) for row in page.items}

        everything = {
            "ana": ("open", None),
            "bea": ("expired", None),
            "caro": ("answered", 9),
            "dan": ("not_sent", None),
        }
        assert await found() == everything
        assert set(await found(state=SurveyState.SENT)) == {"ana", "bea", "caro"}
        assert set(await found(state=SurveyState.EXPIRED)) == {"bea"}
        assert set(await found(lowest=9)) == {"caro"}
        assert set(await found(highest=6)) == set()
        assert set(await found(copropiedad="ph-2")) == {"caro", "dan"}
        assert set(await found(places=frozenset({"ph-1"}))) == {"ana", "bea"}
        assert await found(places=frozenset({"ph-1"}), copropiedad="ph-2") == {}
