"""Sentence about a message that waits for the limit of contacts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from hub.business_time.dates import ZONE
from hub.model.contact_slots import LastContact
from hub.operations.explain import sentences_es
from hub.ports import SentMessage

_BY: Final = {"email": "correo", "sms": "SMS", "whatsapp": "WhatsApp", "push": "notificación"}
_ABOUT: Final = {"collection": "cobro", "commercial": "publicidad"}


def why(sent: SentMessage) -> str:
    """Name the contact for which the message waits; empty where it is not known any more."""
    if not sent.contacts:
        return ""
    last = sent.contacts[0]
    when = sentences_es.at_time(datetime.combine(last.day, time(), ZONE))
    about = f", por {_ABOUT[last.purpose]}" if last.purpose in _ABOUT else ""
    rule = (
        "la ley solo permite un contacto al día"
        if _is_of_the_day(sent.message.channel, sent.contacts)
        else "la ley solo permite un medio por semana"
    )
    return f"Ya se le contactó {when} por {_BY.get(last.channel, last.channel)}{about}: {rule}."


def _is_of_the_day(channel: str, contacts: Sequence[LastContact]) -> bool:
    """Return whether the channel is one of the week already: then it is the day that is taken."""
    return channel in {contact.channel for contact in contacts}
