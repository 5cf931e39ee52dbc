"""Kinds of words typed into the search, and what a list says of the things found."""

from __future__ import annotations

from uuid import UUID

import pytest

from hub.desk.search import items_es
from hub.desk.search.acts import types_called
from hub.desk.search.recognise import LONGEST, MOST_WORDS, Kind, plain_words, recognise
from hub.ports.cases import KnownCase

ID, EMAIL, PHONE, REFERENCE, UNIT, NAME, WORDS = Kind
AN_ID = "0195a1b2-c3d4-8e5f-8a6b-7c8d9e0f1a2b"

TYPED: dict[str, set[Kind]] = {
    "María": {NAME, WORDS, REFERENCE},
    "Gomez Ana": {NAME, WORDS},
    "José María de la Peña-Gómez": {NAME, WORDS},
    "p-maria-pena": {NAME, WORDS, REFERENCE},
    "Lu": {NAME, REFERENCE},
    "maria@example.com": {EMAIL},
    "@example.co": {EMAIL},
    "+57 300 123 4567": {PHONE},
    "+573001234567": {PHONE},
    "0057 (300) 123-4567": {PHONE},
    "3001234567": {PHONE, REFERENCE},
    "601 234 5678": {PHONE},
    "4567": {PHONE, UNIT, REFERENCE},
    "301": {UNIT, REFERENCE},
    "T2-301": {UNIT, REFERENCE},
    "torre 2 apto 301": {UNIT, WORDS},
    "Altos 301": {UNIT, WORDS},
    "Calle 93 # 11-20": {UNIT, WORDS},
    "altos-t1-101": {UNIT, REFERENCE},
    "PQ-2026-000901": {REFERENCE},
    "2026-000901": {PHONE, REFERENCE},
    "pqrs_id:pqrs-1": {REFERENCE},
    "pqrs_id:altos": {REFERENCE},
    AN_ID: {ID, REFERENCE},
    "corte de agua": {NAME, WORDS},
    "pago recibido": {NAME, WORDS},
    "": set(),
    "  \t ": set(),
    "¿?": set(),
    "x" * (LONGEST + 1): set(),
    "1" * 20: {REFERENCE},
}


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: typed[:24])
def test_what_was_typed_is_recognised(typed: str) -> None:
    kinds = TYPED[typed]
    found = recognise(typed).kinds - ({REFERENCE} if typed == "¿?" else set())

    assert kinds == found


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("+57 300 123 4567", "573001234567"),
        ("0057 (300) 123-4567", "573001234567"),
        ("300.123.4567", "3001234567"),
        (" Maria@Example.com ", "maria@example.com"),
    ],
)
def test_address_is_reduced_to_what_is_stored_of_it(typed: str, part: str) -> None:
    assert part == recognise(typed).part


def test_words_have_no_accents_and_no_signs() -> None:
    assert ("maria", "jose", "pena", "nunez") == plain_words("  MARÍA-José  Peña, Núñez. ")
    assert ("maria",) == plain_words("Mari\u0301a")


def test_words_around_the_number_of_a_unit_do_not_count() -> None:
    assert ("2", "301") == recognise("torre 2 apto 301").unit_words
    assert ("t2", "301") == recognise("T2-301").unit_words


def test_id_is_read_in_any_writing() -> None:
    assert UUID(AN_ID) == recognise(f" {AN_ID.upper()} ").id


def test_words_that_are_too_many_are_left_out() -> None:
    assert MOST_WORDS == len(recognise("uno dos tres cuatro cinco seis siete ocho nueve").words)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("pago recibido", "admin.payment.received"),
        ("recibimos su pago", "admin.payment.received"),
        ("pqrs recib", "pqrs.received"),
    ],
)
def test_event_is_found_by_its_title_and_by_its_subject(typed: str, name: str) -> None:
    assert name == types_called(plain_words(typed))[0]


def test_nothing_is_called_by_no_words() -> None:
    assert [] == types_called(())
    assert [] == types_called(("zzzz",))


@pytest.mark.parametrize(
    ("key", "detail"),
    [("pqrs_id:PQ-2026-7", "PQ-2026-7"), ("thread_id:de-59df0a7be1c2d3e4f5a6b7c8", "")],
    ids=["a petition", "what somebody wrote"],
)
def test_case_without_radicado_has_only_a_number_that_people_read(key: str, detail: str) -> None:
    assert detail == items_es.case(KnownCase(case=key, alone=True), words=True).detail
