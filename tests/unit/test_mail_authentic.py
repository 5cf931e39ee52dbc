"""Signers of mails: real signatures and keys, which a name server on loopback publishes."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from email.message import EmailMessage
from functools import cache
from typing import Final

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hub.inbound.mail import authentic
from hub.inbound.mail.authentic import LONGEST, DnsKeys, is_signed
from tests.providers.dns import DnsServer, Zone

ROSA: Final = "rosa@example.co"
SIGNED: Final = (b"from", b"to", b"subject", b"message-id", b"date")
SELECTOR: Final = "s1._domainkey.example.co"


@cache
def key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def private(bits: int = 2048) -> bytes:
    return key(bits).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def record(bits: int = 2048) -> str:
    """The key as it stands in DNS, in strings of at most 255 octets."""
    public = key(bits).public_key()
    octets = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = f"v=DKIM1; k=rsa; p={base64.b64encode(octets).decode()}"
    return " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))


ZONE: Final[Zone] = {(SELECTOR, "TXT"): [record()]}


def written(writer: str = f"Rosa <{ROSA}>", text: str = "INICIAR\n") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = writer, "r+1@respuestas.example", "Re: su petición"
    mail["Message-ID"], mail["Date"] = "<w1@example.co>", "Mon, 09 Mar 2026 08:05:00 -0500"
    mail.set_content(text)
    return mail.as_bytes().replace(b"\n", b"\r\n")


def signature(
    mail: bytes,
    domain: str = "example.co",
    *,
    headers: tuple[bytes, ...] = SIGNED,
    length: bool = False,
    algorithm: bytes = b"rsa-sha256",
    bits: int = 2048,
) -> bytes:
    return bytes(
        dkim.sign(
            mail,
            b"s1",
            domain.encode(),
            private(bits),
            include_headers=list(headers),
            length=length,
            signature_algorithm=algorithm,
            canonicalize=(b"relaxed", b"relaxed"),
        )
    )


def signed(mail: bytes | None = None, domain: str = "example.co", **how: object) -> bytes:
    mail = mail or written()
    return signature(mail, domain, **how) + mail  # type: ignore[arg-type]


async def proves(
    content: bytes, address: str = ROSA, *, zone: Zone = ZONE, silent: bool = False, failing: bool = False
) -> bool:
    async with DnsServer(zone, silent=silent, failing=failing) as names:
        return await is_signed(content, address, key_of=DnsKeys(names.resolver))


async def test_a_mail_that_its_own_domain_has_signed_is_authentic() -> None:
    assert await proves(signed())
    assert await proves(signed(written(ROSA)))
    assert await proves(signed(), "ROSA@Example.CO")


async def test_a_domain_may_sign_for_those_below_it() -> None:
    assert await proves(signed(written("rosa@correo.example.co")), "rosa@correo.example.co")


async def test_a_mail_without_a_signature_is_not_authentic_and_asks_no_name_server() -> None:
    async with DnsServer(ZONE) as names:
        assert not await is_signed(written(), ROSA, key_of=DnsKeys(names.resolver))
        assert [] == names.asked


@pytest.mark.parametrize("domain", ["mallory.example", "ejemplo.co", "co", "x.example.co"])
async def test_signature_of_another_domain_proves_nothing(domain: str) -> None:
    zone = {**ZONE, (f"s1._domainkey.{domain}", "TXT"): [record()]}

    assert not await proves(signed(domain=domain), zone=zone)


def tampered() -> Iterator[tuple[str, bytes]]:
    good = signed()
    yield "another text", good.replace(b"INICIAR", b"BAJA")
    yield "another writer", good.replace(b"<rosa@", b"<luis@")
    yield "a second From", b"From: luis@example.co\r\n" + good
    yield (
        "a From for one parser only",
        b"X: a\rFrom: rosa@example.co\r\r" + signed(written("luis@example.co")),
    )
    yield "a second Message-ID", b"Message-ID: <again@example.co>\r\n" + good
    yield "two writers", signed(written(f"{ROSA}, luis@example.co"))
    yield "a length", signed(length=True) + b"more\r\n"
    yield "no signed Message-ID", signed(headers=(b"from", b"subject"))
    yield "no signed subject", signed(headers=(b"from", b"message-id"))
    yield "SHA-1", signed(algorithm=b"rsa-sha1")


@pytest.mark.parametrize(("what", "content"), [pytest.param(*each, id=each[0]) for each in tampered()])
async def test_what_was_changed_or_signed_too_little_proves_nothing(what: str, content: bytes) -> None:
    assert what
    assert not await proves(content)
    assert not await proves(content, "luis@example.co")


@pytest.mark.parametrize(
    "zone",
    [
        {},
        {(SELECTOR, "TXT"): ['"v=DKIM1; p="']},
        {(SELECTOR, "TXT"): ['"x"']},
        {(SELECTOR, "TXT"): [record(), '"v=DKIM1; p=x"']},
        {(SELECTOR, "TXT"): [" ".join([record()] * 4)]},
        {(SELECTOR, "MX"): ["10 mx.example.co."]},
    ],
)
async def test_without_its_key_a_signature_proves_nothing(zone: Zone) -> None:
    assert not await proves(signed(), zone=zone)


@pytest.mark.parametrize("silent", [True, False])
async def test_without_an_answer_of_dns_nothing_is_proved(
    monkeypatch: pytest.MonkeyPatch, *, silent: bool
) -> None:
    monkeypatch.setattr(authentic, "TIMEOUT", 0.2)

    assert not await proves(signed(), silent=silent, failing=not silent)


def hostile() -> Iterator[bytes]:
    head = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.co; s=s1; h=from:subject:message-id; bh=AA==; b="
    yield b""
    yield b" x\r\n\r\n"
    yield b"\xff\xfe\0"
    yield head + b" " * 2000 + b"!\r\n" + written()
    yield head + b"\r\n " * 700 + b"A\r\n" + written()
    yield b"DKIM-Signature: ;;;=\r\n" * 5000 + written()
    yield head + b"AA==\r\n" + written() + b" \t" * 80_000 + b"\r\n"
    yield head + b"AA==\r\n" + written() + b"a \r\n" * (LONGEST // 4)
    yield head + b"AA==\r\n" + b"From: " + b"(" * 50_000 + b"\r\n\r\nBAJA\r\n"
    yield head.replace(b"example.co", b"." * 200) + b"AA==\r\n" + written()
    yield head.replace(b"s=s1", b"s=\xff/../x") + b"AA==\r\n" + written()


@pytest.mark.parametrize("content", [pytest.param(each, id=str(n)) for n, each in enumerate(hostile())])
async def test_hostile_mail_is_soon_found_to_prove_nothing(content: bytes) -> None:
    began = time.monotonic()

    assert not await proves(content)
    assert time.monotonic() - began < 3
