"""Colleagues in a case: internal notes, whom they call, and handing the case over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Final
from uuid import UUID

from hub.access.colleague_calls import How, called
from hub.desk.cases import queries
from hub.desk.cases.known import Key, case_of, facts_of
from hub.desk.cases.replies import colleagues_at
from hub.desk.cases.rows import CaseNoted, HandOverBody, NoteBody, TakeBody
from hub.doors.operator import Operator, found
from hub.errors import HandedToOneself, UnknownAccount
from hub.model import Account
from hub.model.actors import ACCOUNT, bare, canonical, of_account
from hub.model.casework import CaseNote, NoteKind
from hub.model.ids import uuid8
from hub.operations.cases.acts import LONGEST
from hub.operations.cases.thread import number_of
from hub.people.importing.folding import fold
from hub.ports.cases import KnownCase
from hub.rendering.actors_es import who_es
from hub.rendering.typed_words import tidy

NOTE: Final = "note"
_MENTION: Final = re.compile(r"(?<![\w@.])@(\w(?:[\w.-]*\w)?)")
"""`@ana.ruiz`, but no part of an address."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def note_case(by: Operator, key: Key, body: NoteBody) -> CaseNoted:
    """
    Write a note for colleagues in a case: it never leaves, and @name tells a colleague in the inbox.

      hub cases note PQ-2026-000901 --words "El sello está roto. @luz.mora puede dar fecha."
    """
    case = await case_of(by, key)
    accounts = [one for one in await colleagues_of(by, case) if of_account(one.name) != by.who]
    words = tidy(body.words, LONGEST)
    told, untold = _mentioned(words, accounts)
    note = note_of(by, case, NoteKind.NOTE, body.form, words, told=told, untold=untold)
    # The audit keeps who was called, and nothing of the words: it is exported, and outlives an erasure.
    await by.audit("case.note", f"case:{case.case}", to=list(note.told))
    return await _written(by, case, note, told, "mention")


async def withdraw_note(by: Operator, key: Key, note_id: UUID) -> CaseNoted:
    """Take one's own note back: its line stays in the thread, without words; safe to repeat."""
    case = await case_of(by, key)
    await by.audit("case.note.withdraw", f"case:{case.case}")
    found(NOTE, await queries.withdraw_note(by.db, note_id, case.case, by=by.who) or None)
    return CaseNoted(case=case.case, id=note_id, told=[], untold=[])


async def hand_over_case(by: Operator, key: Key, body: HandOverBody) -> CaseNoted:
    """
    Give a case to a colleague, with the reason, which stands in its thread for colleagues.

      hub cases hand-over PQ-2026-000901 --to luz.mora --reason "Salgo a vacaciones el lunes."
    """
    case, name = await case_of(by, key), canonical(body.to.removeprefix(ACCOUNT))
    if of_account(name) == by.who:
        raise HandedToOneself
    other = next((one for one in await colleagues_of(by, case) if one.name == name), None)
    if other is None:
        raise UnknownAccount
    to = of_account(other.name)
    told = [other] if other.person is not None else []
    reason = tidy(body.reason, LONGEST)
    note = note_of(by, case, NoteKind.HANDED_OVER, body.form, reason, about=to, told=told)
    await by.audit("case.hand_over", f"case:{case.case}", to=to)
    await by.stores.casework.assign_case(case.case, to, by=by.who)
    return await _written(by, case, note, told, "handed_over")


async def tell_taken(by: Operator, case: KnownCase, holder: str, body: TakeBody) -> None:
    """Add to the thread that the operator has taken a case from a colleague, who is told in the inbox."""
    account = await by.stores.accounts.named(holder.removeprefix(ACCOUNT))
    told = [account] if account is not None and account.person is not None else []
    untold = [] if told else [bare(holder)]
    reason = tidy(body.reason, LONGEST)
    note = note_of(by, case, NoteKind.HANDED_OVER, body.form, reason, about=by.who, told=told, untold=untold)
    await _written(by, case, note, told, "taken")


async def colleagues_of(by: Operator, case: KnownCase) -> Sequence[Account]:
    """Return the accounts that may operate where the case belongs, by name."""
    place = case.first.copropiedad_id if case.first is not None else None
    return await colleagues_at(by, place)


def note_of(
    by: Operator,
    case: KnownCase,
    kind: NoteKind,
    form: str,
    words: str = "",
    *,
    about: str | None = None,
    told: Iterable[Account] = (),
    untold: Iterable[str] = (),
) -> CaseNote:
    """Make a line of the case's thread for colleagues; the same form twice makes the same one."""
    parts = "note", case.case, kind, by.who, form or token_urlsafe(12), words, about or ""
    return CaseNote(
        id=uuid8(_EPOCH, *parts),
        case_key=case.case,
        at=by.now,
        by=by.who,
        kind=kind,
        words=words,
        about=about,
        told=[of_account(one.name) for one in told],
        untold=list(untold),
    )


async def add_line(
    by: Operator, case: KnownCase, kind: NoteKind, form: str, about: str | None = None
) -> None:
    """Add a line to the case's thread for colleagues, which calls nobody."""
    await queries.add_note(by.db, note_of(by, case, kind, form, about=about))


async def _written(
    by: Operator, case: KnownCase, note: CaseNote, told: Iterable[Account], how: How
) -> CaseNoted:
    """Store the note, then call the colleagues: a repeat makes the same note and the same calls."""
    await queries.add_note(by.db, note)
    accounts = await by.stores.accounts.accounts()
    author = who_es(by.who, {of_account(one.name): one.display_name for one in accounts})
    facts = await facts_of(by, case)
    place = case.first.copropiedad_id if case.first is not None else None
    for one in told:
        event = called(
            one.person or "",
            how,
            by=author,
            case=case.case,
            number=number_of(facts),
            place=place,
            note=note.id,
            now=by.now,
        )
        await by.stores.publisher.event(event)
    return CaseNoted(case=case.case, id=note.id, told=note.told, untold=note.untold)


def _mentioned(words: str, accounts: Sequence[Account]) -> tuple[Sequence[Account], Sequence[str]]:
    """Return the accounts that the words call, and the names that call nobody with an inbox."""
    names = dict.fromkeys(_MENTION.findall(words))
    meant = {name: _meant(name, accounts) for name in names}
    told = {one.name: one for one in meant.values() if one is not None and one.person is not None}
    untold = [name for name, one in meant.items() if one is None or one.person is None]
    return list(told.values()), untold


def _meant(name: str, accounts: Sequence[Account]) -> Account | None:
    """Return the account of that name; or else the only one whose first name it is."""
    exact = next((one for one in accounts if one.name == canonical(name)), None)
    called_so = [one for one in accounts if fold(one.display_name).split(" ")[0] == fold(name)]
    return exact or (called_so[0] if len(called_so) == 1 else None)
