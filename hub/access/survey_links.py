"""
The link with which a person answers a survey on the hub's own page. Pure.

    /s/018f…e2.6a1c9f80.5f2c…      the message, until when the link lives, the signature

The recipient has no session: the signature is the proof. The message is of one person and one survey, so the
address names neither. A link that has ended, or is none of the hub's own, costs the database nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hub.access.keyring import KeyRing, Purpose
from hub.business_time import dates
from hub.model import Claimed
from hub.policy.surveys import SurveyPolicy
from hub.settings.values import carries_links

PATH: Final = "/s/{token}"
HIDDEN: Final = "enlace-personal"
SURVEY: Final = "survey.requested"
_PARTS: Final = 3
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyToken:
    """The message that brought a survey, and until when its link lives."""

    message_id: UUID
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyLinks:
    """
    Signs and verifies the links of surveys.

    A link lives until the answer may be changed no more, if it was given at the last moment.
    """

    public_url: str
    ring: KeyRing
    rules: SurveyPolicy

    def of(self, claimed: Claimed) -> str | None:
        """
        Return the link of a survey that is about to be sent, the publisher's own if it has one.

        None for other messages. None too without a signing key, and where the hub is reached over plain http:
        anybody on the network path could read such a link and answer.
        """
        data = claimed.data or {}
        if claimed.message.event != SURVEY:
            return None
        if own := data.get("link"):
            return str(own)
        if not self.ring or not carries_links(self.public_url):
            return None
        return self.to(claimed.message.id, self._closes(claimed) + self.rules.change_within)

    def answer_until(self, claimed: Claimed) -> datetime | None:
        """Return when a survey can be answered no more; None for other messages, and where nobody says so."""
        named, link = (claimed.data or {}).get("expires_at"), self.of(claimed)
        is_known = link is not None and (named is not None or link != (claimed.data or {}).get("link"))
        return self._closes(claimed) if is_known else None

    def shown(self, claimed: Claimed) -> str | None:
        """Return the placeholder for a survey's link where somebody else reads its message."""
        own = self.of(claimed)
        is_ours = own is not None and own != (claimed.data or {}).get("link")
        return f"{self.public_url}{PATH.format(token=HIDDEN)}" if is_ours else own

    def _closes(self, claimed: Claimed) -> datetime:
        named = (claimed.data or {}).get("expires_at")
        return self.rules.closes_at(claimed.event_time, None if named is None else dates.instant(named))

    def to(self, message_id: UUID, ends_at: datetime) -> str:
        """Make the link of a message. Raises ConfigurationError without a signing key."""
        named, ends = message_id.hex, f"{int(ends_at.timestamp()):x}"
        token = f"{named}.{ends}.{self.ring.sign(Purpose.SURVEY, named, ends)}"
        return f"{self.public_url}{PATH.format(token=token)}"

    def read(self, token: str) -> SurveyToken | None:
        """Return what a token says, also if it has ended; None if the hub did not make it."""
        parts = token.split(".")
        if len(parts) != _PARTS or len(token) > _LONGEST:
            return None
        named, ends, signature = parts
        if self.ring.verify(Purpose.SURVEY, signature, named, ends) is None:
            return None
        return SurveyToken(message_id=UUID(named), ends_at=datetime.fromtimestamp(int(ends, 16), UTC))
