"""Registrations: register, list, show; the event that each publishes, and its receipt as a PDF."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from secrets import token_urlsafe
from typing import Final
from uuid import UUID

from hub.access.sight import Field
from hub.contact_rules.consents import DATA_TREATMENT, GRANTED
from hub.desk.registrations.kinds import KINDS, RegisterKind
from hub.desk.registrations.rows import (
    KINDS_ES,
    Alike,
    AlikeList,
    AlikeQuery,
    Home,
    RegisterBody,
    RegistrationRow,
    RegistrationsQuery,
)
from hub.doors.act import File
from hub.doors.operator import Operator, found
from hub.errors import InvalidDocument, InvalidEvent, ScopeNeeded
from hub.inbound.files import document_in, named_files
from hub.model import Event, Json, own_event
from hub.model.documents import FetchedDocument
from hub.model.ids import earliest, event_key
from hub.model.pages import Rows
from hub.model.registrations import Registering, Series, form_id
from hub.operations import registrations
from hub.people.audience.contacts import strangers_in
from hub.people.units import own_name
from hub.rendering.actors_es import who_es
from hub.rendering.filters import fecha_hora
from hub.rendering.paper import make_pdf
from hub.storage.database import beside, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

TEXT_VERSION: Final = "registro-1"
"""The version of the words by which somebody is asked for consent at the page."""
_ANONYMOUS: Final = {"anonymous": True}
_NO_SCAN: Final = "A consent on paper needs its scan: a PDF, PNG or JPEG."
_NOT_ASKED: Final = "data.{}: the hub fills it in, or this kind has no such field"


REGISTRATION: Final = "registration"
_NO_NUMBER: Final = 0
"""The number with which an event is checked before it has one."""
_FIELDS: Final = ", ".join(RegistrationRow.__struct_fields__)
_RAW: Final = beside(__file__)
_SQL: Final = {
    name: statement.replace("{shown}", _RAW["shown"]).replace("{fields}", _FIELDS)
    for name, statement in _RAW.items()
}
_LATELY: Final = timedelta(days=30)
_FEW: Final = 4
"""Cases that may be the same matter."""


async def list_registrations(by: Operator, query: RegistrationsQuery) -> Rows[RegistrationRow]:
    """List what staff has registered, newest first; without anybody's words."""
    asked = listed(by.places), storable(query.copropiedad), query.kind
    return await rows_of(RegistrationRow, by.db, _SQL["listed"], query, *asked, by="at")


async def show_registration(by: Operator, registration_id: UUID) -> RegistrationRow:
    """Show what was registered: its number, its kind, where, and by whom."""
    rows = await by.db.rows(_SQL["one"], registration_id, listed(by.places))
    return read(RegistrationRow, found(REGISTRATION, next(iter(rows), None)))


async def print_receipt(by: Operator, registration_id: UUID) -> File:
    """Make the receipt of a registration as a PDF, to hand over at once."""
    row = await show_registration(by, registration_id)
    # It has no words of anybody: whoever has a number may hold it.
    said = {
        "Qué es": KINDS_ES[row.kind],
        "Copropiedad": own_name(row.copropiedad or row.copropiedad_id),
        "Recibido": fecha_hora(row.at),
        "Lo recibió": who_es(row.by),
    }
    data = {
        "title": "Comprobante de radicación",
        "radicado": row.radicado,
        "company": by.stores.policy.company.name,
        "rows": [[name, words] for name, words in said.items() if words],
    }
    return File(await make_pdf("registration.typ", data, row.at), f"comprobante-{row.radicado}.pdf")


