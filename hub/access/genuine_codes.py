"""
The code with which anybody asks whether a message is ours. Pure.

    K7F2M9QDTX      ten of 28 signs: a 48-bit number, scrambled with a key of its own

Nothing is stored for it. The number has the period, some 17 minutes, and the last 30 bits of the message's
id: enough to find the message in a short range of ids, and gone with it. Without the key all codes look
alike, and no code is near another. A code lasts as long as its message and the key, and 8.7 years at most.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from hub.access.keyring import SCRAMBLED, KeyRing
from hub.access.keyring import Purpose as KeyPurpose
from hub.model import Message, Purpose
from hub.model.genuine import SoughtMessage
from hub.model.ids import earliest
from hub.settings.values import carries_links

FORM: Final = "/v"
PATH: Final = "/v/{code}"
ALPHABET: Final = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, which make words; none of 0, 1 and L, which look like other signs."""
LENGTH: Final = 10
_SMS: Final = "sms"
CARRIERS: Final[Mapping[str, str]] = {"print": "letter", _SMS: _SMS, "whatsapp": "whatsapp"}
"""The channels whose messages may carry a code → how the policy calls them."""
_QUIET: Final = frozenset({Purpose.EMERGENCY, Purpose.INTERNAL})
"""Texts without a code: in an emergency the instruction is all there is, and staff has the hub."""
_TAIL: Final = 30
_PERIOD: Final = 20
"""Bits of the milliseconds that share a period: 17 minutes."""
_PERIODS: Final = 18
"""Bits that distinguish periods: 8.7 years."""
_CYCLE: Final = 1 << _PERIODS
_INSTANT: Final = 80
"""The bits of an id below its milliseconds."""
_SEPARATORS: Final = str.maketrans("", "", " -.·\t\r\n")
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class GenuineCodes:
    """Makes and reads the codes; `channels` are those of the policy whose messages carry one."""

    public_url: str
    ring: KeyRing
    channels: Collection[str]

    @property
    def carriers(self) -> frozenset[str]:
        """The channels of which messages carry a code."""
        return frozenset(channel for channel, name in CARRIERS.items() if name in self.channels)

    def carries(self, message: Message) -> bool:
        """Return whether the message carries a code."""
        if message.channel == _SMS and message.purpose in _QUIET:
            return False
        return message.channel in self.carriers

    def link(self, message: Message) -> str | None:
        """
        Return where the message can be checked; None if it carries no code.

        None too without a signing key, and where no link may lead to the hub: such a page proves nothing.
        """
        if not self.carries(message) or not self.ring or not carries_links(self.public_url):
            return None
        return f"{self.public_url}{PATH.format(code=self.code(message.id))}"

    def code(self, message_id: UUID) -> str:
        """Make the code of a message. Raises ConfigurationError without a signing key."""
        period = (message_id.int >> _INSTANT + _PERIOD) % _CYCLE
        number = period << _TAIL | message_id.int & (1 << _TAIL) - 1
        return _written(self.ring.scramble(KeyPurpose.GENUINE, number))

    def read(self, code: str, now: datetime) -> tuple[SoughtMessage, ...]:
        """Return the content of a code, one for each key; nothing if it is no code."""
        number = _number(tidy(code))
        if number is None:
            return ()
        found = self.ring.unscramble(KeyPurpose.GENUINE, number)
        return tuple(_sought(key_id, plain, now) for key_id, plain in found)


def tidy(code: str) -> str:
    """Return a code as it is written, whatever somebody put between its signs; empty if it is none."""
    if len(code) > _LONGEST:
        return ""
    plain = code.translate(_SEPARATORS).upper()
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else ""


def place_of(link: str) -> str:
    """Return the address that people type: `hub.example.co/v`."""
    address = urlsplit(link)
    return f"{address.netloc}{address.path.rpartition('/')[0]}"


def code_of(link: str) -> str:
    """Return the code of a link."""
    return link.rpartition("/")[2]


def _written(number: int) -> str:
    signs = ""
    for _ in range(LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs = ALPHABET[sign] + signs
    return signs


def _number(code: str) -> int | None:
    if not code:
        return None
    number = 0
    for sign in code:
        number = number * len(ALPHABET) + ALPHABET.index(sign)
    return number if number < SCRAMBLED else None


def _sought(key_id: str, number: int, now: datetime) -> SoughtMessage:
    """Take the last period of this number that has begun; the next one too, for clocks that are ahead."""
    newest = (earliest(now).int >> _INSTANT + _PERIOD) + 1
    period = newest - (newest - (number >> _TAIL)) % _CYCLE
    since, until = period << _PERIOD + _INSTANT, (period + 1 << _PERIOD + _INSTANT) - 1
    return SoughtMessage(
        key_id=key_id, since=UUID(int=since), until=UUID(int=until), tail=number & (1 << _TAIL) - 1
    )
