"""The visible part of a masked name or address never reveals the rest."""

from __future__ import annotations

import pytest

from hub.people.masking import mask_address, mask_contacts, mask_name


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("maria@example.co", "m***@e***.co"),
        ("m@e.co", "m***@e***.co"),
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


@pytest.mark.parametrize(("name", "shown"), [("María Peña", "M*** P***"), ("A", "A***"), ("", "")])
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
