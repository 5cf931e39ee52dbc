"""
Verification of the chain of seals against the stored rows and months: each flaw is named.

The state of a message is not sealed. It must be what the sealed attempts and endings say, and the bytes of a
legal one what its record says. With `remake` each is made again as well, which also finds changed facts.

A month that the retention has dropped is gone, not broken: its rows are counted, and their seals still hold.
A month that is missing although the retention keeps it is a flaw.
Rows newer than the last seal are not sealed yet.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Final
from uuid import UUID

from hub.messages.delivery.evidence import missing_document, unpack
from hub.model.evidence import Seal, SealedRow, StoredState
from hub.model.ids import earliest
from hub.model.months import EPOCH, Range, StoredMonth, gaps, month_of
from hub.model.recorded_states import fits, is_older
from hub.model.seals import KEY, LEAF, MINUTE, NOTHING, leaf, link, name_of, split
from hub.operations.evidence.flaws import Flaw, Mismatch, Verification
from hub.operations.evidence.remake import Remaker
from hub.operations.evidence.time_stamps import grants
from hub.rendering.outcomes_es import claim
from hub.storage import PostgresEvidence

_PAGE: Final = 500


Progress = Callable[[int, int], None]

ALWAYS: Final = datetime(9999, 1, 1, tzinfo=UTC)
_SEALS: Final = 50
_ROWS: Final = 500
_LAST: Final = 253_402_300_799_999
"""Milliseconds up to the end of the year 9999: an id that somebody has made up may name a later instant."""
_TO_DO: Final = "La auditoría dice con qué usuario de la base se borró un mes (months.drop)"


@dataclass(slots=True, kw_only=True)
class _Walk:
    store: PostgresEvidence
    months: Sequence[StoredMonth]
    stamps: Mapping[int, bytes]
    kept_from: datetime
    found: Verification = field(default_factory=Verification)
    versions: set[bytes] = field(default_factory=set)
    lost: Counter[datetime] = field(default_factory=Counter)
    documents: Mapping[str, bytes] = field(default_factory=dict)

    def note(self, flaw: Flaw, seal: Seal, key: bytes | None = None) -> None:
        message_id, at = (None, None) if key is None else name_of(key)
        self.found.mismatches.append(
            Mismatch(flaw=flaw, seal=seal.number, minute=seal.minute, message_id=message_id, at=at)
        )


async def verify(
    store: PostgresEvidence,
    since: datetime = EPOCH,
    until: datetime = ALWAYS,
    *,
    head: bytes | None = None,
    remake: bool = False,
    kept_from: datetime = ALWAYS,
    progress: Progress,
) -> Verification:
    """
    Verify the seals of these minutes with their rows, and messages whose events are of this time.

    `head` is the digest of a seal that was published outside: the chain must have it. With `remake` each
    message is made again: that takes milliseconds for each. `kept_from` is the first month that the retention
    keeps: rows of older ones may be gone.
    """
    walk = _Walk(store=store, months=await store.months(), stamps=await store.stamps(), kept_from=kept_from)
    total, previous = await store.count_seals(since, until), await store.last_before(since)
    known = head is None
    while seals := await store.seals(0 if previous is None else previous.number, _SEALS):
        for seal in seals:
            if seal.minute >= until:
                break
            _check_seal(walk, previous, seal)
            await _check_rows(walk, previous, seal)
            known = known or seal.digest == head
            previous = walk.found.head = seal
            walk.found.seals += 1
            progress(min(walk.found.seals, total), total)
        else:
            continue
        break
    if not known:
        walk.found.mismatches.append(Mismatch(flaw=Flaw.UNKNOWN_HEAD))
    walk.found.mismatches += lost_months(walk.months, walk.lost, kept_from, (since, until))
    await _check_unrecorded(walk, since, until)
    await _check_versions(walk)
    await check_messages(walk.found, store, since, until, remake=remake)
    return walk.found


def _check_seal(walk: _Walk, previous: Seal | None, seal: Seal) -> None:
    number, digest = (0, NOTHING) if previous is None else (previous.number, previous.digest)
    if seal.number != number + 1:
        walk.note(Flaw.MISSING_SEALS, seal)
    elif seal.previous != digest:
        walk.note(Flaw.BROKEN_LINK, seal)
    whole = len(seal.leaves) == seal.count * LEAF and sha256(seal.leaves).digest() == seal.root
    if not whole or link(seal.number, seal.minute, seal.count, seal.root, seal.previous) != seal.digest:
        walk.note(Flaw.CHANGED_SEAL, seal)

    if (reply := walk.stamps.get(seal.number)) is not None:
        walk.found.stamps += 1
        if not grants(reply, seal.digest):
            walk.note(Flaw.WRONG_STAMP, seal)


async def _check_rows(walk: _Walk, previous: Seal | None, seal: Seal) -> None:
    """Compare the rows of a seal's time with its leaves."""
    sealed = dict(split(seal.leaves))
    since = EPOCH if previous is None else previous.minute + MINUTE
    after: SealedRow | None = None
    while page := await walk.store.recorded(since, seal.minute + MINUTE, after, _ROWS):
        for row, content in page:
            _check_row(walk, seal, sealed, row)
            await _check_content(walk, seal, row, content)
        after = page[-1][0]
    await _check_absent(walk, seal, list(sealed))


