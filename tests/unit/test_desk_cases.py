"""Acts of staff in a case at the desk, before anything is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

import pytest

from hub.desk.cases import acts
from hub.desk.cases.rows import FiledBody
from hub.errors import NotOffered
from hub.ports.cases import CaseFacts, KnownCase
from hub.testing import MemoryAudit, MemoryPublisher
from tests.operators import operator
from tests.unit.factories import HOUR, event, stored

THREAD: Final = "thread_id:correo-7781"


class Cases:
    """A store of a conversation and of one petition."""

    async def named(self, words: Collection[str], ids: Collection[UUID]) -> Sequence[str]:  # noqa: ARG002
        return ()

    async def known(self, cases: Collection[str], *, places: object = None) -> Sequence[KnownCase]:  # noqa: ARG002
        first = stored(
            event("support.email.received", {"thread_id": "correo-7781"}, at=datetime.now(UTC) - HOUR)
        )
        return [KnownCase(case=case, alone=True, first=first) for case in {THREAD, "pqrs_id:PQ-1"} & {*cases}]

    async def page(self, case: KnownCase, **_: Any) -> CaseFacts:
        return CaseFacts(case=case.case, first=case.first, head=(), entries=())


async def test_conversation_gets_no_radicado_that_another_petition_has() -> None:
    """It would join that case: no term of its own, and its writer would read about the other one."""
    publisher = MemoryPublisher()
    by = operator(cast(Any, None), cases=Cases(), publisher=publisher, audit=MemoryAudit())
    said = {"kind": "queja", "service_area": "conserjeria", "subject": "Ruido"}

    with pytest.raises(NotOffered, match="Another PQRS has this radicado"):
        await acts.file_conversation(by, THREAD, FiledBody(radicado="pq-1", **cast(Any, said)))
    assert [] == publisher.events

    await acts.file_conversation(by, THREAD, FiledBody(radicado="PQ-2", **cast(Any, said)))
    assert ["PQ-2"] == [one.data["radicado"] for one in publisher.events]
