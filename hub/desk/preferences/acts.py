"""Preferences of a person, and marks of staff: show, change, mark as not to be contacted, end that."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from msgspec.structs import replace

from hub.access.sight import Duty
from hub.business_time.dates import query_instant
from hub.desk.preferences.rows import (
    MarkBody,
    MarkEnd,
    MarkForm,
    MarkRow,
    PersonMarks,
    PreferencesBody,
    PreferencesForm,
)
from hub.doors.operator import Operator, found
from hub.errors import InvalidPreference
from hub.model import MarkEntry, QuietHours
from hub.model.actors import SHELL
from hub.model.ids import uuid8
from hub.model.pages import ListQuery, cut
from hub.model.preferences import PreferencesWhole
from hub.operations.preferences import Change, change_preferences, read_preferences

PERSON: Final = "person"
_MOST_STOPPED: Final = 50
"""Types of events in the list of those that a mark has stopped."""


async def show_preferences(by: Operator, ref: str) -> PreferencesWhole:
    """Show a person's preferences, what cannot be switched off and why, and each change."""
    await _require(by, ref)
    await by.audit("person.preferences", f"{PERSON}:{ref}", person=ref)
    return await read_preferences(by.stores.preferences, ref)


async def put_preferences(by: Operator, ref: str, body: PreferencesBody) -> PreferencesWhole:
    """Change a person's preferences at their request; what the body leaves out stays."""
    return await change(by, ref, body.applied)


async def change(by: Operator, ref: str, change: Change) -> PreferencesWhole:
    """Keep a change of a person's preferences, which audits itself. Raises InvalidPreference."""
    await _require(by, ref)
    store, way = by.stores.preferences, "cli" if by.who.startswith(SHELL) else "api"
    await change_preferences(by.actor, store, ref, change, way=way)
    return await read_preferences(store, ref)


async def list_marks(by: Operator, ref: str, query: ListQuery) -> PersonMarks:
    """List the marks of a person, newest first, and the events that they have stopped."""
    await _require(by, ref)
    await by.audit("person.marks", f"{PERSON}:{ref}", person=ref)
    return await marks_of(by, ref, query)


async def marks_of(by: Operator, ref: str, query: ListQuery) -> PersonMarks:
    """Return the marks of somebody within reach; their notes only with `privacy` there."""
    private = by.sight.with_duty(Duty.PRIVATE)
    # The notes of staff may name anybody.
    whole = await by.stores.directory.somebody(ref, places=private) is not None
    rows = [MarkRow.of(entry) for entry in await by.stores.preferences.marks(ref)]
    shown = rows if whole else [replace(row, note="") for row in rows]
    items, following = cut(shown, query, lambda row: (row.since.isoformat(), str(row.id)), newest_first=True)
    stopped = await by.stores.preferences.stopped(ref, limit=_MOST_STOPPED, places=by.places)
    return PersonMarks(items=items, stopped=list(stopped), next=following)


async def mark_person(by: Operator, ref: str, body: MarkBody) -> MarkRow:
    """Mark a person: do not contact. Only what the law demands still leaves; to the deceased, nothing."""
    await _require(by, ref)
    now, by = by.now, by.for_whom(body.by)
    if body.until is not None and body.until <= now:
        raise InvalidPreference("La fecha de fin ya pasó.")
    await by.audit("person.mark", f"{PERSON}:{ref}", person=ref, reason=body.reason)
    for mark in await by.stores.preferences.marks(ref):
        same = (mark.reason, mark.until) == (body.reason, body.until)
        if same and mark.ended_at is None and mark.holds(now):
            return MarkRow.of(mark)
    entry = MarkEntry(
        id=uuid8(now, "mark", ref, uuid4().hex),
        person=ref,
        reason=body.reason,
        since=now,
        until=body.until,
        by=by.by,
        note=body.note,
    )
    await by.stores.preferences.mark(entry)
    return MarkRow.of(entry)


async def end_marks(by: Operator, ref: str) -> MarkEnd:
    """End the marks of a person; safe to repeat."""
    await _require(by, ref)
    await by.audit("person.mark.end", f"{PERSON}:{ref}", person=ref)
    return MarkEnd(ended=await by.stores.preferences.end_marks(ref, None, at=by.now, by=by.by))


def preferences_of_form(_: Operator, form: PreferencesForm) -> PreferencesBody:
    quiet = None
    if form.quiet_since is not None and form.quiet_until is not None:
        quiet = QuietHours(since=form.quiet_since, until=form.quiet_until)
    return PreferencesBody(
        language=form.language, large_print=form.large_print, digest=form.digest, quiet_hours=quiet
    )


def mark_of_form(_: Operator, form: MarkForm) -> MarkBody:
    until = None if form.until is None else query_instant(form.until.isoformat())
    return MarkBody(reason=form.reason, until=until, note=form.note)


async def _require(by: Operator, ref: str) -> None:
    """Raise NoSuch if the operator does not reach the person."""
    found(PERSON, await by.stores.directory.somebody(ref, places=by.places))
