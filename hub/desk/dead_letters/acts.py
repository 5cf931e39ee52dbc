"""
Dead letters: list, show, replay, mend, discard; many at once by a bulk run.

An unreadable event belongs to no copropiedad: only an operator who reaches all of them sees dead letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, get_args
from urllib.parse import quote_plus
from uuid import UUID

from hub.access.sight import Field
from hub.cloudevents import decode
from hub.desk.dead_letters import event_form, mending
from hub.desk.dead_letters.rows import (
    DeadQuery,
    DeadRow,
    DeadState,
    DeadView,
    DeadWhole,
    OpenQuery,
    SettleBody,
    Settled,
    title_of,
)
from hub.doors.act import Question
from hub.doors.operator import Operator, found
from hub.errors import BeyondOwnRights, InvalidEvent
from hub.model import DeadLetter, Event, Json, type_of
from hub.model.bulk import BulkFilter, BulkKind, BulkRun
from hub.model.pages import Rows
from hub.operations.bulk import runs
from hub.operations.explain.sentences_es import short_time
from hub.storage.database import Database, beside
from hub.storage.dead_letters import find, settle
from hub.storage.paging import rows_of

_SQL: Final = beside(__file__)
_STATES: Final = get_args(DeadState)


LETTER: Final = "dead letter"
_NOBODY: Final = "Nadie se identificó"
_DISCARDED: Final = (
    "Si lo descarta, nadie recibe este aviso y sale de lo pendiente. Si quien lo publicó lo vuelve a enviar "
    "igual, vuelve a llegar aquí."
)
_FOR_FEW: Final = (
    "What a letter holds may be people's data: to mend it you need `operate` and `privacy` for all "
    "copropiedades; `operate` alone where the event is for notice boards."
)
_FORM: Final = 63 * 1024
"""Bytes of a letter that a form can hold, with percent signs, beside its token: a form has 64 KiB."""


async def list_dead(by: Operator, query: DeadQuery) -> Rows[DeadRow]:
    """List events that the hub could not accept, newest first."""
    if by.places is not None:
        return Rows(items=[], next=None)
    return await dead_letters(by.db, query)


async def list_open(by: Operator, query: OpenQuery) -> Rows[DeadRow]:
    """List dead letters, newest first; without a state those that are open."""
    return await list_dead(by, query)


async def how_many_are_open(by: Operator) -> object:
    """Return a number that differs once a letter has come or is settled."""
    return await open_letters(by.db)


async def show_dead(by: Operator, letter_id: UUID) -> DeadWhole:
    """Show a dead letter as received: whole with `privacy`; its sender and the reason with `operate`."""
    letter = await _looked_at(by, letter_id)
    return DeadWhole.of(letter, masked=not sees_content(by, letter))


async def view_dead(
    by: Operator, letter_id: UUID, *, typed: bytes | None = None, wrong: InvalidEvent | None = None
) -> DeadView:
    """Show a dead letter as a page: its payload, or the one `typed` instead, with its mistakes marked."""
    letter = await _looked_at(by, letter_id)
    body, field = letter.body if typed is None else typed, letter.field if wrong is None else wrong.field
    may_see = sees_content(by, letter)
    lines = list(mending.payload_lines(body, field)) if may_see else []
    # As a browser sends it: with the line ends of the web.
    long = len(quote_plus("\r\n".join(line.text for line in lines))) > _FORM
    may_mend = may_see and mending.can_be_mended(letter)
    places = await by.stores.directory.place_names(None) if may_mend else {}
    schemas = by.stores.schemas.by_name
    return DeadView(
        letter=DeadWhole.of(letter, masked=not may_see),
        lines=lines,
        can_mend=may_mend,
        parts=event_form.fields_of(body, letter.event_type, field, schemas, places) if may_mend else (),
        too_long=long,
        wrong=wrong,
    )


async def replay_dead(by: Operator, letter_id: UUID) -> Settled:
    """Publish a dead letter again in the name of its sender; safe to repeat."""
    letter = await letter_of(by, letter_id)
    await by.audit("dead.replay", _subject(letter))
    return await _replay(by, letter)


async def mend_dead(by: Operator, letter_id: UUID, words: bytes) -> Settled:
    """
    Publish an open dead letter with other words, still the same event; with `privacy` as well.

    The changed fields and a digest of the new words are audited: the event is its publisher's, the words are
    not. Raises InvalidEvent, and TooLate if it is settled.
    """
    letter, mended, _ = await prepared(by, letter_id, words)
    await by.audit("dead.mend", _subject(letter), **mending.trace(letter, mended))
    return await _replay(by, mended)


async def prepared(by: Operator, letter_id: UUID, words: bytes) -> tuple[DeadLetter, DeadLetter, Event]:
    """Return a letter, the same with other words, and its event: what a mend would publish."""
    letter = await _seen(by, letter_id)
    mended = mending.mended(letter, words, partial(_checked, by), by=by.who)
    return letter, mended, event_of(by, mended)


async def typed(by: Operator, letter_id: UUID, fields: Mapping[str, str]) -> bytes:
    """Return the words of a letter with what was typed in the fields of its form."""
    letter = await _seen(by, letter_id)
    return event_form.typed(letter.body, letter.event_type, fields, by.stores.schemas.by_name)


def event_of(by: Operator, letter: DeadLetter) -> Event:
    """Return the event of a letter. Raises InvalidEvent while it cannot be taken in."""
    return _checked(by, letter.body, letter.content_type, letter.headers)


def _checked(by: Operator, body: bytes, content_type: str | None, headers: Mapping[str, Json]) -> Event:
    event = decode(body, content_type, headers)
    by.stores.schemas.check(event, now=by.now)
    return event


async def ask_discard(by: Operator, letter_id: UUID) -> Question:
    """Ask whether a rejected event is really to be discarded."""
    letter = DeadWhole.of(await _looked_at(by, letter_id), masked=True)
    is_open = letter.state == "open"
    return Question(
        title="¿Descartar este aviso?",
        lead=_DISCARDED if is_open else "",
        facts={
            "Aviso": title_of(letter.event_type),
            "Por qué": letter.why,
            "Llegó": short_time(letter.received_at),
            "De": letter.sender or _NOBODY,
            "Número del aviso": letter.event_id,
            "Motivo exacto": letter.reason,
            "Deshacer": is_open and "Queda guardado con su estado, y se puede reintentar después.",
        },
        follows="" if is_open else "Ya no está pendiente: no hay nada que descartar.",
        press="Descartar el aviso" if is_open else "",
    )


async def discard_dead(by: Operator, letter_id: UUID) -> Settled:
    """Discard a dead letter; it stays in the log."""
    letter = await letter_of(by, letter_id)
    await by.audit("dead.discard", _subject(letter))
    return Settled(id=letter_id, state="discarded", changed=await settle(by.db, letter_id, "discarded"))


async def replay_many(by: Operator, body: SettleBody) -> BulkRun:
    """Start a bulk run that replays the open dead letters of a filter, but not those of a wrong sender."""
    return await _start(by, BulkKind.REPLAY, body)


async def discard_many(by: Operator, body: SettleBody) -> BulkRun:
    """Start a bulk run that discards the open dead letters of a filter; they stay in the log."""
    return await _start(by, BulkKind.DISCARD, body)


def sees_content(by: Operator, letter: DeadLetter) -> bool:
    """
    Return whether the operator may read the content of a letter, and so mend it.

    What is to hang on notice boards is for everybody who passes: whoever reads words everywhere reads it.
    """
    for_all = event_form.is_for_all(letter.event_type)
    return by.sight.where(Field.WORDS if for_all else Field.PAYLOAD) is None


async def _seen(by: Operator, letter_id: UUID) -> DeadLetter:
    """Return a letter whose content the operator may read. A refusal leaves no row in the audit."""
    letter = await letter_of(by, letter_id)
    if not sees_content(by, letter):
        raise BeyondOwnRights(_FOR_FEW)
    return letter


async def _start(by: Operator, kind: BulkKind, body: SettleBody) -> BulkRun:
    asked = BulkFilter(reason=body.reason, event=body.event)
    order = runs.BulkOrder(kind=kind, asked=asked, reason=body.why)
    return await runs.start(by.stores.bulk, order, by.actor, most=body.limit)


async def _replay(by: Operator, letter: DeadLetter) -> Settled:
    """
    Publish the letter, then settle it. Idempotent.

    The other order would lose the letter if the hub stopped in between; intake drops a second copy as a
    duplicate. If the letter fails again before it is settled, it stays open.
    """
    await by.stores.publisher.replay(letter)
    changed = await settle(by.db, letter.id, "replayed", times=letter.times)
    return Settled(id=letter.id, state="replayed", changed=changed)


async def _looked_at(by: Operator, letter_id: UUID) -> DeadLetter:
    letter = await letter_of(by, letter_id)
    await by.audit("dead.show", _subject(letter))
    return letter


async def letter_of(by: Operator, letter_id: UUID) -> DeadLetter:
    return found(LETTER, await find(by.db, letter_id) if by.places is None else None)


def _subject(letter: DeadLetter) -> str:
    return f"dead:{letter.id}"


async def dead_letters(db: Database, query: DeadQuery) -> Rows[DeadRow]:
    """List dead letters, newest first."""
    states = _STATES if query.state is None else (query.state,)
    kind = None if query.event is None else type_of(query.event)
    return await rows_of(DeadRow, db, _SQL["dead"], query, list(states), query.reason, kind, by="received_at")


async def open_letters(db: Database) -> object:
    """Return a value that differs once a letter waits for somebody, or no longer does."""
    return [tuple(row) for row in await db.rows(_SQL["open"])]
