"""The addresses that say which message they belong to."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access.keyring import KeyRing
from hub.channels.email.mime import wire_address
from hub.channels.email.verp import AddressKind, Mark, Verp
from hub.settings import Secret

DOMAIN = "respuestas.coproservicios.example"
NEW, OLD = Secret("the new secret"), Secret("the old secret")
VERP = Verp(DOMAIN, KeyRing([NEW, OLD]))
ONLY_NEW, ONLY_OLD = Verp(DOMAIN, KeyRing([NEW])), Verp(DOMAIN, KeyRing([OLD]))


@given(st.uuids())
def test_an_address_reads_back_as_its_message_in_any_letter_case(message_id: UUID) -> None:
    bounce, reply = VERP.bounce_address(message_id), VERP.reply_address(message_id)

    assert Mark(AddressKind.BOUNCE, message_id) == VERP.read(bounce) == VERP.read(bounce.upper())
    assert Mark(AddressKind.REPLY, message_id) == VERP.read(reply) == VERP.read(reply.title())
    assert message_id == VERP.read_envelope_id(VERP.envelope_id(message_id))
    assert wire_address(bounce) == bounce
    assert max(len(address.partition("@")[0]) for address in (bounce, reply)) <= 64


def test_all_secrets_verify_and_the_first_signs() -> None:
    message_id = uuid4()
    before = ONLY_OLD.bounce_address(message_id)

    assert Mark(AddressKind.BOUNCE, message_id) == VERP.read(before)
    assert VERP.bounce_address(message_id) == ONLY_NEW.bounce_address(message_id) != before
    assert ONLY_NEW.read(before) is None


def test_a_signature_holds_for_its_message_and_its_purpose_only() -> None:
    mine, other = VERP.reply_address(uuid4()), VERP.reply_address(uuid4())
    identity = other.partition("+")[2].partition(".")[0]

    assert VERP.read(f"r+{identity}.{mine.partition('.')[2]}") is None
    assert VERP.read(f"b{mine[1:]}") is None
    assert VERP.read_envelope_id(mine[2:].partition("@")[0]) is None


@pytest.mark.parametrize("address", ["", "@", "b+@", "b@x", f"postmaster@{DOMAIN}", f"b+a.b@{DOMAIN}"])
def test_what_was_not_made_here_says_nothing(address: str) -> None:
    assert VERP.read(address) is None


@given(st.text(max_size=80))
def test_no_local_part_is_read_by_chance(local: str) -> None:
    assert VERP.read(f"{local}@{DOMAIN}") is None
    assert VERP.read_envelope_id(local) is None


def test_another_domain_is_not_ours() -> None:
    address = VERP.bounce_address(uuid4())

    assert VERP.is_ours(address.upper())
    assert not VERP.is_ours(address.replace("respuestas.", ""))
    assert VERP.read(address.replace("respuestas.", "")) is None
