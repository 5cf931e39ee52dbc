"""
Authenticity of a mail: it comes from the address of its From if that domain has signed it (DKIM, RFC 6376).

The hub checks the signature itself. It does not read SPF or an Authentication-Results header: SPF needs the
address of the sender's server, which only the mail server in front has seen, and the header can be trusted
only if every way to the hub's port can be (docs/decisions/0063-mailed-keywords-need-dkim-or-an-answer.md).

Strangers write the input, so it is bounded before the library sees it: some of its expressions take
quadratic time, and a key from a stranger's DNS may have any length.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from email.utils import getaddresses
from typing import Final, TypeAlias

import structlog
from dkim import DKIM, DKIMException
from dkim.util import InvalidTagValueList, parse_tag_value
from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.rdtypes.ANY.TXT import TXT

KeyLookup: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Returns the TXT record of a name; empty without an answer in time."""

TIMEOUT: Final = 3.0
"""Seconds for an answer of DNS; without one the writer is asked, so nothing is lost."""
LONGEST: Final = 200_000
"""Octets of a mail that is checked: one with a single word, a signature and our own mail quoted."""
_LONGEST_SIGNATURE: Final = 2500
_LONGEST_KEY: Final = 900  # octets of a record: RSA with 4096 bits
_LONGEST_GAP: Final = 200
_MOST_SIGNATURES: Final = 3

_LOOSE: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")
"""Characters that end a line for one parser and not for another: each may see another From."""
_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){2,}")
_MUST_BE_SIGNED: Final = frozenset({"from", "subject", "message-id"})
"""The subject may be the word; the same Message-ID again is the same reply."""
_ONCE: Final = ("subject", "message-id")

Headers: TypeAlias = Sequence[tuple[str, str]]

log = structlog.get_logger()


async def is_signed(content: bytes, address: str, *, key_of: KeyLookup) -> bool:
    """Return whether the domain of `address` has signed this mail, which names it as its only writer."""
    for place, name in await asyncio.to_thread(_signatures, content, address):
        key = await key_of(name)
        if 0 < len(key) <= _LONGEST_KEY and await asyncio.to_thread(_fits, content, place, key):
            return True
    return False


def _signatures(content: bytes, address: str) -> list[tuple[int, str]]:
    """Return the place of each signature that may count, and the name of its key."""
    if not _is_bounded(content):
        return []
    try:
        headers = [(_text(name).lower(), _text(value)) for name, value in DKIM(content).headers]
        names_only = _names_only(address, headers)
    except (DKIMException, IndexError, RecursionError):
        return []
    if not names_only:
        return []
    values = [value for name, value in headers if name == "dkim-signature"]
    domain = address.rpartition("@")[2].lower()
    return [
        (place, name) for place, value in enumerate(values[:_MOST_SIGNATURES]) for name in _key(value, domain)
    ]


def _is_bounded(content: bytes) -> bool:
    head = content.partition(b"\r\n\r\n")[0]
    gap = b" " * _LONGEST_GAP
    return len(content) <= LONGEST and not _LOOSE.search(head) and gap not in content.replace(b"\t", b" ")


def _names_only(address: str, headers: Headers) -> bool:
    writers = [value for name, value in headers if name == "from"]
    boxes = getaddresses([" ".join(value.split()) for value in writers])
    repeated = any(sum(name == once for name, _ in headers) > 1 for once in _ONCE)
    named = [box.lower() for _, box in boxes]
    return len(writers) == 1 and named == [address.lower()] and not repeated


def _key(signature: str, domain: str) -> Iterator[str]:
    """Yield the name of the key if the signature is of this domain, or of one above it, and covers enough."""
    if len(signature) > _LONGEST_SIGNATURE:
        return
    try:
        tags = parse_tag_value(signature.encode())
    except InvalidTagValueList:
        return
    signer, selector = _tag(tags, b"d"), _tag(tags, b"s")
    name = f"{selector}._domainkey.{signer}"
    if _covers(tags) and f".{domain}".endswith(f".{signer}") and "." in signer and _NAME.fullmatch(name):
        yield name


def _covers(tags: Mapping[bytes, bytes]) -> bool:
    """SHA-1 is broken (RFC 8301); after the octets of `l` anybody may write more."""
    signed = {name.strip().lower() for name in _tag(tags, b"h").split(":")}
    return signed >= _MUST_BE_SIGNED and b"l" not in tags and _tag(tags, b"a") == "rsa-sha256"


def _fits(content: bytes, place: int, key: bytes) -> bool:
    try:
        return bool(DKIM(content).verify(place, dnsfunc=lambda _name, timeout=0: key))  # noqa: ARG005
    except Exception as exc:  # noqa: BLE001 - on strange input the library raises more than its own errors
        log.info("mail.signature_wrong", error=type(exc).__name__)
        return False


def _tag(tags: Mapping[bytes, bytes], name: bytes) -> str:
    return _text(tags.get(name, b"")).lower()


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


class DnsKeys:
    """A KeyLookup that asks DNS."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver

    async def __call__(self, name: str) -> bytes:
        try:
            resolver = self._resolver or Resolver()
            resolver.lifetime = TIMEOUT
            answer = await resolver.resolve(name, "TXT", search=False)
        except (DNSException, OSError) as exc:
            log.info("mail.no_key", error=type(exc).__name__)
            return b""
        records = [b"".join(record.strings) for record in answer if isinstance(record, TXT)]
        return records[0] if len(records) == 1 else b""
