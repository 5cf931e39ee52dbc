"""
Words of the consents on the own page. Pure.

The digest of these words is the proof in the ledger. A change of any of them, even of a label, needs a new
TEXT_VERSION: `tests/unit/test_resident_case.py` pins both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Final

from hub.model import ContactPoint
from hub.phones import can_text
from hub.rendering.filters import lista
from hub.rendering.wishes_es import KINDS

OFFERED: Final = ("commercial", "survey")
"""Purposes that a button of the page allows and stops: nothing else depends on them."""
TEXT_VERSION: Final = "pagina-2"
"""The version of all the words of this module."""
CHANNELS: Final[Mapping[str, str]] = {
    "email": "correo",
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "push": "notificación móvil",
}
"""The channels that the page offers, in the order in which it names them."""
_OF_KIND: Final[Mapping[str, Collection[str]]] = {
    "email": ("email",),
    "phone": ("sms", "whatsapp"),
    "push": ("push",),
}


def channels_of(contacts: Collection[ContactPoint]) -> tuple[str, ...]:
    """Return the channels of the contacts that are surely the person's: a consent opens no others."""
    usable = {channel for contact in contacts if _is_own(contact) for channel in _OF_KIND[contact.kind]}
    return tuple(channel for channel in CHANNELS if channel in usable)


def _is_own(contact: ContactPoint) -> bool:
    # A device has signed in with the app: there is nothing to verify.
    if contact.kind == "phone":
        return contact.verified and can_text(contact.value)
    return contact.kind == "push" or (contact.verified and contact.kind in _OF_KIND)


def sentence(purpose: str, channels: Sequence[str]) -> str:
    """Return the sentence to which the person agrees, as it stands above the button."""
    by = lista([CHANNELS[channel] for channel in channels])
    what = KINDS[purpose].lower()
    return (
        f"Autorizo que me escriban por {by} con esta finalidad: {what}. Puedo retirarlo aquí cuando quiera."
    )


def button(purpose: str) -> str:
    return f"Autorizar: {KINDS[purpose].lower()}"


def words_digest(purpose: str, channels: Sequence[str]) -> str:
    """Return the digest of the words that the person has read and pressed: sentence, line end, button."""
    return sha256(f"{sentence(purpose, channels)}\n{button(purpose)}".encode()).hexdigest()
