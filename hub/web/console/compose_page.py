"""
Comunicar: one page of three steps that is a draft: what, whom, look and send.

All three are one form. Each of its buttons saves first; what was typed is never lost. The module `compose.js`
saves by itself while somebody writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from aiohttp import web
from msgspec import Meta, Struct, structs

from hub.business_time.dates import ZONE
from hub.desk.communications import acts
from hub.desk.communications.drafts import picks_of
from hub.desk.communications.noun import PATH
from hub.desk.communications.people import MOST_AT_ONCE
from hub.desk.communications.people import show_list as list_of
from hub.desk.communications.rows import CHANNEL_ICONS, WHYS_ES, CommunicationWhole, SaveBody, SendBody
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.console import AGAIN, ONCE
from hub.doors.operator import Operator
from hub.errors import (
    ChangedDraft,
    HubError,
    InvalidAudience,
    InvalidEvent,
    LateHour,
    NoRelease,
    NoSuch,
    NotConfirmed,
    NotOffered,
    OtherBuilding,
    TooLarge,
    UnknownAccount,
)
from hub.model.communications import CommunicationState
from hub.operations.communications.kinds import BY_EVENT, SendKind, sender_of
from hub.operations.communications.presets import GROUPS_ES, Boxes, boxes_of, whom_of
from hub.people.units import tower_name
from hub.rendering.outcomes_es import REASONS
from hub.rendering.publisher_text import look_of
from hub.rendering.schema_rules import Rule
from hub.rendering.sendable_form import Known, ReadForm, read_sendable, sendable_form
from hub.web.bodies import fields_of, files_of
from hub.web.console.compose_looks import shown_looks
from hub.web.console.compose_people import STEPS, Button, pressed_boxes, shown_people
from hub.web.console.list_filter import buildings_of
from hub.web.console.pages import redirect, with_frame
from hub.web.console.shell import console_page, done
from hub.web.console.wrong_es import PAST_HOUR, Wrong, wrong_of
from hub.web.requests import form_of, read_id

_HOUR: Final = "%Y-%m-%dT%H:%M"
UNREAD_ES: Final = "Escriba el día y la hora en que sale, o escoja «Al mandarla»."


ONE: Final = f"{PATH}/{{id}}"
SAVE: Final = f"{ONE}/compose"
SEND: Final = f"{ONE}/press"
PREVIEW: Final = f"{PATH}/preview"
_LOOK: Final = "look"
_SEND: Final = "send"
_ALL: Final = "all"
_EVERY: Final = (_ALL, "none")
"""Buttons that choose all copropiedades, or none."""
_HERE: Final[Mapping[str, int | None]] = {"auto": MOST_AT_ONCE, "count": None}
"""Button → the people that are counted at most; the page stays where it is."""
_UNASKED: Final = ("copropiedad", "id", "audience", "zones", "unit", "document", "document_digest")
_CORRECTED: Final = ("references", "about", "channels", "purpose")
"""What is known of what a correction corrects."""
SHOWN: Final[Mapping[str, Any]] = {"icons": CHANNEL_ICONS, "reasons": REASONS, "whys": WHYS_ES}
"""What the panel of a plan is written with."""
_CHANGED: Final = Wrong("Cambió desde que la miró: vea otra vez cómo les llega.", "", 409)
_NOBODY: Final = Wrong("Así no le llega a nadie: escoja una copropiedad y a quiénes.", "", 422)
_TOO_MANY: Final = "Son demasiadas de una vez: escoja menos personas, o una lista de hasta 20.000 filas."
_LACKING: Final = Wrong("Falta algo, o no cabe: revise lo que está marcado.", "", 422)


class PreviewForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(max_length=20_000)] = ""


class VersionForm(Struct, frozen=True, kw_only=True):
    """The version of a draft that the page was made from; none of a page without scripts."""

    version: int = 0


async def show_draft(request: web.Request, whole: CommunicationWhole) -> web.StreamResponse:
    """Show the draft as it is stored, and why an act on it was refused just now."""
    return await _page(request, whole, wrong=request.get(AGAIN, ONCE)["wrong"])


async def save(request: web.Request) -> web.StreamResponse:
    """Save what was typed; then plan it, or ask before it is sent, as the button says."""
    by, communication = operator_of(request, OPERATE), read_id(request, acts.COMMUNICATION)
    fields = await fields_of(request)
    whole = await acts.show_communication(by, communication)
    kind, boxes = BY_EVENT[whole.row.kind], pressed_boxes(fields)
    typed = read_sendable(_schema(by, kind), fields, await _known(by, whole), whole.data)
    go, hour = fields.get("go", ""), Hour.typed(fields)
    unready = "" if go in {*_HERE, *_EVERY} else hour.wrong(by.now)
    if go in _EVERY:
        boxes = structs.replace(boxes, places=tuple(await buildings_of(request)) if go == _ALL else ())
    try:
        saved = await acts.save_communication(by, communication, _body(whole, typed, boxes, fields))
        if step := STEPS.get(go):
            await step.do(Button(by=by, row=saved, fields=fields, files=files_of(request)))
            if not unready:
                return redirect(step.leads_to(f"{PATH}/{communication}"))
        if go in _HERE or unready:
            whole, wrong = await acts.show_communication(by, communication), _wrong_hour(unready)
            most, reader = _HERE.get(go, MOST_AT_ONCE), fields.get("reader", "")
            shown = None if go in STEPS else boxes
            return await _page(request, whole, shown, wrong=wrong, most=most, reader=reader, hour=hour)
        if go in {_LOOK, _SEND}:
            return await _looked(request, by, communication, boxes, typed, fields)
    except HubError as error:
        refused = STEPS[go].refused if go in STEPS and isinstance(error, NotOffered) else ""
        wrong = Wrong(refused, "", 422) if refused else _wrong(error)
        whole = await acts.show_communication(by, communication)
        return await _page(request, whole, boxes, wrong=wrong, typed=typed, hour=hour)
    return redirect(f"{PATH}/{communication}{'#quien' if go in _EVERY else ''}")


async def press(request: web.Request) -> web.StreamResponse:
    """Send what was looked at, once the question before it is answered."""
    by, communication = operator_of(request, OPERATE), read_id(request, acts.COMMUNICATION)
    fields = await fields_of(request)
    try:
        body = SendBody(
            digest=fields.get("digest", ""),
            typed=fields.get("typed", ""),
            approver=fields.get("approver") or None,
        )
        sent = await acts.send_communication(by, communication, body)
    except NotConfirmed:
        whole = await acts.show_communication(by, communication)
        return await _ask(request, by, whole, again=True, approver=fields.get("approver", ""))
    except (ChangedDraft, NoRelease, LateHour, UnknownAccount) as error:
        wrong = _CHANGED if isinstance(error, ChangedDraft) else wrong_of(error)
        return await _page(request, await acts.show_communication(by, communication), wrong=wrong)
    waits = sent.state is CommunicationState.WAITING
    return done(f"{PATH}/{communication}", "review_asked" if waits else acts.send_communication.__name__)


async def preview(request: web.Request, form: PreviewForm) -> web.StreamResponse:  # noqa: ARG001 - the row of its form
    """Show the look of a text in Markdown, as a fragment of a page."""
    return web.Response(text=str(look_of(form.text)), content_type="text/html")


async def _looked(
    request: web.Request,
    by: Operator,
    communication: UUID,
    boxes: Boxes,
    typed: ReadForm,
    fields: Mapping[str, str],
) -> web.StreamResponse:
    """Show how it arrives; where somebody has seen just that already, ask before it is sent."""
    whole = await acts.show_communication(by, communication)
    if typed.faults:
        return await _page(request, whole, boxes, wrong=_LACKING, typed=typed)
    listed = await list_of(by, communication)
    if not (boxes.places or boxes.more or listed.rows) and BY_EVENT[whole.row.kind].asks_whom:
        return await _page(request, whole, boxes, wrong=_NOBODY)
    seen = fields.get("digest", "")
    if fields.get("go") == _SEND and whole.is_planned and whole.plan is not None:
        if seen == whole.plan.digest:
            return await _ask(request, by, whole)
        return await _page(request, whole, boxes, wrong=_CHANGED)
    planned = await acts.plan_communication(by, communication)
    shown = None if planned.plan is None else planned.plan.shown
    if shown is not None and not shown.people and not shown.refused:
        return await _page(request, planned, boxes, wrong=_NOBODY)
    return redirect(f"{PATH}/{communication}#ver")


async def _page(
    request: web.Request,
    whole: CommunicationWhole,
    boxes: Boxes | None = None,
    *,
    wrong: Wrong | None = None,
    typed: ReadForm | None = None,
    most: int | None = MOST_AT_ONCE,
    reader: str = "",
    hour: Hour | None = None,
) -> web.StreamResponse:
    by, kind = operator_of(request, OPERATE), BY_EVENT[whole.row.kind]
    if boxes is None:
        boxes = boxes_of(whole.to, whole.without, kind.usual)
    data, judged = (typed.data, bool(typed.faults)) if typed else (whole.data, False)
    form = sendable_form(_schema(by, kind), await _known(by, whole), data, judged=judged)
    hour = hour or Hour.of(whole.starts_at)
    place = boxes.places[0] if len(boxes.places) == 1 else None
    page = console_page(
        "desk/communications/compose.html",
        request,
        here=PATH,
        # What somebody is typing is not replaced under their hands.
        live="",
        status=200 if wrong is None else wrong.status,
        whole=whole,
        kind=kind,
        form=form,
        boxes=boxes,
        wrong=wrong,
        groups=GROUPS_ES,
        buildings=await buildings_of(request),
        towers=await by.stores.communications.towers(place) if place and kind.asks_whom else (),
        hour=hour,
        wrong_hour=hour.wrong(by.now),
        action=SAVE.format(id=whole.row.id),
        preview=PREVIEW,
        path=f"{PATH}/{whole.row.id}",
        tower_name=tower_name,
        **await shown_people(by, whole, most=most),
        **await shown_looks(by, whole, reader),
        **SHOWN,
    )
    return with_frame(page)


async def _ask(
    request: web.Request, by: Operator, whole: CommunicationWhole, *, again: bool = False, approver: str = ""
) -> web.StreamResponse:
    return console_page(
        "desk/communications/send.html",
        request,
        here=PATH,
        status=422 if again else 200,
        whole=whole,
        kind=BY_EVENT[whole.row.kind],
        again=again,
        approver=approver,
        approvers=await acts.approvers_of(by, whole.row.id),
        action=SEND.format(id=whole.row.id),
        back=f"{PATH}/{whole.row.id}",
        **SHOWN,
    )


def _wrong(error: HubError) -> Wrong:
    """Return what to say beside the form; what is no fault of the form is shown by the frame."""
    if isinstance(error, ChangedDraft):
        return Wrong("Alguien más lo cambió: mire cómo está ahora.", str(error), 409)
    if isinstance(error, TooLarge):
        return Wrong(_TOO_MANY, "", 422)
    if isinstance(error, InvalidAudience):
        return Wrong("No se entiende a quién va, o no es de sus copropiedades.", str(error), 422)
    if isinstance(error, OtherBuilding):
        return Wrong("Ese corte, obra o asamblea es de otra copropiedad: escoja la suya.", str(error), 422)
    if isinstance(error, InvalidEvent) and not isinstance(error, LateHour):
        return Wrong(_LACKING.words, str(error), 422)
    if isinstance(error, NoSuch):
        raise error
    return wrong_of(error)


def _wrong_hour(words: str) -> Wrong | None:
    return Wrong(words, "", 422) if words else None


def _body(whole: CommunicationWhole, typed: ReadForm, boxes: Boxes, fields: Mapping[str, str]) -> SaveBody:
    whom = whom_of(boxes)
    return SaveBody(
        kind=whole.row.kind,
        data=dict(typed.data),
        to=whom.to,
        without=whom.without,
        starts_at=Hour.typed(fields).at,
        version=form_of({"version": fields.get("version", "")}, VersionForm).version or whole.row.version,
    )


async def _known(by: Operator, whole: CommunicationWhole) -> Known:
    """Return what the page does not ask, since it is filled in later or there already, and its choices."""
    kept = {name: whole.data.get(name) for name in _CORRECTED if BY_EVENT[whole.row.kind].readers}
    picks = await picks_of(by, _schema(by, BY_EVENT[whole.row.kind]))
    fills = {**dict.fromkeys(_UNASKED), **sender_of(whole.row.by), **kept}
    return Known(fills=fills, picks=picks)


def _schema(by: Operator, kind: SendKind) -> Rule:
    return by.stores.schemas.by_name[kind.event].document


class Hour(NamedTuple):
    """`later` is the choice beside "now", `text` what stands in the field, in the hour of Bogotá."""

    later: bool
    text: str

    @classmethod
    def typed(cls, fields: Mapping[str, str]) -> Hour:
        return cls(later=fields.get("when") == "later", text=fields.get("starts_at", ""))

    @classmethod
    def of(cls, at: datetime | None) -> Hour:
        """Return the hour of a stored draft; None is now."""
        return cls(later=at is not None, text="" if at is None else at.astimezone(ZONE).strftime(_HOUR))

    @property
    def at(self) -> datetime | None:
        """When it leaves; None of now, and of what nobody can read."""
        with suppress(ValueError):
            if self.later:
                return datetime.strptime(self.text, _HOUR).replace(tzinfo=ZONE).astimezone(UTC)
        return None

    def wrong(self, now: datetime) -> str:
        """Return why it cannot leave then; empty if it can."""
        if not self.later:
            return ""
        at = self.at
        return UNREAD_ES if at is None else PAST_HOUR if at < now else ""
