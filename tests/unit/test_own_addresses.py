"""Words of a caller never become another part of an address of ours."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from hub.model.ids import uuid_in
from hub.operations.bulk.words_es import known_words
from hub.web.console.surveys import next_part

GIVEN = "019af1de-0000-8000-8000-000000000001"


def test_id_is_read_as_ids_are_written() -> None:
    assert UUID(GIVEN) == uuid_in(GIVEN) == uuid_in(GIVEN.replace("-", "")) == uuid_in(GIVEN.upper())


@pytest.mark.parametrize("text", [f" {GIVEN}", f"{GIVEN}\r\n", f"{{{GIVEN}}}", f"urn:uuid:{GIVEN}", "", "1"])
def test_id_with_anything_around_it_is_none(text: str) -> None:
    assert uuid_in(text) is None


def test_next_part_of_a_survey_keeps_the_building_of_any_name() -> None:
    path = next_part("a&after=z#x\r\n", "p-5")

    assert "\n" not in path
    assert {"copropiedad": ["a&after=z#x\r\n"], "after": ["p-5"]} == parse_qs(urlsplit(path).query)


def test_address_says_no_words_of_its_own() -> None:
    assert known_words("told")
    assert known_words("Llame al 300 123 4567") == ""
