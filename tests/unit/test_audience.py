from __future__ import annotations

import pytest

from hub.catalog import BY_NAME, CATALOG
from hub.model import Audience, ContactPoint, Json, Person, Purpose
from hub.model.ids import stranger_ref
from hub.people.audience import (
    EVERY_ROLE,
    PLACE,
    Group,
    Unknown,
    addressees,
    parties_of,
    party_words,
    recipient,
    usable_email,
    usable_phone,
)
from tests.for_each import for_each
from tests.unit.factories import DESK, HOUR, MONDAY, SCHEMAS, event, stored

ALTOS = "ph-altos-del-rosal"
EXAMPLES = [
    (kind.name, number) for kind in CATALOG for number in range(len(SCHEMAS.by_name[kind.name].examples))
]


def audience_of(*words: str, **fields: Json) -> Audience:
    return Audience(who=words, purpose=Purpose.SERVICE, channels=(("email",),), **fields)


@for_each(EXAMPLES)
def test_every_audience_of_the_catalogue_resolves(name: str, number: int) -> None:
    one = stored(event(name, example=number))
    case = one.case or ""
    known = {(case, word): {"ref": "p-known"} for a in BY_NAME[name].audiences for word in party_words(a)}

    for audience in BY_NAME[name].audiences:
        found = addressees(audience, one, known, DESK.operators)
        applies = all(str(one.event.data.get(key)) == value for key, value in audience.when.items())

        assert not any(isinstance(somebody, Unknown) for somebody in found)
        some = 1 if audience.who_by else len(audience.who)
        assert len(found) >= some * applies


@for_each(EXAMPLES)
def test_only_an_unnamed_party_is_unknown(name: str, number: int) -> None:
    one = stored(event(name, example=number))

    for audience in BY_NAME[name].audiences:
        unknown = [
            somebody.who for somebody in addressees(audience, one, {}) if isinstance(somebody, Unknown)
        ]
        applies = all(str(one.event.data.get(key)) == value for key, value in audience.when.items())

        named = one.event.data.keys() | ({"data_subject"} if "subject_id" in one.event.data else set())
        asked = [
            word
            for word in party_words(audience)
            if one.event.data.get(audience.who_by or "", word) in {word, "both"}
        ]
        assert unknown == [word for word in asked if word not in named and applies]


@pytest.mark.parametrize(
    ("named", "roles"),
    [
        ("owners", [("owner",)]),
        ("residents", [("resident", "tenant")]),
        ("both", [("owner",), ("resident", "tenant")]),
    ],
)
def test_a_circular_is_for_whom_its_audience_names(named: str, roles: list[tuple[str, ...]]) -> None:
    [audience] = BY_NAME["admin.circular.issued"].audiences
    one = stored(event("admin.circular.issued", {"audience": named}))

    groups = [found for found in addressees(audience, one, {}) if isinstance(found, Group)]
    assert roles == [group.roles for group in groups]


def test_whoever_owes_is_looked_up_with_their_consents_to_collection() -> None:
    [audience] = BY_NAME["admin.account.overdue"].audiences
    one = stored(event("admin.account.overdue"))

    assert [Group(unit_id="altos-t1-101", roles=("payer",), authorised="collection")] == addressees(
        audience, one, {}
    )


def test_data_subject_defaults_to_subject_id() -> None:
    """The data subject is the person of subject_id, unless the event or its case names another."""
    audience = audience_of("data_subject")
    one = stored(event("privacy.consent.granted", example=1))
    guardian = {(one.case or "", "data_subject"): {"ref": "p-guardian"}}

    assert [Group(person="p-maria-pena")] == addressees(audience, one, {})
    assert [Group(person="p-guardian")] == addressees(audience, one, guardian)


@pytest.mark.parametrize(
    ("word", "data", "expected"),
    [
        ("owner", {"unit_id": "u-1"}, Group(roles=("owner",), unit_id="u-1")),
        ("payer", {"unit_id": "u-1"}, Group(roles=("payer",), unit_id="u-1")),
        ("unit:residents", {"unit_id": "u-1"}, Group(roles=("resident", "tenant"), unit_id="u-1")),
        ("copropiedad:owners", {}, Group(roles=("owner",), copropiedad_id=ALTOS)),
        ("copropiedad:council", {}, Group(roles=("council",), copropiedad_id=ALTOS)),
        ("zone:residents", {}, Group(roles=("resident", "tenant"), copropiedad_id=ALTOS)),
        (
            "zone:residents",
            {"zones": ["tower:2", "tower:1"]},
            Group(roles=("resident", "tenant"), copropiedad_id=ALTOS, towers=("1", "2")),
        ),
        ("zone:residents", {"zones": []}, Group(roles=("resident", "tenant"), copropiedad_id=ALTOS)),
        ("staff:service", {}, Group(duty="service", copropiedad_id=ALTOS, service_area="administracion")),
        ("staff:on_call", {"service_area": None}, Group(duty="on_call", copropiedad_id=ALTOS)),
        (
            "level:to_level",
            {"to_level": 3},
            Group(level=3, copropiedad_id=ALTOS, service_area="administracion"),
        ),
        ("clock_holder", {"level": 2}, Group(level=2, copropiedad_id=ALTOS, service_area="administracion")),
    ],
)
def test_a_word_becomes_a_group(word: str, data: dict[str, Json], expected: Group) -> None:
    assert addressees(audience_of(word), stored(event("pqrs.received", data)), {}) == [expected]


@pytest.mark.parametrize(
    ("word", "broad"),
    [
        ("owner", False),
        ("unit:residents", False),
        ("staff:service", False),
        ("clock_holder", False),
        ("copropiedad:residents", True),
        ("zone:residents", True),
    ],
)
def test_only_a_whole_building_is_expanded_page_by_page(word: str, *, broad: bool) -> None:
    (group,) = addressees(audience_of(word), stored(event("pqrs.received", {"level": 1})), {})

    assert isinstance(group, Group)
    assert group.broad is broad


