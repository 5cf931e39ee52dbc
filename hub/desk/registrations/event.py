"""The event of what was registered: what was said, and what the hub knows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.contact_rules.consents import DATA_TREATMENT, GRANTED
from hub.desk.registrations.kinds import RegisterKind
from hub.errors import InvalidDocument, InvalidEvent
from hub.model import Event, Json, own_event
from hub.model.documents import FetchedDocument
from hub.model.registrations import Series
from hub.people.audience.contacts import strangers_in

TEXT_VERSION: Final = "registro-1"
"""The version of the words by which somebody is asked for consent at the page."""
_ANONYMOUS: Final = {"anonymous": True}
_NO_SCAN: Final = "A consent on paper needs its scan: a PDF, PNG or JPEG."
_NOT_ASKED: Final = "data.{}: the hub fills it in, or this kind has no such field"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What somebody has said: of which kind, who, where, in which fields of its event."""

    kind: RegisterKind
    form: UUID
    who: Mapping[str, Json]
    """A recipient as an event names one; empty for nobody."""
    copropiedad_id: str | None
    unit_id: str | None
    data: Mapping[str, Json]
    files: Sequence[FetchedDocument]
    by: str
    at: datetime

    @property
    def series(self) -> Series:
        return Series.at(self.kind.series, self.copropiedad_id, self.at)

    @property
    def person(self) -> str | None:
        """The reference of the person, also of a stranger."""
        if known := self.who.get("ref"):
            return str(known)
        return next((one.ref for one in strangers_in([self.who] if self.who else [])), None)


def event_of(heard: Heard, radicado: str) -> Event:
    """Make the event; the same form makes the same event. Raises InvalidEvent, InvalidDocument."""
    kind, series = heard.kind, heard.series
    if other := next((name for name in heard.data if name not in kind.fields), None):
        raise InvalidEvent(_NOT_ASKED.format(other), field=f"data.{other}")
    data: dict[str, Json] = {
        **kind.fixed,
        **{name: value for name, value in heard.data.items() if value not in (None, "")},
        **dict.fromkeys(kind.numbered, series.unique(radicado)),
        **dict.fromkeys(kind.plain, radicado),
        **_where(heard),
        **({kind.at: heard.at.isoformat()} if kind.at else {}),
        **({kind.person: dict(heard.who) or _ANONYMOUS} if kind.person else {}),
        **_more(heard),
    }
    return own_event(kind.event, f"registration:{heard.form}", data, time=heard.at)


def _where(heard: Heard) -> Mapping[str, Json]:
    place = {"copropiedad_id": heard.copropiedad_id, "unit_id": heard.unit_id}
    return {name: value for name, value in place.items() if value}


def _more(heard: Heard) -> Mapping[str, Json]:
    """Return what the hub knows besides: who took it, and the proof of a consent."""
    if heard.kind.event == "support.counter.received":
        return {"received_by": heard.by}
    if heard.kind.event != GRANTED:
        return {}
    if not heard.files:
        raise InvalidDocument(_NO_SCAN)
    return {"subject_id": heard.person or "", "evidence_hash": heard.files[0].sha256.hex()}


def consent_of(heard: Heard) -> Event:
    """Make the consent of a stranger who was asked for it: their data are treated to answer them."""
    data = {
        "subject_id": heard.person or "",
        "data_subject": dict(heard.who),
        "purposes": [DATA_TREATMENT],
        "text_version": TEXT_VERSION,
        "method": "verbal",
        **_where(heard),
    }
    return own_event(GRANTED, f"registration:{heard.form}:consent", data, time=heard.at)
