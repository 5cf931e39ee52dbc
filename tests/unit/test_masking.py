"""The visible part of a masked name or address never reveals the rest."""

from __future__ import annotations

import pytest

from hub.people.masking import mask_address, mask_name


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