def test_event_without_its_unit_reaches_nobody_of_any_unit() -> None:
    one = stored(event("admin.payment.received", without=("unit_id",)))

    assert addressees(audience_of("owner"), one, {}) == [Group(roles=("owner",), unit_id="")]


@pytest.mark.parametrize(
    ("segment", "roles"),
    [
        ("todos", EVERY_ROLE),
        ("propietarios", ("owner",)),
        ("residentes", ("resident", "tenant")),
        ("arrendatarios", ("tenant",)),
    ],
)
def test_segment_of_the_event_narrows_its_audience(segment: str, roles: tuple[str, ...]) -> None:
    narrowed = audience_of("opted_in:commercial", segment_by="segment")
    groups = addressees(narrowed, stored(event("pqrs.received", {"segment": segment})), {})

    assert groups == [Group(roles=roles, opted_in="commercial", everywhere=True)]


@pytest.mark.parametrize(("cause", "meant"), [("unanswered", True), ("reminder", False)])
def test_audience_can_depend_on_the_data(cause: str, *, meant: bool) -> None:
    one = stored(event("pqrs.escalated", {"cause": cause, "petitioner": {"ref": "p-1"}}))
    petitioner = BY_NAME["pqrs.escalated"].audiences[1]

    assert addressees(petitioner, one, {}) == ([Group(person="p-1")] if meant else [])


def test_party_of_the_event_overrides_party_of_the_case() -> None:
    one = stored(event("pqrs.replied", {"petitioner": {"ref": "p-here"}}))
    known = {(one.case or "", "petitioner"): {"ref": "p-case"}}

    assert addressees(audience_of("petitioner"), one, known) == [Group(person="p-here")]


def test_later_event_reaches_the_party_of_its_case() -> None:
    one = stored(event("pqrs.replied", without=("petitioner",)))
    known = {(one.case or "", "petitioner"): [{"ref": "p-1"}, {"ref": "p-2"}]}

    assert addressees(audience_of("petitioner"), one, known) == [Group(person="p-1"), Group(person="p-2")]


def test_parties_of_different_cases_are_separate() -> None:
    one = stored(event("pqrs.replied", without=("petitioner",)))

    assert addressees(audience_of("petitioner"), one, {("pqrs_id:other", "petitioner"): {"ref": "p-1"}}) == [
        Unknown(who="petitioner")
    ]


def test_an_inline_contact_is_a_stranger_with_usable_points() -> None:
    given = {"name": "Ana", "email": " Ana@Example.com ", "phone": "300 123 4567"}

    assert recipient(given) == Person(
        ref=stranger_ref("Ana@example.com", "+573001234567"),
        name="Ana",
        contact_points=(
            ContactPoint(id="email", kind="email", value="Ana@example.com"),
            ContactPoint(id="phone", kind="phone", value="+573001234567"),
        ),
        known=False,
    )


def test_invalid_contact_point_is_left_out() -> None:
    made = recipient({"name": "Ana", "email": "ana@@example", "phone": "12"})

    assert isinstance(made, Person)
    assert made.contact_points == ()


def test_reference_overrides_an_inline_contact() -> None:
    assert recipient({"ref": "p-1", "name": "Ana", "email": "ana@example.com"}) == Group(person="p-1")


@pytest.mark.parametrize(
    "raw", [None, "", "no", "a b@example.com", "a@b@c.co", "a@example.com\r\nBcc: x@y.co"]
)
def test_invalid_email_is_not_used(raw: str | None) -> None:
    assert usable_email(raw) is None


@pytest.mark.parametrize("raw", [None, "", "abc", "12345", "0057"])
def test_invalid_number_is_not_used(raw: str | None) -> None:
    assert usable_phone(raw) is None


def test_opening_event_stores_its_parties_and_its_place() -> None:
    one = stored(event("pqrs.received"))
    parties = {
        party.who: (party.recipients, party.case, party.since)
        for party in parties_of(one, BY_NAME["pqrs.received"])
    }

    assert parties == {
        "petitioner": ({"ref": "p-maria-pena"}, "pqrs_id:pqrs-2026-000123", MONDAY),
        PLACE: ({"copropiedad_id": ALTOS, "unit_id": "altos-t1-101"}, "pqrs_id:pqrs-2026-000123", MONDAY),
    }


@pytest.mark.parametrize(
    ("name", "without", "expected"),
    [
        ("pqrs.replied", ("petitioner",), []),  # names nobody, opens nothing
        ("pqrs.replied", (), ["petitioner"]),
        ("maintenance.request.assigned", (), ["requester", "technician"]),
        ("pqrs.received", ("copropiedad_id",), ["petitioner"]),  # no place to remember
        ("emergency.acknowledged", (), []),
        ("directory.person.upserted", (), []),
    ],
)
def test_event_stores_only_the_parties_that_it_names(
    name: str, without: tuple[str, ...], expected: list[str]
) -> None:
    one = stored(event(name, without=without, at=MONDAY + HOUR))

    assert [party.who for party in parties_of(one, BY_NAME[name])] == expected


def test_event_without_a_case_stores_no_parties() -> None:
    assert parties_of(stored(event("pqrs.received"), case=None), BY_NAME["pqrs.received"]) == []


def test_one_number_written_in_two_ways_is_one_stranger() -> None:
    written, tidy = recipient({"phone": "300 123 45 67"}), recipient({"phone": "+573001234567"})

    assert isinstance(written, Person)
    assert isinstance(tidy, Person)
    assert written.ref == tidy.ref
