"""The words to which a person consents on the own page: their version, their digest, their channels."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import pytest

from hub.model import ContactPoint
from hub.operations.residents.consent_words import (
    CHANNELS,
    OFFERED,
    TEXT_VERSION,
    button,
    channels_of,
    sentence,
    words_digest,
)

PINNED: Final = {"pagina-2": "00fcb4a595c7acefd0c40c8d64f956177acb896ccdcb5bb9f353c5b346fe6d05"}
"""Version → digest of all its words. A change of a word needs a new version here; no old line changes."""


def test_change_of_any_word_is_a_new_version() -> None:
    words = "".join(words_digest(purpose, tuple(CHANNELS)) for purpose in OFFERED)

    assert PINNED[TEXT_VERSION] == sha256(words.encode()).hexdigest()


def test_digest_is_that_of_the_very_words() -> None:
    said = sentence("survey", ["email", "sms"])

    assert "Autorizo que me escriban por correo y SMS con esta finalidad: encuestas." in said
    assert sha256(f"{said}\n{button('survey')}".encode()).hexdigest() == words_digest(
        "survey", ["email", "sms"]
    )


@pytest.mark.parametrize(
    ("contact", "channels"),
    [
        (ContactPoint(id="x", kind="email", value="a@b.co", verified=True), ("email",)),
        (ContactPoint(id="x", kind="email", value="a@b.co"), ()),
        (ContactPoint(id="x", kind="phone", value="+573001234567", verified=True), ("sms", "whatsapp")),
        (ContactPoint(id="x", kind="phone", value="+573001234567"), ()),
        (ContactPoint(id="x", kind="phone", value="+576017420101", verified=True), ()),
        (ContactPoint(id="x", kind="push", value="token"), ("push",)),
    ],
)
def test_consent_names_the_channels_of_verified_contacts(
    contact: ContactPoint, channels: tuple[str, ...]
) -> None:
    assert channels == channels_of([contact])
