"""The key ring: purposes are separate, the first key signs, all verify; guessable secrets are refused."""

from __future__ import annotations

import random
import re
from base64 import b64decode, b64encode
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from hub.access.document_keys import current_fingerprint, document_keys
from hub.access.keyring import LENGTHS, KeyRing, Purpose, Sealed
from hub.access.secret_strength import doubled, is_example, is_guessable
from hub.errors import ConfigurationError
from hub.settings import Secret

NEW, OLD = Secret("the new secret"), Secret("the old secret")
RING = KeyRing([NEW, OLD])
every_purpose = pytest.mark.parametrize("purpose", list(Purpose))
parts = st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=4)


def test_the_derivation_is_that_of_rfc_5869() -> None:
    # Appendix A.3: SHA-256, no salt, no info; the ring must use this function.
    made = HKDF(algorithm=SHA256(), length=42, salt=None, info=b"").derive(b"\x0b" * 22)

    assert made.hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


def test_key_that_signs_documents_is_stable_and_each_secret_has_its_own() -> None:
    """Its fingerprint is published: another derivation would disown every constancia."""
    frozen, other = (
        document_keys(KeyRing([Secret(text)]))[0] for text in ("a secret that never changes", "b")
    )
    both = document_keys(KeyRing([Secret("b"), Secret("a secret that never changes")]))

    assert FROZEN_FINGERPRINT == frozen.fingerprint
    assert [other.fingerprint, frozen.fingerprint] == [key.fingerprint for key in both]
    Ed25519PublicKey.from_public_bytes(frozen.public).verify(frozen.sign(b"x"), b"x")


def test_ring_without_a_secret_signs_no_document() -> None:
    assert current_fingerprint(KeyRing([])) is None
    with pytest.raises(ConfigurationError):
        document_keys(KeyRing([]))


def test_signatures_are_stable_across_releases() -> None:
    """These signatures are in use: a change would invalidate the address of every message in transit."""
    ring = KeyRing([Secret("a secret that never changes")])

    assert [ring.sign(purpose, "a", "b") for purpose in (Purpose.MAIL, Purpose.SMS_HOOK)] == FROZEN
    assert ring.ids == (FROZEN_ID,)
    assert ring.document_hashes("52000101") == [FROZEN_DOCUMENT]


FROZEN = ["f340bcbce705d30f30ef", "6cace5f3ccf6648b6028cdfa38b4400e"]
FROZEN_FINGERPRINT = "723581fbdc4bf0d10406160e56262d7a6857f3571acffac9530280e7bf651b7f"
FROZEN_ID = "1e64ea17"
FROZEN_DOCUMENT = "hmac-sha256:1e64ea17:8a3bd494e9c606862f80d6dea4ce675419aae8c117ee58d798b8154ca5ac4847"


def test_every_purpose_has_its_length() -> None:
    assert set(LENGTHS) == set(Purpose)


@every_purpose
def test_a_signature_has_the_length_of_its_purpose(purpose: Purpose) -> None:
    assert len(RING.sign(purpose, "a")) == LENGTHS[purpose]


@every_purpose
def test_all_keys_verify_and_the_first_signs(purpose: Purpose) -> None:
    only_new, only_old = KeyRing([NEW]), KeyRing([OLD])
    before = only_old.sign(purpose, "a")

    assert RING.verify(purpose, before, "a") == only_old.ids[0] == RING.ids[1]
    assert RING.sign(purpose, "a") == only_new.sign(purpose, "a") != before
    assert only_new.verify(purpose, before, "a") is None


@given(parts)
def test_a_signature_for_one_purpose_never_verifies_for_another(texts: list[str]) -> None:
    shortest = min(LENGTHS.values())
    made = {purpose: RING.sign(purpose, *texts)[:shortest] for purpose in Purpose}

    assert len(set(made.values())) == len(Purpose)
    for purpose in Purpose:
        found = [one for one in Purpose if RING.verify(one, RING.sign(purpose, *texts), *texts)]
        assert [purpose] == found