async def register(by: Operator, body: RegisterBody) -> RegistrationRow:
    """
    Register what came by phone, at the counter or by a letter; the answer has its number.

      hub registrations register --kind package --unit altos-t1-101 --data '{"carrier": "Servientrega"}'
    """
    heard = await _heard(by, body)
    stores, make = by.stores, partial(event_of, heard)
    tried = make(heard.series.radicado(_NO_NUMBER))
    # What is refused takes no number.
    stores.schemas.check(tried, now=by.now)
    where: dict[str, Json] = {"copropiedad": heard.copropiedad_id}
    await by.audit(
        "registration.add", f"registration:{event_key(tried)}", person=heard.person, kind=body.kind, **where
    )
    await _keep_consent(by, body, heard)
    done = await registrations.register(by.db, stores.publisher, _registering(by, body, heard), make)
    return await show_registration(by, done.id)


async def note_consent(by: Operator, body: RegisterBody) -> None:
    """Keep the consent of somebody new who was asked for it, of what is added to a case of others."""
    await _keep_consent(by, body, await _heard(by, body))


async def _keep_consent(by: Operator, body: RegisterBody, heard: Heard) -> None:
    if body.authorises and heard.who and not body.ref:
        await by.stores.publisher.event(consent_of(heard))


def _registering(by: Operator, body: RegisterBody, heard: Heard) -> Registering:
    return Registering(
        form=heard.form,
        series=heard.series,
        kind=body.kind,
        by=by.by,
        at=heard.at,
        files=named_files(heard.files, body.file_name),
        person=heard.person,
    )


async def _heard(by: Operator, body: RegisterBody) -> Heard:
    """
    Return what was said, within the copropiedades of the operator.

    Raises NoSuch, ScopeNeeded, InvalidDocument.
    """
    # Whoever is in another building is answered like somebody who does not exist: that comes first.
    if body.ref is not None:
        found("person", await by.stores.directory.somebody(body.ref, places=by.places))
    rules = by.stores.policy.documents
    stranger = {"name": body.name.strip(), "email": body.email.strip(), "phone": body.phone.strip()}
    return Heard(
        kind=KINDS[body.kind],
        form=form_id(by.who, body.form or token_urlsafe(12)),
        who={"ref": body.ref} if body.ref else {name: value for name, value in stranger.items() if value},
        copropiedad_id=await _place(by, body),
        unit_id=body.unit,
        data=body.data,
        files=[document_in(content, rules) for content in (body.file, *body.more) if content],
        by=by.by,
        at=by.now,
    )


async def _place(by: Operator, body: RegisterBody) -> str | None:
    """Return the copropiedad that is named, by itself or by the unit."""
    of_unit = body.copropiedad
    if body.unit is not None:
        rows = await by.db.rows(_SQL["place_of_unit"], storable(body.unit), listed(by.places))
        of_unit = found("unit", next(iter(rows), None))["copropiedad_id"]
    if body.copropiedad not in {None, of_unit}:
        found("unit", None)
    if of_unit is None and by.places is not None:
        raise ScopeNeeded("Name one of your copropiedades.", "It says where it belongs.")
    if of_unit is not None:
        reached = by.places is None or of_unit in by.places
        names = await by.stores.directory.place_names(frozenset({of_unit}) if reached else frozenset())
        found("copropiedad", names.get(of_unit))
    return of_unit


async def homes_of(by: Operator, refs: Collection[str]) -> Sequence[Home]:
    """Return the homes of people whom a search has found, in the places of the operator."""
    rows = await by.db.rows(_SQL["homes"], [storable(ref) for ref in refs], listed(by.places)) if refs else []
    return [read(Home, row) for row in rows]


async def find_alike(by: Operator, query: AlikeQuery) -> AlikeList:
    """Find open cases of a copropiedad with words in common: it may be the same matter."""
    place, seen = query.copropiedad, by.sight.where(Field.WORDS)
    if any(within is not None and place not in within for within in (by.places, seen)):
        return AlikeList(items=[])
    since = earliest(by.now - _LATELY)
    rows = await by.db.rows(_SQL["alike"], storable(query.words), since, storable(place), _FEW)
    return AlikeList(items=[read(Alike, row) for row in rows])


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
