"""Cases that sleep: out of the views until a day, or until the person writes; their terms go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.business_time.dates import as_day, day_start
from hub.desk.cases import queries
from hub.desk.cases.colleagues import add_line
from hub.desk.cases.known import Key, case_of, facts_of
from hub.desk.cases.rows import CaseSnoozed, SnoozeBody
from hub.doors.operator import Operator
from hub.errors import NotSnoozed
from hub.model.casework import NoteKind

LONGEST: Final = timedelta(days=90)
_EMERGENCY: Final = "emergency_"
"""How the names of promises in an emergency begin."""


async def snooze_case(by: Operator, key: Key, body: SnoozeBody) -> CaseSnoozed:
    """
    Take a case out of the views until a day, or until the person writes; no term stops. Safe to repeat.

      hub cases snooze PQ-2026-000901 --until 2026-12-09
    """
    case, today = await case_of(by, key), as_day(by.now)
    if not today < body.until <= today + LONGEST:
        raise NotSnoozed(f"Choose a day after today, {LONGEST.days} days ahead at most.")
    facts = await facts_of(by, case)
    if any(clock.ended_at is None and clock.name.startswith(_EMERGENCY) for clock in facts.head):
        raise NotSnoozed("An emergency does not wait: take it on, or end it.")
    until = day_start(body.until)
    await by.audit("case.snooze", f"case:{case.case}", ends_at=until.isoformat())
    await queries.snooze(by.db, case.case, until, by=by.who, at=by.now)
    await add_line(by, case, NoteKind.SNOOZED, by.now.isoformat(), until.isoformat())
    return CaseSnoozed(case=case.case, until=until)


async def wake_case(by: Operator, key: Key) -> CaseSnoozed:
    """Bring a case back that sleeps; safe to repeat."""
    case = await case_of(by, key)
    await by.audit("case.wake", f"case:{case.case}")
    if await queries.wake(by.db, case.case):
        await add_line(by, case, NoteKind.WOKEN, by.now.isoformat())
    return CaseSnoozed(case=case.case, until=None)
