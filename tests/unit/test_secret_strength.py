"""Guessable secrets are distinguished from random ones."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access.secret_strength import doubled, is_example, is_guessable
from hub.settings import Secret

ROOT: Final = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "f" * 64,
        "0123456789" * 6,
        "passwordpasswordpasswordpassword",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "coproservicios-coproservicios-2026",
        "change-me-9f2c61d7a0b84e35c1fd7e6a2b90483d",
        "YOUR-9f2c61d7a0b84e35c1fd7e6a2b90483d5e17",
        "${HUB_SECRET}9f2c61d7a0b84e35c1fd7e6a2b90",
    ],
)
def test_guessable_secret_is_detected(text: str) -> None:
    assert is_guessable(Secret(text))


@given(st.integers(), st.sampled_from([24, 32]))
def test_random_secret_is_accepted(seed: int, octets: int) -> None:
    thrown = random.Random(seed).randbytes(octets).hex()

    assert not is_guessable(Secret(thrown))


def test_placeholder_of_the_docs_is_detected() -> None:
    pages = [ROOT / "docker-compose.yml", ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    written = [
        word
        for page in pages
        for value in re.findall(r"HUB_(?:SECRET|API_KEY)[=:] ?[\"']?([^\s\"'`]+)", page.read_text("utf-8"))
        for word in [value.strip()]
        if not value.startswith("$(")
    ]

    assert written
    for word in written:
        assert is_guessable(Secret(word)), word


def test_repeated_secret_is_detected() -> None:
    assert doubled([Secret("a"), Secret("b"), Secret("a")])
    assert not doubled([Secret("a"), Secret("b")])
    assert not is_example(Secret("9f2c61d7a0b84e35c1fd7e6a2b90483d"))
