"""Consents: requested, granted, revoked."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, EventType, Lane, Print, Purpose

_ONE_OF: Final = (("email",), ("whatsapp",), ("sms",))

# Acknowledged by the channel that was used (email, text, WhatsApp); after paper or a web page, by any.
_THE_CHANNEL_USED: Final = Audience(
    who=("data_subject",), purpose=Purpose.TRANSACTIONAL, channels=_ONE_OF, channel_by="method"
)

PRIVACY: Final = (
    EventType(
        name="privacy.consent.requested",
        lane=Lane.NORMAL,
        case="subject_id",
        audiences=(
            Audience(
                who=("data_subject",),
                purpose=Purpose.TRANSACTIONAL,
                channels=_ONE_OF,
                print=Print.LETTER,
            ),
        ),
    ),
    EventType(
        name="privacy.consent.granted",
        lane=Lane.NORMAL,
        case="subject_id",
        audiences=(_THE_CHANNEL_USED,),
    ),
    EventType(
        name="privacy.consent.revoked",
        lane=Lane.NORMAL,
        case="subject_id",
        audiences=(
            _THE_CHANNEL_USED,
            Audience(
                who=("staff:privacy_officer",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox",),),
                template="staff",
            ),
        ),
    ),
)
