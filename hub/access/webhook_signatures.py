"""Verify the signatures of providers' calls; `hub.access.keyring` makes the hub's own. Pure."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

_PORTS: Final = {"http": 80, "https": 443}


def twilio_signature(token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """Sign a form as Twilio does; a repeated pair is signed once."""
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    return b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()


def is_from_twilio(given: str, *, tokens: Iterable[str], url: str, form: Collection[tuple[str, str]]) -> bool:
    """
    Tell whether one of the tokens made this signature. Compares in constant time.

    Always HMAC-SHA1: if a header chose the algorithm, an attacker would choose the weakest. Behind a
    proxy, Twilio may have signed the URL with or without its port.
    """
    return any(
        same(given, twilio_signature(token, seen, form))
        for token in tokens
        for seen in _with_and_without_port(url)
    )


def is_body_of_twilio(url: str, body: bytes) -> bool:
    """
    Tell whether a body that is not a form matches the hash in the signed query of the URL.

    The signature itself is then that of the URL with an empty form.
    """
    (given,) = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[:1]
    return same(given.lower(), sha256(body).hexdigest())


def body_signature(secret: str, body: bytes, *, algorithm: str, encoding: str) -> str:
    """Sign a raw body; `encoding` is `hex` or `base64`."""
    digest = hmac.digest(secret.encode(), body, algorithm)
    return digest.hex() if encoding == "hex" else b64encode(digest).decode()


def is_body_signature(given: str, *, secret: str, body: bytes, algorithm: str, encoding: str) -> bool:
    """Tell whether this is the signature of the raw body. Compares in constant time."""
    made = body_signature(secret, body, algorithm=algorithm, encoding=encoding)
    return same(given.lower() if encoding == "hex" else given, made)


def same(given: str, expected: str) -> bool:
    """Compare in constant time. `given` may be any bytes, even invalid UTF-8."""
    return hmac.compare_digest(
        given.encode(errors="surrogateescape"), expected.encode(errors="surrogateescape")
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
    return any(same(given, meta_signature(secret, body)) for secret in secrets)
