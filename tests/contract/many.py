"""Acts on many messages: those of a filter are a bulk run, which is worked at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from hub.model import DeadLetter
from hub.model.bulk import BulkCandidate, BulkFilter, BulkKind, BulkResult, BulkRun, BulkState
from hub.model.ids import uuid8
from hub.model.tickets import Ticket
from hub.ports import MessageFilter
from hub.storage.filters import OF_MESSAGES
from tests.contract.stores import RealStores
from tests.contract.values import now

TAKEN = "taken"


@dataclass(frozen=True)
class Done:
    """The outcome of the messages of a filter."""

    verdicts: Mapping[str, int]
    tickets: Sequence[Ticket] = ()


async def no_replay(_: DeadLetter) -> None:
    raise AssertionError("nothing is replayed here")


async def plan(
    stores: RealStores, kind: BulkKind, which: MessageFilter, *, also_told: bool = False
) -> Mapping[str, int]:
    """Count by verdict what would be done now."""
    return dict(Counter(row.skipped or TAKEN for row in await _found(stores, kind, which, also_told)))


async def run(stores: RealStores, kind: BulkKind, which: MessageFilter, *, also_told: bool = False) -> Done:
    """Do it, and see that it does what was planned."""
    rows = await _found(stores, kind, which, also_told)
    if not rows:
        return Done({})
    started = BulkRun(
        id=uuid8(now(), "bulk_run", uuid4().hex),
        made_at=now(),
        kind=kind,
        state=BulkState.RUNNING,
        by="ana",
        reason="falla",
        asked={"also_told": also_told},
        places=None,
        chosen=len(rows),
    )
    await stores.bulk.start(started, [row.id for row in rows])
    worked = await stores.bulk.work(len(rows), no_replay)
    assert worked is not None
    reasons = await stores.bulk.reasons(started.id)
    done = {TAKEN if result is BulkResult.DONE else why: count for (result, why), count in reasons.items()}
    assert done == Counter(row.skipped or TAKEN for row in rows)
    return Done(done, worked.tickets)


async def _found(
    stores: RealStores, kind: BulkKind, which: MessageFilter, also_told: bool
) -> Sequence[BulkCandidate]:
    fields = {name: getattr(which, name) for name in OF_MESSAGES}
    asked = BulkFilter(**fields, also_told=also_told)
    return await stores.bulk.candidates(kind, asked, 1000, places=which.places, only=which.id)
