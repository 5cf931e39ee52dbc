"""Phone numbers, and what a masked name or address shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidPhone
from hub.people.masking import mask_address, mask_contacts, mask_name
from hub.phones import can_text, normalize_phone

ROWS = json.loads((Path(__file__).parents[1] / "vectors" / "phone_co.json").read_text())["rows"]
VALID = [row for row in ROWS if row.get("valid")]
REPAIRED = [row for row in ROWS if row["input"].startswith("0057")]
INVALID = [row for row in ROWS if not row.get("valid") and row not in REPAIRED]


@pytest.mark.parametrize("row", VALID, ids=lambda row: row["input"])
def test_a_valid_number_becomes_e164(row: dict[str, Any]) -> None:
    e164 = normalize_phone(row["input"], row["region"])

    assert e164 == row["e164"]
    assert can_text(e164) is row["sms_capable"]


@pytest.mark.parametrize("row", REPAIRED, ids=lambda row: row["input"])
def test_a_leading_0057_is_the_country_and_not_a_carrier(row: dict[str, Any]) -> None:
    e164 = normalize_phone(row["input"], row["region"])

    assert e164 == row["independent_rule"]
    assert can_text(e164)


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("0044 7911 123456", "+447911123456"),
        ("(0044) 7911-123456", "+447911123456"),
        ("00 44 7911 123456", "+447911123456"),
        ("0033612345678", "+33612345678"),
        ("001 (202) 555-0104", "+12025550104"),
        ("0034612345678", "+34612345678"),
        ("0058 414 1234567", "+584141234567"),
        ("0091 98765 43210", "+919876543210"),
        ("00 57 300 123 4567", "+573001234567"),
        ("0057 601 7956000", "+576017956000"),
        # Over a carrier, as one dials in Colombia (domain.md, section 0.6).
        ("009 44 7911 123456", "+447911123456"),
        ("005 1 202 555 0104", "+12025550104"),
        ("007 1 202 555 0104", "+12025550104"),
        ("00414 1 202 555 0104", "+12025550104"),
        ("00444 1 202 555 0104", "+12025550104"),
    ],
)
def test_number_that_begins_with_00_is_one_from_abroad(raw: str, e164: str) -> None:
    assert e164 == normalize_phone(raw)


@pytest.mark.parametrize(
    "raw", ["0057 399 123 4567", "000447911123456", "+0044 7911 123456", "00300 123 4567", "00"]
)
def test_what_only_looks_like_a_prefix_is_no_number(raw: str) -> None:
    """A wrong number of Colombia is no Russian one over carrier 5."""
    with pytest.raises(InvalidPhone):
        normalize_phone(raw)


@pytest.mark.parametrize("row", INVALID, ids=lambda row: row["input"])
def test_invalid_number_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(InvalidPhone):
        normalize_phone(row["input"], row["region"])


def test_the_vectors_have_rows_of_each_kind() -> None:
    assert all((VALID, REPAIRED, INVALID))


def test_the_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(InvalidPhone) as refused:
        normalize_phone("+57 399 123 4567")

    assert str(refused.value) == "Not a valid telephone number."


@pytest.mark.parametrize(
    "row", [row for row in VALID + REPAIRED if row["independent_rule"]], ids=lambda row: row["input"]
)
def test_the_library_agrees_with_the_rule_of_the_regulator(row: dict[str, Any]) -> None:
    # CRC resolution 5826: ten national digits since 1 September 2021.
    assert normalize_phone(row["input"]) == row["independent_rule"]


@pytest.mark.parametrize("text", ["", "not a number", "3001234567"])
def test_number_outside_e164_cannot_be_texted(text: str) -> None:
    assert not can_text(text)


@pytest.mark.parametrize(("e164", "texted"), [("+12025550104", True), ("+576017956000", False)])
def test_a_number_that_may_be_mobile_can_be_texted_and_a_landline_cannot(e164: str, *, texted: bool) -> None:
    assert can_text(e164) is texted


@given(st.text())
def test_any_text_is_a_number_or_refused_and_a_number_stays_itself(text: str) -> None:
    try:
        e164 = normalize_phone(text)
    except InvalidPhone:
        return

    assert normalize_phone(e164) == e164


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("maria@example.co", "m***@e***.co"),
        ("m@e.co", "m***@e***.co"),
        ("m@x.com.co", "m***@x***.co"),
        ("@", "***@***."),
        ("p-1", "***"),
        ("+573001234567", "+57 *** *** 4567"),
        ("+5731234567", "+57 *** *** 4567"),
        ("+573123456", "…3456"),
        ("+5731234", "***"),
        ("+57", "***"),
        ("token-of-a-device", "…vice"),
        ("short", "***"),
        ("", "***"),
    ],
)
def test_masked_address_hides_at_least_four_letters(address: str, shown: str) -> None:
    assert shown == mask_address(address)


@pytest.mark.parametrize(("name", "shown"), [("María  Peña", "M*** P***"), ("Ñ", "Ñ***"), ("", "")])
def test_masked_name_hides_its_length(name: str, shown: str) -> None:
    assert shown == mask_name(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("De: Ana, ana@example.com.", "De: Ana, a***@e***.com."),
        ("llame al +57 300 123 4567 ya", "llame al +57 *** *** 4567 ya"),
        ("llame al +573001234567", "llame al +57 *** *** 4567"),
        ("llame al 300 123 4567, o al 3001234567", "llame al …4567, o al …4567"),
        ("Radicado PQ-3001234567, $ 3.001.234", "Radicado PQ-3001234567, $ 3.001.234"),
        (
            "Portería, (601) 555 0100; 23 de diciembre de 2026",
            "Portería, (601) 555 0100; 23 de diciembre de 2026",
        ),
        ("/cases/thread_id%3Ade-59dfcb0ccbac", "/cases/thread_id%3Ade-59dfcb0ccbac"),
    ],
)
def test_contacts_in_a_text_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert shown == mask_contacts(text)
