"""The short token of a message's link: it opens that message, and nothing near it opens anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access.keyring import LENGTHS, KeyRing, Purpose
from hub.access.message_tokens import LENGTH, make_token, read_token
from hub.settings import Secret
from tests.contract.values import NOON

RING: Final = KeyRing([Secret("a-secret-that-nobody-guesses-and-long")])
ID: Final = uuid4()
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def opened(token: str, ring: KeyRing = RING, purpose: Purpose = Purpose.OWN_MESSAGE) -> object:
    return read_token(ring, purpose, token)


@given(
    message_id=st.uuids(),
    ends=st.datetimes(datetime(1971, 1, 1), datetime(2106, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001 - Hypothesis takes none
)
def test_token_has_43_signs_and_opens_its_message_until_its_second(message_id: UUID, ends: datetime) -> None:
    token = make_token(RING, Purpose.OWN_MESSAGE, message_id, ends)
    read = read_token(RING, Purpose.OWN_MESSAGE, token)

    assert LENGTH == len(token)
    assert read is not None
    assert (message_id, ends.replace(microsecond=0)) == (read.message_id, read.ends_at)


def test_token_with_one_sign_changed_left_out_or_added_opens_nothing() -> None:
    token = make_token(RING, Purpose.OWN_MESSAGE, ID, NOON)
    changed = [
        f"{token[:place]}{sign}{token[place + 1 :]}"
        for place in range(LENGTH)
        for sign in ALPHABET
        if sign != token[place]
    ]

    assert LENGTH * 63 == len(changed)
    assert not [one for one in changed if opened(one)]
    spaced, foreign = f" {token[1:]}", f"ñ{token[1:]}"
    for wrong in (token[:-1], f"{token}A", f"{token}=", spaced, foreign, "", "."):
        assert opened(wrong) is None


def test_token_of_another_purpose_or_of_somebody_elses_key_opens_nothing() -> None:
    token = make_token(RING, Purpose.OWN_MESSAGE, ID, NOON)

    assert opened(token, purpose=Purpose.DOCUMENT_LINK) is None
    assert opened(token, KeyRing([Secret("another-secret-that-is-as-long-as-needed")])) is None
    assert opened(token, KeyRing([])) is None


@pytest.mark.parametrize("purpose", [Purpose.OWN_MESSAGE, Purpose.DOCUMENT_LINK])
def test_whoever_guesses_has_96_bits_to_guess(purpose: Purpose) -> None:
    assert 96 == 4 * LENGTHS[purpose]


def test_a_lifetime_without_end_ends_with_the_numbers_that_there_are() -> None:
    token = make_token(RING, Purpose.OWN_MESSAGE, ID, NOON + timedelta(days=365 * 200))
    read = read_token(RING, Purpose.OWN_MESSAGE, token)

    assert read is not None
    assert 2106 == read.ends_at.year