def _check_row(walk: _Walk, seal: Seal, sealed: dict[bytes, bytes], row: SealedRow) -> None:
    made = leaf(row)
    digest = sealed.pop(made[:KEY], None)
    walk.found.rows += 1
    if digest is None:
        walk.note(Flaw.ADDED_ROW, seal, made[:KEY])
    elif digest != made[KEY:]:
        walk.note(Flaw.CHANGED_ROW, seal, made[:KEY])
    if row.version is not None:
        walk.versions.add(row.version)


async def _check_content(walk: _Walk, seal: Seal, row: SealedRow, content: bytes | None) -> None:
    if content is not None and _digest(content, await _document_of(walk, content)) != row.digest:
        walk.note(Flaw.CHANGED_BYTES, seal, leaf(row)[:KEY])


async def _document_of(walk: _Walk, packed: bytes) -> Mapping[str, bytes]:
    """Return the document of kept bytes that have a gap for it: the last one is remembered."""
    try:
        named = missing_document(packed)
        digest = None if named is None else bytes.fromhex(named)
    except (zlib.error, ValueError):
        return {}
    if named is None or digest is None:
        return {}
    if named not in walk.documents:
        content = await walk.store.document(digest)
        walk.documents = {} if content is None else {named: content}
    return walk.documents


def _digest(packed: bytes, documents: Mapping[str, bytes] = MappingProxyType({})) -> bytes | None:
    try:
        return sha256(unpack(packed, documents)).digest()
    except zlib.error:
        return None


async def _check_absent(walk: _Walk, seal: Seal, absent: Sequence[bytes]) -> None:
    """Say what became of sealed rows that are not in their place: moved, dropped with a month, or missing."""
    for start in range(0, len(absent), _ROWS):
        keys = {name_of(key): key for key in absent[start : start + _ROWS]}
        moved = {(row.message_id, row.at) for row in await walk.store.find_rows(keys)}
        for name, key in keys.items():
            if name in moved:
                walk.note(Flaw.CHANGED_ROW, seal, key)
            elif _is_stored(walk.months, name[0]):
                walk.note(Flaw.MISSING_ROW, seal, key)
            elif (month := month_in(name[0])) < walk.kept_from:
                walk.found.gone += 1
            else:
                walk.lost[month] += 1


async def _check_unrecorded(walk: _Walk, since: datetime, until: datetime) -> None:
    """Name attempts that state no instant of recording: no seal would ever cover them."""
    named = {(mismatch.message_id, mismatch.at) for mismatch in walk.found.mismatches}
    for message_id, at in await walk.store.unrecorded(since, until, _ROWS):
        if (message_id, at) not in named:
            walk.found.mismatches.append(Mismatch(flaw=Flaw.ADDED_ROW, message_id=message_id, at=at))


