"""Readiness of a copropiedad to go live: the counts, and the next steps."""

from __future__ import annotations

import pytest

from hub.model import ContactPoint, Person
from hub.people.readiness import Place, readiness

MAIL = ContactPoint(id="e", kind="email", value="ana@example.com", verified=True)
MOBILE = ContactPoint(id="m", kind="phone", value="+573001234567", verified=True)
LANDLINE = ContactPoint(id="l", kind="phone", value="+576017420101", verified=True)
DEVICE = ContactPoint(id="d", kind="push", value="token")
COUNTS = ("email", "mobile", "push", "letter_only")


def somebody(*points: ContactPoint, digital_access: bool = True) -> Person:
    return Person(ref="p-1", name="Ana", contact_points=points, digital_access=digital_access)


@pytest.mark.parametrize(
    ("person", "suppressed", "counts"),
    [
        (somebody(MAIL, MOBILE, DEVICE), set(), (1, 1, 1, 0)),
        (somebody(MAIL), set(), (1, 0, 0, 0)),
        (somebody(LANDLINE), set(), (0, 0, 0, 1)),
        (somebody(), set(), (0, 0, 0, 1)),
        (somebody(MAIL, MOBILE, digital_access=False), set(), (0, 0, 0, 1)),
        (somebody(MAIL, MOBILE), {(MAIL.value, "email")}, (0, 1, 0, 0)),
        (somebody(MOBILE), {(MOBILE.value, "whatsapp")}, (0, 1, 0, 0)),
        (somebody(MOBILE), {(MOBILE.value, "sms")}, (0, 0, 0, 1)),
    ],
)
def test_a_person_counts_for_each_channel_that_would_reach_them(
    person: Person, suppressed: set[tuple[str, str]], counts: tuple[int, ...]
) -> None:
    found = readiness(Place(id="ph-1", name="Altos", people=[person]), suppressed, set())

    assert tuple(getattr(found, name) for name in COUNTS) == counts


@pytest.mark.parametrize(
    ("place", "opted_out", "sentence"),
    [
        (Place(id="ph-1", name="A"), set(), "No hay personas."),
        (Place(id="ph-1", name="A", units=2, empty_units=2), set(), "Unidades sin nadie: 2."),
        (Place(id="ph-1", name="A", people=[somebody()]), set(), "solo en papel: 1."),
        (
            Place(id="ph-1", name="A", people=[somebody(ContactPoint(id="e", kind="email", value="a@b.co"))]),
            set(),
            "sin verificar: 1.",
        ),
        (
            Place(id="ph-1", name="A", people=[somebody(MAIL)]),
            {MAIL.value},
            "no quieren mensajes",
        ),
        (Place(id="ph-1", name="A", people=[somebody(MAIL)]), {"p-1"}, "no quieren mensajes"),
        (Place(id="ph-1", name="A", people=[somebody(MAIL)]), set(), "tratamiento de datos: 1."),
        (
            Place(id="ph-1", name="A", people=[somebody(MAIL)], consents={("p-1", "data_treatment"): False}),
            set(),
            "retiraron la autorización: 1.",
        ),
        (
            Place(id="ph-1", name="A", unstaffed=["on_call", "level 2"]),
            set(),
            "por: on_call, level 2.",
        ),
    ],
)
def test_everything_missing_comes_with_advice(place: Place, opted_out: set[str], sentence: str) -> None:
    [line] = [task for task in readiness(place, set(), opted_out).to_do if sentence in task]

    assert "Qué hacer:" in line


@pytest.mark.parametrize(
    ("consents", "opted_out", "counts"),
    [
        ({}, set(), (0, 0, 0, 0, 1)),
        ({"data_treatment": True}, set(), (1, 0, 0, 0, 0)),
        ({"data_treatment": False, "commercial": False}, set(), (0, 0, 0, 1, 0)),
        ({"data_treatment": True, "commercial": True, "survey": False}, set(), (1, 1, 0, 0, 0)),
        ({"data_treatment": True, "commercial": True, "survey": True}, {"p-1"}, (1, 0, 0, 0, 0)),
        ({"data_treatment": True, "survey": True}, {MAIL.value}, (1, 0, 0, 0, 0)),
        # A yes to advertisements alone authorises nothing else.
        ({"commercial": True}, set(), (0, 1, 0, 0, 1)),
    ],
)
def test_consents_refusals_and_missing_statements_are_counted(
    consents: dict[str, bool], opted_out: set[str], counts: tuple[int, ...]
) -> None:
    given = {("p-1", purpose): yes for purpose, yes in consents.items()}
    found = readiness(Place(id="ph-1", name="A", people=[somebody(MAIL)], consents=given), set(), opted_out)
    names = ("authorised", "commercial", "survey", "refused", "missing_consent")

    assert tuple(getattr(found, name) for name in names) == counts


def test_ready_copropiedad_has_nothing_to_do() -> None:
    yes = {("p-1", "data_treatment"): True}
    place = Place(id="ph-1", name="A", units=1, people=[somebody(MAIL, MOBILE, DEVICE)], consents=yes)

    assert readiness(place, {("else@example.com", "email")}, {"else@example.com"}).to_do == []
