"""Signatures by which providers prove that a call is theirs. Pure."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit, urlunsplit

_PORTS: Final = {"http": 80, "https": 443}


def twilio_signature(token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """Sign a form as Twilio does; a pair that stands there twice is signed once."""
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    return b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()


def is_from_twilio(given: str, *, tokens: Iterable[str], url: str, form: Collection[tuple[str, str]]) -> bool:
    """
    Tell whether one of the tokens made this signature. Compares in constant time.

    Always HMAC-SHA1: no header of the call chooses the algorithm, or whoever calls would choose the
    weakest. Behind a proxy Twilio may have seen the URL with its port or without.
    """
    presented = given.encode(errors="surrogateescape")
    return any(
        hmac.compare_digest(presented, twilio_signature(token, seen, form).encode())
        for token in tokens
        for seen in _with_and_without_port(url)
    )


def _with_and_without_port(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    host = parts.netloc.removesuffix(f":{parts.port}")
    port = parts.port or _PORTS[parts.scheme]
    for netloc in (host, f"{host}:{port}"):
        yield urlunsplit(parts._replace(netloc=netloc))


def meta_signature(secret: str, body: bytes) -> str:
    """Sign a body as Meta does in `X-Hub-Signature-256`, with the app secret."""
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()


def is_from_meta(given: str, *, secrets: Iterable[str], body: bytes) -> bool:
    """Tell whether one of the app secrets made this signature of the raw body. Compares in constant time."""
    presented = given.encode(errors="surrogateescape")
    return any(hmac.compare_digest(presented, meta_signature(secret, body).encode()) for secret in secrets)
