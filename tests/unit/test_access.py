"""Offices and operators: scopes, places, names, and what each sees of people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import pytest

from hub.access.sight import TABLE, Duty, Field, Shown, Sight
from hub.desk.surveys.acts import list_surveys
from hub.desk.surveys.rows import SurveysQuery
from hub.doors.operator import Operator
from hub.errors import PrivacyNeeded
from hub.model import (
    EVERYWHERE,
    NOWHERE,
    SCOPES_OF,
    Grant,
    Office,
    PropertyScope,
    Reach,
    Scope,
    actors,
    covers,
    reach_of,
)
from hub.rendering.actors_es import who_es
from hub.web.auth.api_key_cache import Caller
from hub.web.routes import ROUTES
from tests.operators import operator


def test_office_of_one_copropiedad_grants_nothing_elsewhere() -> None:
    reach = reach_of((Grant(office=Office.OPERATOR, copropiedad_id="ph-a"),))

    assert {Scope.READ: frozenset({"ph-a"}), Scope.OPERATE: frozenset({"ph-a"})} == reach


def test_offices_of_several_copropiedades_add_up_scope_by_scope() -> None:
    reach = reach_of(
        (
            Grant(office=Office.OPERATOR, copropiedad_id="ph-a"),
            Grant(office=Office.VIEWER, copropiedad_id="ph-b"),
        )
    )

    assert frozenset({"ph-a", "ph-b"}) == reach[Scope.READ]
    assert frozenset({"ph-a"}) == reach[Scope.OPERATE]


def test_office_everywhere_includes_the_office_of_one_place() -> None:
    reach = reach_of(
        (
            Grant(office=Office.VIEWER, copropiedad_id=EVERYWHERE),
            Grant(office=Office.VIEWER, copropiedad_id="ph-b"),
        )
    )

    assert {Scope.READ: None} == reach


@pytest.mark.parametrize("office", list(Office))
def test_reach_covers_what_it_has_everywhere_that_it_has_it(office: Office) -> None:
    here = Grant(office=office, copropiedad_id="ph-a")
    both = reach_of((here, replace(here, copropiedad_id="ph-b")))
    everywhere = reach_of((Grant(office=office),))

    assert covers(everywhere, both)
    assert covers(both, reach_of((here,)))
    assert not covers(reach_of((here,)), both)
    assert not covers(both, everywhere)
    assert covers(everywhere, {})
    assert not covers({}, everywhere)


def test_administrator_does_not_cover_who_sees_people_whole() -> None:
    assert not covers(
        reach_of((Grant(office=Office.ADMINISTRATOR),)), reach_of((Grant(office=Office.MANAGER),))
    )


def test_caller_has_the_places_of_any_requested_scope() -> None:
    caller = Caller(who="ana", reach={Scope.READ: frozenset({"a"}), Scope.PRIVACY: frozenset({"b"})})

    assert caller.may({Scope.PRIVACY, Scope.ADMIN})
    assert not caller.may({Scope.ADMIN})
    assert frozenset({"a", "b"}) == caller.places({Scope.READ, Scope.PRIVACY})
    assert frozenset() == caller.places({Scope.ADMIN})


def test_console_cannot_publish_and_only_administrators_manage_accounts() -> None:
    assert not any(Scope.PUBLISH in scopes for scopes in SCOPES_OF.values())
    assert [Office.ADMINISTRATOR] == [office for office, scopes in SCOPES_OF.items() if Scope.ADMIN in scopes]
    assert Scope.PRIVACY not in SCOPES_OF[Office.ADMINISTRATOR]


A, B, C = "ph-a", "ph-b", "ph-c"
REACHES: Final[dict[str, tuple[PropertyScope, PropertyScope, PropertyScope]]] = {
    "everywhere": (None, None, None),
    "privacy in one": (None, frozenset({A}), frozenset({A})),
    "reading in one": (frozenset({A}), None, frozenset({A})),
    "both in one of two": (frozenset({A, B}), frozenset({B, C}), frozenset({B})),
}
"""Where one reads, where one has `privacy`, and where rows are whole."""


class Asked:
    """A database that has nothing, and remembers the values that it was asked with."""

    def __init__(self) -> None:
        self.values: list[object] = []

    async def rows(self, _: str, *values: object) -> list[object]:
        self.values += values
        return []


def reader(reach: Reach, database: Asked) -> Operator:
    return replace(operator(cast(Any, database), reach=reach), needs=frozenset({Scope.READ}))


@pytest.mark.parametrize("reach", REACHES.values(), ids=REACHES)
def test_rows_are_whole_where_one_reads_and_has_privacy(
    reach: tuple[PropertyScope, PropertyScope, PropertyScope],
) -> None:
    read, private, both = reach
    by = reader({Scope.READ: read, Scope.PRIVACY: private}, Asked())

    assert (read, both) == (by.places_shown(whole=False), by.places_shown(whole=True))


@pytest.mark.parametrize(("whole", "places"), [(False, [A, B]), (True, [B])])
async def test_answers_of_surveys_are_whole_where_one_has_privacy_too(
    places: list[str], *, whole: bool
) -> None:
    database = Asked()
    by = reader({Scope.READ: frozenset({A, B}), Scope.PRIVACY: frozenset({B, C})}, database)
    await list_surveys(by, SurveysQuery(whole=whole))

    assert [places] == [sorted(value) for value in database.values if isinstance(value, list)]


async def test_without_privacy_nothing_is_whole() -> None:
    by = reader({Scope.READ: None}, Asked())
    with pytest.raises(PrivacyNeeded):
        by.places_shown(whole=True)
    with pytest.raises(PrivacyNeeded):
        await list_surveys(by, SurveysQuery(whole=True))


HERE, THERE = "ph-a", "ph-b"
ACCESS: Final = Path(__file__).parents[2] / "docs/access.md"
IN_DOCS: Final = {Shown.HIDDEN: "–", Shown.MASKED: "masked", Shown.NOTED: "noted", Shown.PLAIN: "yes"}
KEPT_BY_PRIVACY: Final = (Field.OPINION, Field.DOCUMENT, Field.PROOF, Field.PAYLOAD)


def sight(office: Office, place: str = "") -> Sight:
    return Sight(reach_of((Grant(office=office, copropiedad_id=place),)))


def test_each_field_says_how_each_duty_sees_it() -> None:
    assert set(Field) == TABLE.keys()
    assert [] == [field for field, duties in TABLE.items() if duties.keys() != set(Duty)]


@pytest.mark.parametrize("office", [Office.OPERATOR, Office.MANAGER, Office.ADMINISTRATOR])
def test_who_must_answer_sees_name_unit_and_words_and_a_contact_by_an_act_of_its_own(office: Office) -> None:
    """Ley 1581 de 2012, art. 4 f: access is for who is authorised; the purpose, 4 b, is the answer."""
    shown = {field: sight(office, HERE).shown(field, HERE) for field in Field}

    assert [Shown.PLAIN] * 3 == [shown[field] for field in (Field.NAME, Field.UNIT, Field.WORDS)]
    assert shown[Field.CONTACT] is Shown.NOTED
    if office is not Office.MANAGER:
        assert {Shown.HIDDEN} == {shown[field] for field in KEPT_BY_PRIVACY}


def test_who_only_looks_sees_neither_whole_names_nor_words() -> None:
    shown = {field: sight(Office.VIEWER).shown(field, HERE) for field in Field}

    assert (Shown.MASKED, Shown.MASKED) == (shown[Field.NAME], shown[Field.CONTACT])
    assert {Shown.HIDDEN} == {shown[field] for field in (Field.WORDS, *KEPT_BY_PRIVACY)}


def test_who_answers_for_the_data_sees_all_by_a_noted_act() -> None:
    shown = {field: sight(Office.PRIVACY_OFFICER, HERE).shown(field, HERE) for field in Field}

    assert {Field.UNIT: Shown.PLAIN} == {field: how for field, how in shown.items() if how is not Shown.NOTED}


@pytest.mark.parametrize("office", Office)
def test_another_building_and_the_company_are_not_seen_at_all(office: Office) -> None:
    mine = sight(office, HERE)

    assert {Shown.HIDDEN} == {mine.shown(field, place) for field in Field for place in (THERE, None)}


def test_of_two_offices_each_counts_in_its_place() -> None:
    grants = Grant(office=Office.OPERATOR, copropiedad_id=HERE), Grant(office=Office.VIEWER)
    both = Sight(reach_of(grants))

    assert (Shown.PLAIN, Shown.MASKED) == (both.shown(Field.NAME, HERE), both.shown(Field.NAME, THERE))
    assert frozenset({HERE}) == both.where(Field.NAME) == both.where(Field.WORDS, Shown.PLAIN)
    assert NOWHERE == both.where(Field.PAYLOAD)
    assert both.where(Field.UNIT) is None


def test_a_key_sees_what_its_scopes_give_an_account() -> None:
    key = Sight({Scope.OPERATE: None})

    assert {field: key.shown(field, HERE) for field in Field} == {
        field: max(TABLE[field][Duty.ANSWER], Shown.HIDDEN) for field in Field
    }


def test_the_page_about_access_prints_the_table() -> None:
    page = ACCESS.read_text(encoding="utf-8")
    rows = {
        field: f"| `{field}` | {' | '.join(IN_DOCS[duties[duty]] for duty in Duty)} |"
        for field, duties in TABLE.items()
    }

    assert [] == [row for row in rows.values() if row not in page]


NAMES = {"account:ana": "Ana Ruiz"}


def test_person_whom_a_system_names_stands_behind_its_name() -> None:
    assert "key:crm/luz.marina" == actors.named_by(actors.of_key("crm"), "luz.marina")
    assert "key:crm/account:ana" == actors.named_by(actors.of_key("crm"), "account:ana")
    assert "key:crm" == actors.named_by(actors.of_key("crm"), "")


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("account:ana", "Ana Ruiz"),
        ("account:luz", "luz"),
        ("cli:ana", "ana"),
        ("ana", "ana"),
        ("key:crm", "crm"),
        ("key:crm/luz.marina", "luz.marina"),
        ("link:p-2", "p-2"),
        ("HUB_API_KEY", "Llave del centro"),
        ("HUB_API_KEY/luz", "luz"),
        ("this machine", "este servidor"),
        ("console", "la consola"),
        ("hub db restore", "hub db restore"),
        ("", ""),
        (None, ""),
    ],
)
def test_page_shows_the_name_alone(who: str | None, words: str) -> None:
    assert words == who_es(who, NAMES)


def test_each_authenticated_route_declares_its_scope_of_places() -> None:
    """
    A new route: `where=Where.PLACES` and a use of `places_of(request)`, tried by itself in
    tests/integration/test_web_scope.py; `COMPANY` if it shows nothing of a copropiedad; else `EVERYWHERE`.
    """
    silent = [
        f"{route.method} {route.path}" for route in ROUTES if route.needs is not None and route.where is None
    ]

    assert [] == silent
