"""Consents: requested, granted, revoked."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import EventType, Print, Purpose

_ONE_OF: Final = ("email", "whatsapp", "sms")

# Acknowledged by the channel that was used (email, text, WhatsApp); after paper or a web page, by any.
_THE_CHANNEL_USED: Final = to("data_subject", Purpose.TRANSACTIONAL, *_ONE_OF, channel_by="method")

PRIVACY: Final = (
    EventType(
        name="privacy.consent.requested",
        case="subject_id",
        audiences=(to("data_subject", Purpose.TRANSACTIONAL, *_ONE_OF, print=Print.LETTER),),
    ),
    EventType(
        name="privacy.consent.granted",
        case="subject_id",
        audiences=(_THE_CHANNEL_USED,),
    ),
    EventType(
        name="privacy.consent.revoked",
        case="subject_id",
        audiences=(
            _THE_CHANNEL_USED,
            to("staff:privacy_officer", Purpose.INTERNAL, "inbox", template="staff"),
        ),
    ),
)
