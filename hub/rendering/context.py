"""
The variables of a template: the event's data, the recipient, place, time and sender, and the units.

Templates need not handle the units, and cannot omit those that the law requires: the layouts of the longer
forms have a line for them, and a short text about several units ends with them. A text that a provider has
approved has units only in a gap of its own; without that gap, a legal notice about several units fails
there, and the cascade advances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.business_time import as_utc
from hub.business_time.dates import query_instant
from hub.contact_rules.purposes import TO_STAFF
from hub.errors import TemplateFailure
from hub.model import Brand, Claimed, Facts, Json, Message, Purpose
from hub.model.casework import ANSWERS, WINDOW
from hub.model.documents import FIELD, SentDocument
from hub.model.receipts import RECEIVED_AT, WITH_RECEIPT
from hub.rendering.filters import OwnLink, lista, nombre, punto
from hub.rendering.lines import one_line
from hub.rendering.salutation import salutation

INITIAL: Final = "initial"
NO_CODE: Final = "000000"
"""What stands for a one-time code where somebody else reads its message."""
_LETTER: Final = "print"
_WITH_LINK: Final = TO_STAFF | {Purpose.SURVEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """
    The variables of one message. `event_time` is aware UTC; `data` is the event's, at top level.

    `unit` is the event's; without one, `units` are the person's units that the event concerns. `ack_url`
    is the link to acknowledge an escalation, or to answer a survey, `page_url` the one to the page of the
    hub, `unsubscribe_url` the one that stops mails of this purpose, `own_page_url` the one to the page of
    the message. `due` is when the promises that run in the case end, by the name of the clock; None where
    that is not known. `late` is true of a message that leaves after it had expired. `leaves` is when the
    message leaves; None in a preview. `brand` is the identity of the copropiedad. `party` is the name of
    the person whose case it is, where the event says it by reference. `document` is what the message has
    of its event's document, `answer_until` when a survey closes, `code` a one-time code,
    `genuine` where it can be checked that the message is genuine, `postal` the address of a letter.
    """

    data: Mapping[str, Json]
    event_id: str
    event_time: datetime
    event_name: str
    person: str = ""
    building: str | None = None
    unit: str | None = None
    units: tuple[str, ...] = ()
    occasion: str = INITIAL
    purpose: Purpose | None = None
    ack_url: str | None = None
    page_url: str | None = None
    unsubscribe_url: str | None = None
    own_page_url: str | None = None
    due: Mapping[str, datetime] | None = None
    late: bool = False
    brand: Brand | None = None
    leaves: datetime | None = None
    party: str | None = None
    document: SentDocument | None = None
    answer_until: datetime | None = None
    genuine: str | None = None
    code: str = ""
    postal: str = ""

    @classmethod
    def of(cls, claimed: Claimed, facts: Facts | None = None) -> Context:
        message = claimed.message
        ack_url, page_url = (facts.link, facts.page) if facts else (None, None)
        return cls(
            data=claimed.data or {},
            event_id=message.event_id,
            event_time=claimed.event_time,
            event_name=message.event,
            person=message.name,
            building=claimed.building,
            unit=claimed.unit,
            units=message.units,
            occasion=message.occasion,
            purpose=message.purpose,
            # Only a level gets a link that acts, not the petitioner of the same event.
            ack_url=ack_url if message.purpose in _WITH_LINK else None,
            page_url=page_url,
            unsubscribe_url=(facts.unsubscribe if facts else "") or None,
            own_page_url=(facts.own_page if facts else "") or None,
            due=claimed.due,
            late=claimed.late,
            brand=claimed.brand,
            leaves=facts.at if facts else None,
            party=claimed.party,
            document=facts.document if facts else None,
            answer_until=facts.answer_until if facts else None,
            genuine=facts.genuine if facts else None,
            code=facts.code if facts else "",
            postal=_postal(message) if message.channel == _LETTER else "",
        )

    @property
    def counts_from(self) -> datetime:
        """The instant from which the terms of a receipt count: when it came, or the event's own time."""
        came = self.data.get(RECEIVED_AT) if self.event_name in WITH_RECEIPT else None
        return self.event_time if came is None else min(self.event_time, as_utc(query_instant(came)))

    def _whatsapp_open(self) -> bool:
        """Return whether WhatsApp takes words of staff now: within 24 hours of the person's last message."""
        until = self.data.get(WINDOW)
        return until is not None and self.leaves is not None and self.leaves < as_utc(query_instant(until))

    def names(self) -> dict[str, Json]:
        name = nombre(self.person)
        units = [one_line(unit) for unit in ((self.unit,) if self.unit else self.units)]
        document = self.document
        first, hello, letter = salutation(name)
        return {
            "person": {"name": name, "first_name": first},
            "saludo": hello,
            "saludo_carta": letter,
            "event": {"id": self.event_id, "time": self.event_time, "name": self.event_name},
            # As text, which filters remember: a receipt names it in each of its forms.
            "registered_at": self.event_time.isoformat(),
            "building": self.building,
            "unit": self.unit,
            "units": units,
            **naming(units, legal=self.purpose is Purpose.LEGAL),
            "occasion": self.occasion,
            "take_on": self.ack_url and OwnLink(self.ack_url),
            "answer_until": self.answer_until or self.data.get("expires_at"),
            "answer_link": _answer_link(self) if self.purpose is Purpose.SURVEY else None,
            "page": self.page_url and OwnLink(self.page_url),
            "unsubscribe": self.unsubscribe_url and OwnLink(self.unsubscribe_url),
            "genuine": self.genuine and OwnLink(self.genuine),
            "own_page": self.own_page_url and OwnLink(self.own_page_url),
            # Its picture, on paper: `hub.rendering.templates`.
            "own_page_code": "",
            "one_time_code": self.code or NO_CODE,
            "late": self.late,
            "postal_address": self.postal,
            "whatsapp_open": self.event_name in ANSWERS and self._whatsapp_open(),
            "person_name": self.party or self.data.get("person_name"),
            "adjunto": document is not None and document.enclosed,
            "enlace_hasta": None if document is None else document.until,
            # The hub's own link in the place of the publisher's.
            **({} if document is None or document.link is None else {FIELD: OwnLink(document.link)}),
        }


