"""
Cases of a batch: their clocks, reminders and unsent collection.

A case that never ends costs what is new in it, not its whole history: the state of its last replay is stored,
and only later events are folded in. An event that only ends clocks is not folded at all in a case without
clocks; it is read if an earlier start arrives.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from prometheus_client import Counter

from hub import sla
from hub.intake.decode import IntakeContext
from hub.messages.planning.plan import is_recorded_only
from hub.model import Clock, Event, StoredEvent
from hub.model.case_state import CaseState
from hub.model.extensions import Extension
from hub.ports import IntakeTransaction

_REPLAYS: Final = Counter(
    "hub_case_replays",
    "Replays of cases: the first one, a step from the last state, a restart from the first event, or none.",
    ["how"],
)


@dataclass(slots=True, kw_only=True)
class _Case:
    """
    A case in a batch: its new events, and its state.

    `alone` tells whether other transactions are locked out, `again` whether the batch has earlier events too,
    `reminds` whether any event has reminders or ends some, `collects` whether any asks for money.
    """

    key: str
    new: list[StoredEvent] = field(default_factory=list)
    alone: bool = False
    again: bool = False
    reminds: bool = False
    collects: bool = False
    state: CaseState | None = None
    restart: bool = False

    @property
    def events(self) -> list[Event]:
        return [stored.event for stored in self.new]

    def ends_collection(self, after: CaseState) -> bool:
        """Return whether collection of the case may be waiting; mostly there is none, and no need to look."""
        if self.state is None or self.restart:
            return after.collected is not None
        return self.collects or self.state.collects


async def lock(transaction: IntakeTransaction, stored: Iterable[StoredEvent], context: IntakeContext) -> None:
    """
    Lock the cases of these events, shared by events that only end clocks.

    This comes before any look-up. If one transaction names a party and another needs it, the second must
    see the first; otherwise its event waits for ever.
    """
    cases: dict[str, bool] = {}
    for row in stored:
        if row.case is not None and context.needs[row.event.type].lock:
            cases[row.case] = _is_alone(row.case, row, context) or cases.get(row.case, False)
    if cases:
        await transaction.lock_cases(cases)


async def replay_cases(
    transaction: IntakeTransaction,
    stored: Iterable[StoredEvent],
    new: Collection[UUID],
    *,
    context: IntakeContext,
    now: datetime,
    released: Iterable[StoredEvent] = (),
) -> list[Clock]:
    """
    Fold the new events into the clocks of their cases, and cancel the reminders and collection that have
    ended.

    `released` are earlier events whose messages, and reminders, the batch has added.
    Return the clocks to track, also those of duplicates: the first try may have ended before they were.
    Call it after the messages of the batch are added: the event that ends reminders may arrive before the
    one whose reminders it ends.
    """
    cases = await _with_states(transaction, _by_case([*stored, *released], new, context), context)
    if not cases:
        return []
    before = await _clocks_before(transaction, cases)
    histories = await _histories(transaction, cases, context)
    states: dict[str, CaseState] = {}
    clocks: list[Clock] = []
    extensions: list[Extension] = []
    for case in cases:
        history = histories.get(case.key, case.new)
        replayed = _replay(case, history, before[case.key], context)
        states[case.key] = replayed.state
        fresh = _without_past(replayed.clocks, history, before[case.key], now)
        changed = _reconciled(case, fresh, before[case.key], context)
        clocks += changed
        if replayed.extensions:
            now_held = {clock.id: clock for clock in (*before[case.key], *changed)}
            extensions += sla.outcomes(replayed.extensions, now_held, context.rules.policy, new=new)
    if clocks:
        await transaction.save_clocks(clocks)
    if extensions:
        await transaction.keep_extensions(extensions)
    await transaction.save_case_states(states)
    # Where messages have ended, those of an event that comes after its end do, too.
    ending = (case.key for case in cases if case.reminds or states[case.key].messages_end is not None)
    await end_reminders(transaction, {key: states[key] for key in ending})
    await _end_collection(transaction, cases, states)
    saved = {clock.id for clock in clocks}
    earlier = (clock for case in cases if case.again for clock in before[case.key])
    return [*clocks, *(clock for clock in earlier if clock.id not in saved)]


async def end_reminders(transaction: IntakeTransaction, states: Mapping[str, CaseState]) -> None:
    """Cancel the reminders, and messages, that have ended in these cases, which the caller has locked."""
    ended = {case: state.reminders_end for case, state in states.items() if state.reminders_end is not None}
    if ended:
        over = {case: at for case in ended if (at := states[case].messages_end) is not None}
        await transaction.end_reminders(ended, over)


async def _end_collection(
    transaction: IntakeTransaction, cases: Sequence[_Case], states: Mapping[str, CaseState]
) -> None:
    """Cancel the collection that has ended and has not left, for example before the window opens."""
    ends = {
        case.key: states[case.key].collection_end for case in cases if case.ends_collection(states[case.key])
    }
    ended = {case: at for case, at in ends.items() if at is not None}
    if ended:
        await transaction.end_collection(ended)


def _by_case(stored: Iterable[StoredEvent], new: Container[UUID], context: IntakeContext) -> dict[str, _Case]:
    cases: dict[str, _Case] = {}
    for row in stored:
        kind, needs = context.kinds[row.event.type], context.needs[row.event.type]
        if row.case is None or not (needs.ends or needs.schedules or sla.moves_of(kind, row.event)):
            continue
        case = cases.setdefault(row.case, _Case(key=row.case))
        case.alone |= _is_alone(row.case, row, context)
        case.reminds |= needs.reminders
        case.collects |= needs.collects
        if row.key in new:
            case.new.append(row)
        else:
            case.again = True
    return cases


def _is_alone(case: str, row: StoredEvent, context: IntakeContext) -> bool:
    """
    Return whether the event locks its case for itself.

    A reply in the thread of a case, such as `pqrs_id:…`, always does: cases of that kind are not `skipping`.
    """
    return context.needs[row.event.type].alone or not _may_skip(case, context)


def _may_skip(case: str, context: IntakeContext) -> bool:
    return case.partition(":")[0] in context.skipping


async def _with_states(
    transaction: IntakeTransaction, cases: Mapping[str, _Case], context: IntakeContext
) -> list[_Case]:
    """Return the cases to replay, with their states; those that share the lock are locked now."""
    if not cases:
        return []
    begun = [case.key for case in cases.values() if case.new and not _may_skip(case.key, context)]
    states = await transaction.case_states(cases, begun)
    rest = [case for case in cases.values() if not _changes_nothing(case, states.get(case.key), context)]
    if context.counted:
        _REPLAYS.labels("none").inc(len(cases) - len(rest))
    shared = [case.key for case in rest if not case.alone]
    if shared:
        # Another transaction that shares the lock may have replayed the case meanwhile.
        states = {**states, **await transaction.lock_case_states(shared)}
    for case in rest:
        case.state = states.get(case.key)
        case.restart = _must_restart(case, context)
        if context.counted:
            _REPLAYS.labels(_how(case)).inc()
    return rest


def _must_restart(case: _Case, context: IntakeContext) -> bool:
    if case.state is None:
        # A duplicate of an event that was stored without a replay.
        return not case.new
    policy = context.rules.policy
    return sla.must_restart(case.state, case.events, context.catalog, policy, version=context.version)


def _changes_nothing(case: _Case, state: CaseState | None, context: IntakeContext) -> bool:
    if case.alone or (case.again and state is not None):
        return False
    # None of these ever starts a clock.
    policy = context.rules.policy
    return state is None or all(
        sla.changes_nothing(state, context.kinds[event.type], event, policy, version=context.version)
        for event in case.events
    )


def _how(case: _Case) -> str:
    if case.restart:
        return "restart"
    return "first" if case.state is None else "step"


async def _clocks_before(transaction: IntakeTransaction, cases: Sequence[_Case]) -> dict[str, list[Clock]]:
    """Return the clocks that the replays may change: for a step those of its state, else all of the case."""
    steps = [case.state for case in cases if case.state is not None and not case.restart]
    whole = [case.key for case in cases if case.restart]
    found: dict[str, list[Clock]] = {case.key: [] for case in cases}
    ids = {clock for state in steps for clock in state.clocks}
    if whole or ids:
        for clock in await transaction.clocks(whole, ids):
            found[clock.case].append(clock)
    return found


async def _histories(
    transaction: IntakeTransaction, cases: Sequence[_Case], context: IntakeContext
) -> Mapping[str, Sequence[StoredEvent]]:
    """
    Read the events to fold of the cases for which the new events are not enough.

    A restart needs all events, and so does the first replay of a case whose events may be skipped: with an
    older catalogue others may have moved no clock. A step needs the events that were stored without a replay,
    from the first new one on; before it they change nothing, as no clock was running.
    """
    since: dict[str, datetime | None] = {}
    for case in cases:
        if case.restart:
            since[case.key] = None
        elif case.new and _may_skip(case.key, context):
            begins = case.state is None
            since[case.key] = None if begins else min(_counts_from(case.events, context))
    return await transaction.case_events(since) if since else {}


def _counts_from(events: Iterable[Event], context: IntakeContext) -> Iterator[datetime]:
    policy = context.rules.policy
    return (sla.counts_from(context.kinds[event.type], event, policy) for event in events)


def _replay(
    case: _Case, history: Sequence[StoredEvent], before: Sequence[Clock], context: IntakeContext
) -> sla.ReplayResult:
    events = [stored.event for stored in history]
    catalog, policy = context.catalog, context.rules.policy
    if case.state is None or case.restart:
        return sla.replay_whole(
            case.key, events, catalog, policy, version=context.version, reopened=context.reopened
        )
    return sla.resume(case.key, case.state, before, events, catalog, policy, reopened=context.reopened)


def _without_past(
    replayed: Iterable[Clock], history: Iterable[StoredEvent], before: Iterable[Clock], now: datetime
) -> list[Clock]:
    """
    Mark the past steps of clocks as done that began in the past: nobody is called for them.

    Those that a quiet event has started just now, the follow-ups that were due long before the hub first knew
    of them, and the clocks whose whole ladder had passed.
    """
    quiet = {stored.key for stored in history if is_recorded_only(stored.event)}
    known = {clock.id for clock in before}
    early = now - sla.TOO_LATE  # nearly all began since: nothing more is asked of them
    return [
        _since_now(clock, now, quiet=clock.opened_by in quiet)
        if clock.id not in known
        and (clock.started_at < early or clock.opened_by in quiet or clock.promise.follow_up is not None)
        else clock
        for clock in replayed
    ]


def _since_now(clock: Clock, now: datetime, *, quiet: bool) -> Clock:
    if quiet or sla.is_stale(clock, now):
        return sla.skip_past(clock, now)
    return sla.as_history(clock, now) if sla.is_history(clock, now) else clock


def _reconciled(
    case: _Case, replayed: Sequence[Clock], before: Iterable[Clock], context: IntakeContext
) -> list[Clock]:
    """Merge with the stored clocks; a step leaves clocks alone that it has not changed."""
    changed = {clock.id for clock in replayed}
    known = [clock for clock in before if case.restart or clock.id in changed]
    return sla.reconcile(replayed, known, context.rules.policy)