def _is_stored(months: Sequence[StoredMonth], message_id: UUID) -> bool:
    """Return whether the month of a message is stored: late rows without a month go after a day."""
    return any(
        earliest(month.since) <= message_id < earliest(month.until) for month in months if not month.is_rest
    )


async def _check_versions(walk: _Walk) -> None:
    stored = await walk.store.version_digests()
    flaws = [(Flaw.MISSING_VERSION, digest) for digest in sorted(walk.versions.difference(stored))]
    for digest in stored:
        found = await walk.store.versions([digest])
        if digest in found and _digest(found[digest]) != digest:
            flaws.append((Flaw.CHANGED_VERSION, digest))
    walk.found.mismatches += [Mismatch(flaw=flaw, version=digest.hex()) for flaw, digest in flaws]


def month_in(message_id: UUID) -> datetime:
    """Return the month with whose rows a message is stored."""
    return month_of(EPOCH + timedelta(milliseconds=min(message_id.int >> 80, _LAST)))


def lost_months(
    stored: Sequence[StoredMonth], absent: Counter[datetime], kept_from: datetime, within: Range
) -> Iterator[Mismatch]:
    """
    Yield a mismatch for each missing month of a period that is not before `kept_from`.

    `absent` counts by month the sealed rows that no stored month could have. A gap between stored months is
    one, too, without a sealed row.
    """
    for month, rows in sorted(absent.items()):
        yield _lost(f"{month:%Y-%m}, con {rows} intentos sellados")
    first, last = max(kept_from, within[0]), within[1]
    for since, until in gaps(stored, last):
        begins = max(since, first)
        if begins < until and not any(begins <= month < until for month in absent):
            yield _lost(f"entre {begins:%Y-%m-%d} y {until:%Y-%m-%d}, sin intentos sellados")


def _lost(what: str) -> Mismatch:
    return Mismatch(flaw=Flaw.MISSING_MONTH, detail=f": {what}. {_TO_DO}.")


async def check_messages(
    found: Verification, store: PostgresEvidence, since: datetime, until: datetime, *, remake: bool = False
) -> None:
    """Check the messages of the events of this time, page by page."""
    after = earliest(since)
    first = [seal.minute for seal in await store.seals(0, 1)]
    sealed_since = first[0] if first else None
    remaker = Remaker(store) if remake else None
    while page := await store.states(after, earliest(until), _PAGE):
        for stored in page:
            _check(found, stored, sealed_since)
        if remaker is not None:
            found.mismatches += await _other_words(store, remaker, page)
        found.messages += len(page)
        after = page[-1].message_id


def _check(found: Verification, stored: StoredState, sealed_since: datetime | None) -> None:
    if not _state_fits(stored, sealed_since):
        found.mismatches.append(
            Mismatch(
                flaw=Flaw.WRONG_STATE,
                message_id=stored.message_id,
                detail=f": {claim(stored.state, stored.reason)}.",
            )
        )
    if stored.unkept and stored.erased:
        found.erased += 1
    elif stored.unkept:
        found.mismatches += [
            Mismatch(flaw=Flaw.MISSING_BYTES, message_id=stored.message_id, at=at) for at in stored.unkept
        ]


def _state_fits(stored: StoredState, sealed_since: datetime | None) -> bool:
    older = is_older(recorded=stored.recorded, created_at=stored.created_at, sealed_since=sealed_since)
    return fits(stored.state, stored.reason, stored.rows, older=older)


async def _other_words(
    store: PostgresEvidence, remaker: Remaker, page: Sequence[StoredState]
) -> list[Mismatch]:
    said = await store.said_each([stored.message_id for stored in page if stored.accepted])
    return [
        Mismatch(
            flaw=Flaw.OTHER_WORDS, message_id=message_id, at=remade.call.attempt.at, detail=f" {remade.why}"
        )
        for message_id, message in said.items()
        for remade in await remaker.remake(message)
        if remade.tampered
    ]