def _postal(message: Message) -> str:
    """Return where a letter is sent; most are handed over, to the person whom they name."""
    return message.address if message.address != message.person else ""


def _answer_link(context: Context) -> Json:
    """Return where a survey is answered: the publisher's own page, else the hub's."""
    return context.data.get("link") or (context.ack_url and OwnLink(context.ack_url))


FEW: Final = 3
"""Units that a short text names before it counts the rest. Legal texts name all."""

LONGEST: Final = 600
"""Characters of a note: a hundred units belong in a letter, not in ten parts of an SMS."""


def naming(units: Sequence[str], *, legal: bool) -> dict[str, Json]:
    """
    Return the variables about units.

    `unit_line` is `Unidades: Apto 101 y Apto 302`; `units_brief` has only the names, of many the first few;
    `unit_note` ends a short text; `units_due` are the names that a text must include.
    """
    several = len(units) > 1
    few = units if legal else _few(units)
    brief = lista(few)
    line = brief if few is units else lista(units)
    return {
        "unit_line": f"{'Unidades' if several else 'Unidad'}: {line}" if units else "",
        "units_brief": brief,
        "unit_note": punto(f"Unidades: {brief}") if several else "",
        "units_due": brief if several and legal else "",
    }


def with_unit_note(text: str, variables: dict[str, Json]) -> str:
    """
    Append the units to a short text about several units that does not name them.

    Raises `TemplateFailure` if there are too many.
    """
    note = variables["unit_note"]
    # Compare the whole list: `Apto 10` may be part of `Apto 101`, and `101` of a receipt's number.
    if not note or variables["units_brief"] in text:
        return text
    if len(note) > LONGEST:
        raise TemplateFailure("its units are too many for a short text")
    return f"{sentence_end(text)} {note}"


def sentence_end(text: str) -> str:
    """Return a text that another sentence may follow: a full stop would become part of a URL."""
    return text if "://" in text.rpartition(" ")[2] else punto(text)


def require_each(text: str, variables: dict[str, Json]) -> None:
    """Raise `TemplateFailure` if a legal notice about several units does not name each."""
    if variables["units_due"] not in text:
        raise TemplateFailure("it does not name each unit, as a legal notice must")


def _few(units: Sequence[str]) -> Sequence[str]:
    return units if len(units) <= FEW + 1 else [*units[:FEW], f"{len(units) - FEW} más"]