@given(parts, parts)
def test_no_two_lists_of_parts_are_signed_alike(some: list[str], others: list[str]) -> None:
    given_to = RING.verify(Purpose.SMS_HOOK, RING.sign(Purpose.SMS_HOOK, *some), *others)

    assert (given_to is not None) == (some == others)


def test_boundaries_of_parts_change_the_signature() -> None:
    alike = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"), ("1:a", "b"), ("a", "1:b")]

    for one, other in combinations(alike, 2):
        assert RING.sign(Purpose.SMS_HOOK, *one) != RING.sign(Purpose.SMS_HOOK, *other)


@pytest.mark.parametrize("given_by_a_stranger", ["", "0", "ñ", "\udcff", "0" * 10_000])
def test_invalid_signature_does_not_verify(given_by_a_stranger: str) -> None:
    assert RING.verify(Purpose.SMS_HOOK, given_by_a_stranger, "a") is None


def test_callback_gets_the_key_of_each_verification() -> None:
    seen: list[tuple[Purpose, str]] = []
    ring = KeyRing([NEW, OLD], lambda purpose, key: seen.append((purpose, key)))

    ring.verify(Purpose.MAIL, KeyRing([OLD]).sign(Purpose.MAIL, "a"), "a")
    ring.verify(Purpose.MAIL, "no signature", "a")

    assert [(Purpose.MAIL, KeyRing([OLD]).ids[0])] == seen


def test_empty_key_ring_verifies_nothing_and_says_what_signing_needs() -> None:
    empty = KeyRing([])

    assert not empty
    assert empty.verify(Purpose.MAIL, "", "a") is None
    with pytest.raises(ConfigurationError, match="HUB_SECRET"):
        empty.sign(Purpose.MAIL, "a")
    with pytest.raises(ConfigurationError, match="HUB_SECRET"):
        empty.document_hashes("52000101")


def test_key_id_identifies_a_key_without_revealing_its_secret() -> None:
    assert all(len(key) == 8 for key in RING.ids)
    assert len(set(RING.ids)) == 2
    assert "secret" not in repr(RING)


def test_document_is_stored_under_the_first_key_and_found_under_each() -> None:
    before, now = KeyRing([OLD]).document_hashes("52000101"), RING.document_hashes("52000101")

    assert before[0] == now[1] != now[0]
    assert [digest.split(":")[1] for digest in now] == list(RING.ids)
    assert max(map(len, now)) <= 200


@given(st.binary(max_size=64), parts)
def test_sealed_text_is_opened_by_its_key_and_for_its_recipient(plain: bytes, texts: list[str]) -> None:
    sealed = KeyRing([OLD]).seal(Sealed.SECOND_FACTOR, plain, *texts)

    assert RING.unseal(Sealed.SECOND_FACTOR, sealed, *texts) == plain
    assert RING.unseal(Sealed.SECOND_FACTOR, sealed, *texts, "more") is None
    assert KeyRing([NEW]).unseal(Sealed.SECOND_FACTOR, sealed, *texts) is None
    assert (RING.is_current(sealed), KeyRing([OLD]).is_current(sealed)) == (False, True)


def test_same_secret_is_sealed_differently_each_time() -> None:
    assert RING.seal(Sealed.SECOND_FACTOR, b"x", "a") != RING.seal(Sealed.SECOND_FACTOR, b"x", "a")


def test_changed_seal_is_not_opened() -> None:
    head, _, data = RING.seal(Sealed.SECOND_FACTOR, b"secret", "a").rpartition(":")
    octets = bytearray(b64decode(data))
    for place in range(len(octets)):
        changed = bytes(octet ^ (index == place) for index, octet in enumerate(octets))
        assert RING.unseal(Sealed.SECOND_FACTOR, f"{head}:{b64encode(changed).decode()}", "a") is None


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(ConfigurationError):
        KeyRing([]).seal(Sealed.SECOND_FACTOR, b"x")
    assert not KeyRing([]).is_current(RING.seal(Sealed.SECOND_FACTOR, b"x"))


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
