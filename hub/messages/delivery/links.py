"""
Links, codes and pages of messages: a table with the messages that carry each, and its maker. Pure.

The makers need keys and addresses, so the composition root gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from hub.contact_rules.purposes import REVOCABLE, TO_STAFF
from hub.model import CORRECTION, Claimed, Lane, Message, Purpose
from hub.model.casework import ANSWERS

_SURVEY: Final = frozenset({"survey.requested"})
_CODE: Final = frozenset({"resident.code.requested"})
_EMAIL: Final = frozenset({"email"})
_CORRECTION: Final = frozenset({CORRECTION})
_REVOCABLE: Final = frozenset(Purpose(name) for name in REVOCABLE)


class Maker(StrEnum):
    """A maker of links, codes or addresses."""

    SURVEY = "survey"
    SURVEY_END = "survey_end"
    ACKNOWLEDGEMENT = "acknowledgement"
    PAGE = "page"
    ONE_TIME_CODE = "one_time_code"
    OWN_PAGE = "own_page"
    REPLY_ADDRESS = "reply_address"
    ANSWERED_MAIL = "answered_mail"
    CORRECTED = "corrected"
    UNSUBSCRIBE = "unsubscribe"
    LIST_NAME = "list_name"
    DOCUMENT = "document"
    GENUINE = "genuine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """
    A field of `Facts` with its maker, and the messages that carry it.

    These are the messages of one of the `events`, `purposes`, `lanes` and `channels`; an empty set stands
    for all. With `documents` they are those that have a document. A message leaves out what it carries
    `unless` it has one of these other fields.
    """

    fact: str
    maker: Maker
    events: frozenset[str] = frozenset()
    purposes: frozenset[Purpose] = frozenset()
    lanes: frozenset[Lane] = frozenset()
    channels: frozenset[str] = frozenset()
    documents: bool = False
    unless: frozenset[str] = frozenset()

    def is_of(self, message: Message, *, document: bool) -> bool:
        return (
            (not self.events or message.event in self.events)
            and (not self.purposes or message.purpose in self.purposes)
            and (not self.lanes or message.lane in self.lanes)
            and (not self.channels or message.channel in self.channels)
            and (document or not self.documents)
        )


CARRIED: Final = (
    Carried(fact="link", maker=Maker.SURVEY, events=_SURVEY),
    Carried(fact="answer_until", maker=Maker.SURVEY_END, events=_SURVEY),
    Carried(fact="link", maker=Maker.ACKNOWLEDGEMENT, purposes=TO_STAFF),
    Carried(fact="page", maker=Maker.PAGE, purposes=TO_STAFF),
    Carried(fact="code", maker=Maker.ONE_TIME_CODE, events=_CODE),
    # Staff has the page of the case, and a code opens the page that it is for.
    Carried(fact="own_page", maker=Maker.OWN_PAGE, unless=frozenset({"page", "code"})),
    Carried(fact="reply_to", maker=Maker.REPLY_ADDRESS, channels=_EMAIL),
    Carried(fact="in_reply_to", maker=Maker.ANSWERED_MAIL, events=ANSWERS, channels=_EMAIL),
    Carried(
        fact="replaces", maker=Maker.CORRECTED, events=_CORRECTION, channels=frozenset({"email", "push"})
    ),
    Carried(fact="unsubscribe", maker=Maker.UNSUBSCRIBE, purposes=_REVOCABLE, channels=_EMAIL),
    Carried(fact="list_id", maker=Maker.LIST_NAME, purposes=_REVOCABLE, channels=_EMAIL),
    Carried(
        fact="list_id",
        maker=Maker.LIST_NAME,
        purposes=frozenset({Purpose.SERVICE}),
        lanes=frozenset({Lane.BULK}),
        channels=_EMAIL,
    ),
    Carried(fact="document", maker=Maker.DOCUMENT, documents=True),
    Carried(fact="genuine", maker=Maker.GENUINE),
)
"""Where several rows for one field fit a message, the first counts."""

Make = Callable[[Claimed, datetime], Any]
"""Makes a field for a message that leaves now; what is empty is not carried."""


class MessageLinks:
    """
    The table with the makers of a process; a row without a maker is left out.

    `channels` are those to which the policy restricts a maker. Rows are chosen once for all messages of a
    kind: most messages carry little, and nothing more is called for them.
    """

    def __init__(
        self, makers: Mapping[Maker, Make], channels: Mapping[Maker, frozenset[str]] | None = None
    ) -> None:
        self._makers, self._channels = makers, channels or {}
        self._chosen: dict[tuple[str, str, str, str, bool], Sequence[Carried]] = {}

    def of(self, claimed: Claimed, now: datetime) -> Mapping[str, Any]:
        """Return what a message that leaves now carries: fields of `Facts`."""
        message, document = claimed.message, claimed.document is not None
        # Plain texts: the hash of a member of an enumeration is a call.
        kind = message.event, str(message.purpose), str(message.lane), message.channel, document
        rows = self._chosen.get(kind)
        if rows is None:
            rows = self._chosen[kind] = self._choose(message, document=document)
        made: dict[str, Any] = {}
        for row in rows:
            if made.keys().isdisjoint(row.unless) and (value := self._makers[row.maker](claimed, now)):
                made[row.fact] = value
        return made

    def _choose(self, message: Message, *, document: bool) -> Sequence[Carried]:
        chosen: dict[str, Carried] = {}
        for row in CARRIED:
            if row.is_of(message, document=document):
                chosen.setdefault(row.fact, row)
        return [row for row in chosen.values() if self._makes(row.maker, message.channel)]

    def _makes(self, maker: Maker, channel: str) -> bool:
        return maker in self._makers and (maker not in self._channels or channel in self._channels[maker])
