"""What a caller sees of people follows from one table of duty and field, and stands in `docs/access.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from hub.access.sight import TABLE, Duty, Field, Shown, Sight
from hub.model import NOWHERE, Grant, Office, Scope, reach_of

A, B = "ph-a", "ph-b"
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
    shown = {field: sight(office, A).shown(field, A) for field in Field}

    assert [Shown.PLAIN] * 3 == [shown[field] for field in (Field.NAME, Field.UNIT, Field.WORDS)]
    assert shown[Field.CONTACT] is Shown.NOTED
    if office is not Office.MANAGER:
        assert {Shown.HIDDEN} == {shown[field] for field in KEPT_BY_PRIVACY}


def test_who_only_looks_sees_neither_whole_names_nor_words() -> None:
    shown = {field: sight(Office.VIEWER).shown(field, A) for field in Field}

    assert (Shown.MASKED, Shown.MASKED) == (shown[Field.NAME], shown[Field.CONTACT])
    assert {Shown.HIDDEN} == {shown[field] for field in (Field.WORDS, *KEPT_BY_PRIVACY)}


def test_who_answers_for_the_data_sees_all_by_a_noted_act() -> None:
    shown = {field: sight(Office.PRIVACY_OFFICER, A).shown(field, A) for field in Field}

    assert {Field.UNIT: Shown.PLAIN} == {field: how for field, how in shown.items() if how is not Shown.NOTED}


@pytest.mark.parametrize("office", Office)
def test_another_building_and_the_company_are_not_seen_at_all(office: Office) -> None:
    mine = sight(office, A)

    assert {Shown.HIDDEN} == {mine.shown(field, place) for field in Field for place in (B, None)}


def test_of_two_offices_each_counts_in_its_place() -> None:
    grants = Grant(office=Office.OPERATOR, copropiedad_id=A), Grant(office=Office.VIEWER)
    both = Sight(reach_of(grants))

    assert (Shown.PLAIN, Shown.MASKED) == (both.shown(Field.NAME, A), both.shown(Field.NAME, B))
    assert frozenset({A}) == both.where(Field.NAME) == both.where(Field.WORDS, Shown.PLAIN)
    assert NOWHERE == both.where(Field.PAYLOAD)
    assert both.where(Field.UNIT) is None


def test_a_key_sees_what_its_scopes_give_an_account() -> None:
    key = Sight({Scope.OPERATE: None})

    assert {field: key.shown(field, A) for field in Field} == {
        field: max(TABLE[field][Duty.ANSWER], Shown.HIDDEN) for field in Field
    }


def test_the_page_about_access_prints_the_table() -> None:
    page = ACCESS.read_text(encoding="utf-8")
    rows = {
        field: f"| `{field}` | {' | '.join(IN_DOCS[duties[duty]] for duty in Duty)} |"
        for field, duties in TABLE.items()
    }

    assert [] == [row for row in rows.values() if row not in page]
