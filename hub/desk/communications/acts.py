"""Communications: write a draft, plan it, send it, take it back, show how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from msgspec.structs import asdict, replace

from hub.desk.communications import drafts
from hub.desk.communications.asking import ask_release, needs_release, releasers
from hub.desk.communications.rows import (
    CommunicationBody,
    CommunicationMoved,
    CommunicationPause,
    CommunicationPlan,
    CommunicationRow,
    CommunicationsQuery,
    CommunicationWhole,
    SaveBody,
    SendBody,
)
from hub.doors.act import Question
from hub.doors.operator import Operator, found
from hub.errors import ChangedDraft, LateHour, NotConfirmed, OtherState
from hub.model import Json
from hub.model.communications import STANDING, UNSTARTED, Communication, CommunicationState, Origin
from hub.model.pages import Rows
from hub.operations.communications import planning
from hub.operations.communications.planning import read_shown
from hub.operations.communications.progress import progress_of, with_end
from hub.parts.plans import planning_of, rates_of
from hub.people.units import own_name
from hub.rendering.figures_es import many
from hub.rendering.outcomes_es import reason_in_words
from hub.rendering.typed_words import is_same
from hub.storage.communication_drafts import StoredPlan
from hub.storage.communication_models import find_model
from hub.storage.communications import Move, pause_of
from hub.storage.database import read

COMMUNICATION: Final = "communication"
MODEL: Final = "model"
_SENT: Final = (CommunicationState.WAITING, CommunicationState.RUNNING, CommunicationState.SCHEDULED)


async def list_communications(by: Operator, query: CommunicationsQuery) -> Rows[CommunicationRow]:
    """List communications, the last changed first."""
    page = await by.stores.communications.listed(
        query, state=query.state, kind=query.kind, copropiedad=query.copropiedad, places=by.places, who=by.by
    )
    names = await by.stores.directory.place_names(by.places)
    return Rows(items=[CommunicationRow.of(row, names) for row in page.items], next=page.next)


async def show_communication(by: Operator, communication: UUID) -> CommunicationWhole:
    """Show a communication: its words, its people, its plan, and what became of it."""
    return await _whole(by, await row_of(by, communication))


async def make_communication(by: Operator, body: CommunicationBody) -> CommunicationRow:
    """
    Begin a communication: a draft that is saved step by step. Nothing is sent.

      hub communications new --kind admin.circular.issued --to "residents@copropiedad:ph-altos-del-rosal"
    """
    return await _made(by, body)


async def copy_communication(by: Operator, communication: UUID) -> CommunicationRow:
    """Begin a draft with the words and the people of a communication, without its dates. Nothing is sent."""
    row = await row_of(by, communication)
    return await _made(by, drafts.body_of(row.kind, row.draft))


async def begin_communication(by: Operator, model: UUID) -> CommunicationRow:
    """Begin a draft with the words and the people of a model. Nothing is sent."""
    kept = found(MODEL, await find_model(by.db, model, by.places))
    return await _made(by, drafts.body_of(kept.kind, kept.draft))


async def save_communication(by: Operator, communication: UUID, body: SaveBody) -> CommunicationRow:
    """Save a draft as it is now; a plan of the version before no longer counts."""
    row = await row_of(by, communication)
    lists = await by.stores.communications.list_rows(row.id)
    changed = await drafts.changed(by, row, body, lists)
    if (row.kind, row.draft) == (changed.kind, changed.draft) and row.state == CommunicationState.DRAFT:
        return await _shown(by, row)
    await by.audit("communication.save", _subject(row.id), version=body.version)
    words = drafts.words_of(changed)
    saved = await by.stores.communications.save(replace(changed, version=body.version), words)
    if saved is not None:
        return await _shown(by, saved)
    raise ChangedDraft if row.state == CommunicationState.DRAFT else _refusal(row, CommunicationState.DRAFT)


async def plan_communication(by: Operator, communication: UUID) -> CommunicationWhole:
    """
    Plan a draft: who gets it by which channel, who is left out, which promises start. Nothing is sent.

    Raises ChangedDraft if it was saved or sent meanwhile, InvalidAudience, InvalidEvent, LateHour, TooLarge.
    """
    row = await draft_of(by, communication)
    _refuse_past(by, row)
    await by.audit("communication.plan", _subject(row.id), version=row.version)
    await planning.plan(by.actor, row, planning_of(by.stores))
    return await _whole(by, row)


async def send_communication(by: Operator, communication: UUID, body: SendBody) -> CommunicationMoved:
    """
    Send a planned draft: at once, or at its hour. Safe to repeat.

    Above the people of `[review]` it waits until somebody else releases it. Raises ChangedDraft if the plan
    is not of these words, NotConfirmed above some people, NoRelease if nobody may release it, LateHour,
    OtherState.
    """
    row = await row_of(by, communication)
    plan = await _plan(by, row, body.digest)
    if row.state in _SENT:
        return moved_of(row, changed=False)
    _refuse_past(by, row)
    if (typed := await needs_typed(by, row, plan)) and not is_same(body.typed, typed):
        raise NotConfirmed(typed)
    if needs_release(by, row, plan.people):
        moved = await ask_release(by, row, plan, body.approver)
    else:
        await by.audit("communication.send", _subject(row.id), digest=body.digest, people=plan.people)
        moved = await by.stores.communications.start(row, plan.id, plan.digest, by.now)
    if moved is None:
        raise _refusal(await row_of(by, communication), CommunicationState.RUNNING)
    return moved_of(moved)


async def ask_take_back(by: Operator, communication: UUID) -> Question:
    """Ask whether a scheduled communication becomes a draft again."""
    row = await row_of(by, communication)
    return Question(
        title=f"¿Devolver «{row.title}» a borrador?",
        follows="No sale a la hora programada. Puede cambiarla y programarla otra vez.",
        press="Sí, devolverla",
    )


async def take_back_communication(by: Operator, communication: UUID) -> CommunicationMoved:
    """Take a communication back before its hour: it is a draft again."""
    to = Move(to=CommunicationState.DRAFT, at=by.now)
    return await audited_move(by, await row_of(by, communication), "communication.take_back", to)


async def discard_communication(by: Operator, communication: UUID) -> CommunicationMoved:
    """Discard a draft; it stays in the list as cancelled."""
    row = await row_of(by, communication)
    if row.started_at is not None:
        raise _refusal(row, CommunicationState.CANCELLED)
    return await audited_move(
        by, row, "communication.discard", Move(to=CommunicationState.CANCELLED, at=by.now)
    )


async def approvers_of(by: Operator, communication: UUID) -> Mapping[str, str]:
    """Return who may be asked to release what is planned: account → name."""
    row = await row_of(by, communication)
    plan = await by.stores.communications.plan_of(row.id)
    return await releasers(by, row, plan) if plan is not None and needs_release(by, row, plan.people) else {}


async def needs_typed(by: Operator, row: Communication, plan: StoredPlan | None) -> str:
    """Return what must be written by hand before it is sent: where the people live; nothing for few."""
    if plan is None or (plan.people or 0) <= by.stores.policy.review.over:
        return ""
    places = (shown.places if (shown := read_shown(plan)) else None) or row.places or []
    if len(places) != 1:
        return many(len(places), "copropiedad", "copropiedades") if places else "todas las copropiedades"
    names = await by.stores.directory.place_names(frozenset(places))
    return own_name(names.get(places[0], places[0]))


async def _made(by: Operator, body: CommunicationBody) -> CommunicationRow:
    draft = await drafts.new_draft(by, body)
    await by.audit("communication.make", _subject(draft.id), kind=draft.kind)
    await by.stores.communications.add(draft, drafts.words_of(draft))
    return await _shown(by, draft)


async def audited_move(
    by: Operator, row: Communication, action: str, to: Move, **noted: Json
) -> CommunicationMoved:
    """Move a communication, which is in the audit, unless it is there already. Raises OtherState."""
    if row.state == to.to:
        return moved_of(row, changed=False)
    # What another system has published is released or refused until it starts.
    outside = row.origin is Origin.EVENT and row.state in UNSTARTED
    if outside or row.state not in to.states:
        raise _refusal(row, to.to)
    await by.audit(action, _subject(row.id), **noted)
    moved = await by.stores.communications.move(row.id, to)
    if moved is None:
        raise _refusal(await row_of(by, row.id), to.to)
    return moved_of(moved)


async def row_of(by: Operator, communication: UUID) -> Communication:
    """Return a communication that the operator reaches. Raises NoSuch."""
    return found(COMMUNICATION, await by.stores.communications.find(communication, by.places, by.by))


async def draft_of(by: Operator, communication: UUID) -> Communication:
    """Return a draft within the places of the operator. Raises NoSuch, OtherState."""
    row = await row_of(by, communication)
    if row.state != CommunicationState.DRAFT:
        raise OtherState(f"It is {row.state.value}: it is no draft.")
    return row


def _refuse_past(by: Operator, row: Communication) -> None:
    at = row.draft.starts_at
    if at is not None and at < by.now:
        raise LateHour("This hour is over.", field="starts_at")


async def _plan(by: Operator, row: Communication, digest: str) -> StoredPlan:
    plan = await by.stores.communications.plan_of(row.id)
    seen = plan is not None and plan.state == planning.READY and plan.version == row.version
    if plan is None or not seen or plan.digest is None or plan.digest.hex() != digest:
        raise ChangedDraft
    return plan


async def _whole(by: Operator, row: Communication) -> CommunicationWhole:
    stored = await by.stores.communications.plan_of(row.id)
    progress = await progress_of(by.stores.communications, row, (stored and stored.people) or 0)
    if progress is not None and row.state == CommunicationState.RUNNING:
        progress = with_end(progress, read_shown(stored) if stored else None, rates_of(by.stores), by.now)
    correction = await by.stores.communications.correction_of(row.id) if row.recall else None
    return CommunicationWhole(
        row=await _shown(by, row),
        data=dict(row.draft.data),
        to=row.draft.whom.to,
        without=row.draft.whom.without,
        starts_at=row.draft.starts_at,
        plan=None if stored is None else _plan_row(stored),
        progress=progress,
        corrects=row.corrects,
        correction=correction.id if correction else None,
        pause=await _pause(by, row),
        files=drafts.file_rows(await by.stores.communications.attached(row.id)),
        needs_release=stored is not None and needs_release(by, row, stored.people),
        needs_typed=await needs_typed(by, row, stored),
    )


async def _pause(by: Operator, row: Communication) -> CommunicationPause | None:
    pause = await pause_of(by.stores.communications, row.id) if row.state in STANDING else None
    if pause is None:
        return None
    cause = next((reason_in_words(one) or one for one in row.causes), "")
    return CommunicationPause(since=pause.since, by=pause.by, why=pause.reason or cause)


def _plan_row(plan: StoredPlan) -> CommunicationPlan:
    digest = None if plan.digest is None else plan.digest.hex()
    return read(CommunicationPlan, asdict(plan), digest=digest, shown=read_shown(plan))


async def _shown(by: Operator, row: Communication) -> CommunicationRow:
    names = await by.stores.directory.place_names(None if row.places is None else frozenset(row.places))
    return CommunicationRow.of(row, names)


def _refusal(row: Communication, to: CommunicationState) -> OtherState:
    return OtherState(f"It is {row.state.value}: it cannot become {to.value}.")


def moved_of(row: Communication, *, changed: bool = True) -> CommunicationMoved:
    return CommunicationMoved(id=row.id, state=row.state, changed=changed)


def _subject(communication: UUID) -> str:
    return f"communication:{communication}"
