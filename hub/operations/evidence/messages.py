"""
Comparison of each message with its record: the state, and the bytes of a legal one.

With `remake` each is made again as well, which also finds changed facts, events and texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.model.evidence import StoredState
from hub.model.ids import earliest
from hub.model.recorded_states import fits, is_older
from hub.operations.evidence.flaws import Flaw, Mismatch, Verification
from hub.operations.evidence.remake import Remaker
from hub.rendering.outcomes_es import claim
from hub.storage import PostgresEvidence

_PAGE: Final = 500


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
