"""What is shown of a name and an address never tells the rest of it."""

from __future__ import annotations

import pytest

from hub.storage.masking import mask_address, mask_name


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
def test_of_an_address_four_letters_at_least_stay_hidden(address: str, shown: str) -> None:
    assert shown == mask_address(address)


@pytest.mark.parametrize(("name", "shown"), [("María Peña", "M*** P***"), ("A", "A***"), ("", "")])
def test_of_a_name_its_length_is_hidden_as_well(name: str, shown: str) -> None:
    assert shown == mask_name(name)
