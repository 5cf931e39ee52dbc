"""Cases and tasks at the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import pytest

from hub.desk.cases import acts
from hub.desk.cases.rows import CloseBody, FiledBody, HandOverBody
from hub.desk.tasks import acts as task_acts
from hub.desk.tasks.rows import TaskDoneBody
from hub.errors import NoSuch, NotOffered
from hub.model.pages import ListQuery
from hub.model.standing_tasks import TaskPlace
from hub.ports.cases import CaseFacts, KnownCase
from hub.testing import MemoryAudit, MemoryPublisher, MemoryStore, SettableClock
from hub.testing.standing_tasks import MemoryStandingTasks
from hub.web.console.marked_cases import body_of
from hub.web.responses import Refusal
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


async def test_period_that_began_before_the_hub_did_is_not_open() -> None:
    """The hub cannot know what was done before it was there, and reminds nobody of it."""
    now = datetime.now(UTC)
    tables = MemoryStore(SettableClock(now)).tables
    states = {}
    for began in (now, now - timedelta(days=800)):
        by = operator(cast(Any, None), standing_tasks=MemoryStandingTasks(tables, began=began))
        states[began] = {row.state for row in (await task_acts.list_tasks(by, ListQuery())).items}

    assert {"unknown"} == states.pop(now) - {"done"}
    assert {"open", "overdue", "done"} >= set().union(*states.values())


async def test_task_is_done_in_a_copropiedad_that_there_is() -> None:
    """A mistyped one would read as done, and its building would be reminded of it all the same."""
    publisher = MemoryPublisher()
    tasks = MemoryStandingTasks(cast(Any, None), TaskPlace(copropiedad_id="ph-1", name="Altos del Rosal"))
    by = operator(cast(Any, None), standing_tasks=tasks, publisher=publisher, audit=MemoryAudit())

    with pytest.raises(NoSuch):
        await task_acts.mark_task_done(by, "pqrs_analysis", TaskDoneBody(copropiedad_id="ph-l"))
    assert [] == publisher.events

    await task_acts.mark_task_done(by, "pqrs_analysis", TaskDoneBody(copropiedad_id="ph-1"))
    assert ["ph-1"] == [one.data["copropiedad_id"] for one in publisher.events]


FORM = {"case:pqrs_id:PQ-1": "on", "back": "/cases", "sure": "true", "csrf": "x", "form": "f-1"}


def test_marked_cases_are_given_to_another_with_a_reason_only() -> None:
    given = body_of({**FORM, "to": "luz.mora", "reason": "Salgo hoy."}, HandOverBody)
    with pytest.raises(Refusal) as blank:
        body_of({**FORM, "to": "luz.mora", "reason": "  "}, HandOverBody)

    assert HandOverBody(to="luz.mora", reason="Salgo hoy.", form="f-1") == given
    assert 400 == blank.value.status


def test_form_without_its_name_is_closed_under_a_name_of_its_own() -> None:
    assert CloseBody(words="Listo.") == body_of({"words": "Listo."}, CloseBody)
