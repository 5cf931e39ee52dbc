"""Reviews: what waits for a release, and releasing or refusing it. What is refused is in the audit too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final
from uuid import UUID

import msgspec

from hub.desk.communications import acts
from hub.desk.communications.asking import account_of, reviewing_of
from hub.desk.communications.rows import (
    KINDS_ES,
    ApprovalRow,
    CommunicationMoved,
    CommunicationWhole,
    RefusalBody,
    ReleaseBody,
)
from hub.doors.act import Question
from hub.doors.operator import Operator
from hub.errors import ChangedDraft, HubError, NoRelease, NotWaiting
from hub.model.communications import CHANGED, Communication, CommunicationState, Origin
from hub.model.pages import PageQuery, Rows
from hub.model.reviews import Approval, Decision, Verdict, made_by
from hub.operations.communications.planning import digest_now
from hub.operations.explain.sentences_es import short_time
from hub.people.units import own_name
from hub.rendering.actors_es import who_es
from hub.rendering.figures_es import many
from hub.rendering.filters import pesos
from hub.rendering.labels_es import CHANNELS
from hub.rendering.typed_words import tidy
from hub.storage.communications import Move

APPROVAL: Final = "approval"
LONGEST: Final = 500
"""Signs of a reason."""
_MOST: Final = 100
"""Askings that the first page looks through."""


async def list_approvals(by: Operator, query: PageQuery) -> Rows[ApprovalRow]:
    """List the communications that wait for a release, the newest first."""
    page = await by.stores.approvals.waiting(query, by.places)
    names = await by.stores.directory.place_names(by.places)
    return Rows(items=[ApprovalRow.of(row, names) for row in page.items], next=page.next)


async def count_mine(by: Operator) -> int:
    """Count what this operator may release, of as many as a page looks through."""
    waiting = (await by.stores.approvals.waiting(PageQuery(limit=_MOST), by.places)).items
    account = await account_of(by) if waiting else None
    if account is None:
        return 0
    accounts, reviewing = await by.stores.accounts.accounts(), reviewing_of(by)
    judging = [await reviewing.rules(one, one.made, accounts) for one in waiting]
    return sum(rules.may(account) for rules in judging)


async def waiting_for_me(by: Operator) -> Mapping[str, object]:
    """Return what the list says before its rows: how many this operator may release."""
    count = await count_mine(by)
    words = f"{many(count, 'comunicación espera', 'comunicaciones esperan')} su aprobación"
    return {"waits": ("/approvals", words) if count else None}


async def ask_to_release(by: Operator, communication: UUID) -> Question:
    """Ask before a communication is released: who gets it, by what, in which words."""
    row, ask = await _seen(by, communication)
    return ask(
        title=f"¿Aprobar «{_name(row)}»?",
        follows="Sale como está aquí. Si algo cambia, hay que pedirla otra vez.",
        press="Sí, aprobarla",
    )


async def ask_to_refuse(by: Operator, communication: UUID) -> Question:
    """Ask for the reason before a communication is refused."""
    row, ask = await _seen(by, communication)
    outside = "No sale, y el sistema que la publicó lo sabe."
    return ask(
        title=f"¿No aprobar «{_name(row)}»?",
        follows=outside if row.origin is Origin.EVENT else "Queda como borrador, con su razón.",
        press="No aprobarla",
        fields=({"name": "reason", "label": "Por qué", "kind": "area", "required": True, "most": LONGEST},),
    )


async def release_communication(by: Operator, communication: UUID, body: ReleaseBody) -> CommunicationMoved:
    """
    Release a communication that somebody else has written: it leaves at once, or at its hour.

      hub communications release 0195… --digest 5f2c…
    """
    return await _decide(by, communication, body.digest, Verdict.RELEASED)


async def refuse_communication(by: Operator, communication: UUID, body: RefusalBody) -> CommunicationMoved:
    """Refuse a communication, with a reason: it is a draft again. An event of another system ends."""
    return await _decide(by, communication, body.digest, Verdict.REFUSED, tidy(body.reason, LONGEST))


async def _decide(
    by: Operator, communication: UUID, digest: str, verdict: Verdict, reason: str | None = None
) -> CommunicationMoved:
    """Decide once, as another person than its makers; whatever is in the way is in the audit."""
    action = "communication.release" if verdict is Verdict.RELEASED else "communication.refuse"
    row, asked = await acts.row_of(by, communication), await by.stores.approvals.asked(communication)
    try:
        person = await _person(by, row, asked, digest)
    except (NoRelease, ChangedDraft) as refused:
        await _note_refusal(by, row, action, refused)
        raise
    assert asked is not None
    shown = msgspec.json.encode(await acts.show_communication(by, communication))
    decided = Decision(verdict=verdict, at=by.now, by=by.by, person=person, shown=shown, reason=reason)
    await by.audit(action, f"communication:{row.id}", digest=digest, shown_sha256=decided.shown_sha256.hex())
    moved = await by.stores.approvals.decide(row, asked, decided)
    if moved is None:
        await _note_refusal(by, row, action, late := NotWaiting())
        raise late
    return acts.moved_of(moved)


async def _person(by: Operator, row: Communication, asked: Approval | None, digest: str) -> str:
    """Return the person who decides. Raises NoRelease, ChangedDraft: then it may be a draft again."""
    if asked is None or asked.verdict is not None or row.state != CommunicationState.WAITING:
        raise NotWaiting
    account = await account_of(by)
    rules = await reviewing_of(by).rules(asked, made_by(row), await by.stores.accounts.accounts())
    if (refused := rules.refusal(account)) is not None:
        raise refused
    if by.now >= asked.ends_at:
        await by.stores.approvals.lapse(by.now)
        raise NotWaiting
    if asked.digest.hex() != digest:
        raise ChangedDraft
    texts, store = by.stores.company.digest_of_texts, by.stores.communications
    if asked.digest != await digest_now(row, asked.plan, store, texts):
        await _changed(by, row)
        raise ChangedDraft
    assert account is not None
    assert account.person is not None
    return account.person


async def _changed(by: Operator, row: Communication) -> None:
    """Make a draft of what is not any more what was asked for; an event is asked for anew."""
    if row.origin is Origin.EVENT:
        await by.stores.approvals.void(row.id, by.now)
    else:
        changed = Move(to=CommunicationState.DRAFT, at=by.now, why=CHANGED)
        await by.stores.communications.move(row.id, changed)


async def _note_refusal(by: Operator, row: Communication, action: str, refused: HubError) -> None:
    reason = refused.word if isinstance(refused, NoRelease) else CHANGED
    await by.audit(action, f"communication:{row.id}", refused=reason)


async def _seen(by: Operator, communication: UUID) -> tuple[Communication, Callable[..., Question]]:
    """Return what waits, and its question: it shows the facts, and keeps what is asked for."""
    row, asked = await acts.row_of(by, communication), await by.stores.approvals.asked(communication)
    if asked is None or asked.verdict is not None:
        raise NotWaiting
    facts = _facts(row, asked, await acts.show_communication(by, communication))
    return row, partial(Question, facts=facts, kept={"digest": asked.digest.hex()})


def _name(row: Communication) -> str:
    return row.title or KINDS_ES.get(row.kind, row.kind)


def _facts(row: Communication, asked: Approval, whole: CommunicationWhole) -> dict[str, object]:
    """Return who, how many, by what, in which words and for how much, as the question shows them."""
    shown = None if whole.plan is None else whole.plan.shown
    channels = {} if shown is None else shown.channels
    texts = [] if shown is None else shown.texts
    cost = None if shown is None else shown.cost
    by_channel = [f"{CHANNELS.get(name, name)}: {n}" for name, n in channels.items()]
    return {
        "La pide": who_es(asked.asked_by),
        "Para": ", ".join(map(own_name, whole.row.buildings)) or "toda la empresa",
        "Llega a": many(asked.people, "persona", "personas"),
        "Por": ", ".join(by_channel),
        **({"Cuesta": f"{'a lo sumo ' if cost.at_most else ''}{pesos(cost.total)}"} if cost else {}),
        **({"Documentos": ", ".join(one.name for one in whole.files)} if whole.files else {}),
        **{f"Dice en {CHANNELS.get(one.channel, one.channel)}": f"{one.subject} {one.text}" for one in texts},
        "Sale": short_time(at) if (at := row.draft.starts_at) else "apenas la aprueben",
    }
