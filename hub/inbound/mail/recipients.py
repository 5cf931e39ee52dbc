"""The addresses that a report names, in a form in which they can be compared with our own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message
from email.utils import getaddresses
from itertools import islice
from typing import Final

from hub.inbound.mail.parsing import LONGEST_HEADER, header

_MOST: Final = 20
"""Addresses of one report; ours goes to one recipient, whom a list may multiply."""
_XTEXT: Final = re.compile(r"\+([0-9A-F]{2})")
_MAILBOX: Final = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,64}@[\w.-]{1,190}\w")


def plain_address(address: str) -> str:
    """Return an address without brackets and in lower case, its domain as on the wire; empty for none."""
    local, at, domain = address.strip().strip("<>").lower().rpartition("@")
    return f"{local}@{_on_the_wire(domain)}" if local and at and domain else ""


def _on_the_wire(domain: str) -> str:
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return domain


def of_delivery(fields: Message) -> frozenset[str]:
    """Return the recipients of a group of a delivery report (RFC 3464: `rfc822; maria@example.co`)."""
    named = (header(fields, name).rpartition(";")[2] for name in ("Final-Recipient", "Original-Recipient"))
    return _plain(spelling for address in named for spelling in (address, _decoded(address)))


def _decoded(address: str) -> str:
    """Some servers return ORCPT in the encoding in which they received it (RFC 3461, 4)."""
    return _XTEXT.sub(lambda code: chr(int(code[1], 16)), address)


def of_headers(message: Message, *names: str) -> frozenset[str]:
    """Return all addresses in the headers of these names."""
    values = [str(value)[:LONGEST_HEADER] for name in names for value in message.get_all(name, ())[:_MOST]]
    return _plain(address for _, address in getaddresses(values))


def of_text(text: str) -> frozenset[str]:
    """Return what looks like an address in a text."""
    return _plain(_MAILBOX.findall(text))


def _plain(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(islice((plain for address in addresses if (plain := plain_address(address))), _MOST))
