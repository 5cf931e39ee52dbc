"""
Replay: fold the events of a case into its clocks. Pure.

`replay` folds all events at once: it defines what the clocks of a case are. `resume` folds only what came
after the last event of an earlier replay. Where the new events stand after that event, both give the same
clocks; `must_restart` tells where they would not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from operator import itemgetter
from types import MappingProxyType
from typing import Final
from uuid import UUID

from hub.messages.planning.lifetime import Ends, ends_of
from hub.messages.planning.plan import is_recorded_only
from hub.model import HUB_SOURCE, Clock, ClockMove, Event, EventType, FollowUp, Json, Move
from hub.model.case_state import CaseState, Position
from hub.model.extensions import AskedExtension
from hub.policy import Policy
from hub.sla.fold import MOVES, Fold, about_id
from hub.sla.reconcile import with_outcome
from hub.sla.schedule import schedule

Catalog = Mapping[str, EventType]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """The clocks that a replay has changed (a whole replay: all), the extensions asked for, and its state."""

    clocks: list[Clock]
    extensions: Sequence[AskedExtension]
    state: CaseState


def moves_of(kind: EventType, event: Event) -> list[ClockMove]:
    """
    Return what the event does to the clocks of its case.

    An event of the hub's own does nothing, unless its catalogue entry is `hub_emitted` or `shared`.
    """
    if event.source == HUB_SOURCE and not (kind.hub_emitted or kind.shared):
        return []
    return [
        move
        for move in kind.clocks
        if not move.when or all(str(event.data.get(key)) == value for key, value in move.when.items())
    ]


def follow_ups_of(kind: EventType, event: Event) -> tuple[FollowUp, ...]:
    """Return the events that this one may schedule: none if it is recorded only, or is the hub's own."""
    if not kind.follow_ups or is_recorded_only(event) or not _counts(kind, event):
        return ()
    return kind.follow_ups


def _counts(kind: EventType, event: Event) -> bool:
    return kind.hub_emitted or kind.shared or event.source != HUB_SOURCE


def replay(case: str, events: Iterable[Event], catalog: Catalog, policy: Policy) -> list[Clock]:
    """
    Fold all events of a case into its clocks, sorted by (time, id, source).

    An event of the hub's own sorts after the event that it is about: the publisher's time may be ahead of
    ours. A second start while a clock runs changes nothing; a start after its end makes a new clock. An event
    of a type that this hub does not know (any more, or not yet) changes nothing. Follow-ups are left out.
    """
    whole = replay_whole(case, events, catalog, policy, version="", reopened=frozenset())
    return [clock for clock in whole.clocks if clock.promise.follow_up is None]


def due_of(clocks: Iterable[Clock]) -> dict[str, datetime]:
    """Return when the promises that run end, by the name of the clock; a paused one has no end yet."""
    return {
        clock.name: clock.due_at for clock in clocks if clock.ended_at is None and not clock.course.paused
    }


def replay_whole(
    case: str,
    events: Iterable[Event],
    catalog: Catalog,
    policy: Policy,
    *,
    version: str,
    reopened: Collection[str],
) -> ReplayResult:
    """
    Replay all events of a case; return also the state from which `resume` continues.

    `version` and `reopened` are what `version_of` and `reopened_by` return for this catalogue and policy.
    """
    known = [event for event in events if event.name in catalog]
    state = _with_ends(CaseState(version=version, missing=_missing(known)), known, catalog)
    fold = Fold(case, policy)
    until = _fold_in(fold, _placed(known, catalog, policy), catalog)
    return ReplayResult(
        clocks=_scheduled([*fold.ended, *fold.running.values()], policy),
        extensions=fold.extensions,
        state=_after(state, fold, until, reopened),
    )


def resume(
    case: str,
    state: CaseState,
    clocks: Iterable[Clock],
    events: Iterable[Event],
    catalog: Catalog,
    policy: Policy,
    *,
    reopened: Collection[str],
) -> ReplayResult:
    """
    Fold the events after `state.until`; `clocks` are those that the state names.

    Call it only where `must_restart` returns false for these events.
    """
    known = [event for event in events if event.name in catalog]
    fold = _fold_of(case, state, {clock.id: clock for clock in clocks}, policy)
    before = {id(clock) for clock in (*fold.ended, *fold.running.values())}
    placed = _placed(known, catalog, policy)
    later = [(at, event) for at, event in placed if state.until is None or at > state.until]
    until = _fold_in(fold, later, catalog)
    changed = [clock for clock in (*fold.ended, *fold.running.values()) if id(clock) not in before]
    state = _with_ends(state, known, catalog)
    return ReplayResult(
        clocks=_scheduled(changed, policy),
        extensions=fold.extensions,
        state=_after(state, fold, until, reopened),
    )


def must_restart(
    state: CaseState, new: Iterable[Event], catalog: Catalog, policy: Policy, *, version: str
) -> bool:
    """
    Return whether the case must be replayed as a whole: `resume` would not give the same clocks.

    That is so for another catalogue or policy, for an event before one already folded, and where the hub's
    own event is about an event, or names a clock, that the state does not have. An event that starts a term
    once more is another reason: a stored clock keeps an earlier policy's promise, the new one gets today's.
    """
    return state.version != version or any(_disturbs(state, event, catalog, policy) for event in new)


def _disturbs(state: CaseState, event: Event, catalog: Catalog, policy: Policy) -> bool:
    kind = catalog[event.name]
    if any(move.move is Move.RESTART for move in kind.clocks):
        return True
    if state.until is not None and _position(event, counts_from(kind, event, policy)) <= state.until:
        return True
    if event.id in state.missing or about_id(event) is not None:
        return True
    named = event.data.get("clock_id") if event.source == HUB_SOURCE else None
    return named is not None and named not in map(str, state.clocks)


def changes_nothing(state: CaseState, kind: EventType, event: Event, policy: Policy, *, version: str) -> bool:
    """
    Return whether the event only ends or pauses clocks in a case that has none.

    If it ends collection that is on its way, it changes something.
    """
    moves = {move.move for move in moves_of(kind, event)}
    idle = moves <= _NEED_A_RUNNING_CLOCK and not state.running
    if kind.ends_collection and state.collects:
        return False
    return idle and not must_restart(state, [event], {kind.name: kind}, policy, version=version)


def only_ends(kind: EventType) -> bool:
    """Return whether events of this type never start or reopen a clock."""
    ends = {move.move for move in kind.clocks} <= _NEED_A_CLOCK
    return ends and not (kind.hub_emitted or kind.shared or kind.follow_ups or kind.ends_follow_ups)


def reopened_by(catalog: Catalog) -> frozenset[str]:
    """Return the names of the clocks that an event may reopen: only their answers are kept in a state."""
    moves = (move for kind in catalog.values() for move in kind.clocks)
    return frozenset(move.clock for move in moves if move.move is Move.REOPEN)


def version_of(catalog: Catalog, policy: Policy) -> str:
    """Name what a replay depends on besides the events: the moves of the catalogue and the promises."""
    kinds = sorted(
        (
            kind.name,
            repr(kind.clocks),
            kind.hub_emitted,
            bool(kind.reminders),
            *(kind.ends_reminders, kind.ends_messages, kind.collects, kind.ends_collection),
            *(kind.shared, repr(kind.follow_ups), kind.ends_follow_ups),
        )
        for kind in catalog.values()
    )
    limits = policy.follow_ups, policy.surveys.detractor_at_most
    text = repr((kinds, policy.clocks, policy.calendar_rules.mode, limits))
    return sha256(text.encode()).hexdigest()[:16]


_NEED_A_RUNNING_CLOCK: Final = frozenset({Move.CANCEL, Move.PAUSE, Move.RESUME, Move.ACKNOWLEDGE})
"""Not the move that extends: without a clock it is refused, and its publisher gets a notice."""
_NEED_A_CLOCK: Final = _NEED_A_RUNNING_CLOCK | {Move.STOP}
"""A stop counts also after the end: as the answer, if the first one turns out not to have arrived."""


def _fold_of(case: str, state: CaseState, clocks: Mapping[UUID, Clock], policy: Policy) -> Fold:
    names = {*state.running, *state.ended}
    return Fold(
        case,
        policy,
        running={name: clocks[key] for name, key in state.running.items()},
        ended=[clocks[key] for key in state.ended.values()],
        answers={name: list(state.answers.get(name, ())) for name in names},
        lost={name: set(state.lost.get(name, ())) for name in names},
    )


def _after(state: CaseState, fold: Fold, until: Position | None, reopened: Collection[str]) -> CaseState:
    """Keep the part of a fold that later events need; without an event, `until` stays."""
    return replace(
        state,
        until=until or state.until,
        running={name: clock.id for name, clock in fold.running.items()},
        ended={clock.name: clock.id for clock in fold.ended},
        answers={name: tuple(answers) for name, answers in fold.answers.items() if name in reopened},
        lost={name: tuple(sorted(lost)) for name, lost in fold.lost.items() if lost},
    )


def _with_ends(state: CaseState, known: Sequence[Event], catalog: Catalog) -> CaseState:
    """Move the ends of unsent messages forward to those of these events."""
    before = Ends(
        reminders=state.reminders_end,
        messages=state.messages_end,
        collection=state.collection_end,
        collected=state.collected,
    )
    after = ends_of(known, catalog, before)
    if after == before:
        return state
    return replace(
        state,
        reminders_end=after.reminders,
        messages_end=after.messages,
        collection_end=after.collection,
        collected=after.collected,
    )


def _fold_in(fold: Fold, placed: Iterable[tuple[Position, Event]], catalog: Catalog) -> Position | None:
    """Fold events in order; return the position of the last one."""
    last = None
    for position, event in placed:
        kind = catalog[event.name]
        for move in moves_of(kind, event):
            MOVES[move.move](fold, move.clock, event)
        if kind.ends_follow_ups:
            fold.call_off(event)
        for follow_up in follow_ups_of(kind, event) if kind.follow_ups else ():
            fold.follow_up(follow_up, event)
        last = position
    return last


def counts_from(kind: EventType, event: Event, policy: Policy, by: Move = Move.START) -> datetime:
    """
    Return the instant from which the terms count that the event starts, or lets run on.

    An answer may lie between the fact and the time at which a publisher registers it.
    """
    return _counts_from(moves_of(kind, event), event, policy, by)


def _counts_from(moves: Iterable[ClockMove], event: Event, policy: Policy, by: Move = Move.START) -> datetime:
    at = event.time
    for move in moves:
        if move.move is by and (term := policy.clocks[move.clock]).since is not None:
            at = min(at, term.started_at(event))
    return at


def _placed(events: Sequence[Event], catalog: Catalog, policy: Policy) -> list[tuple[Position, Event]]:
    """Return the events that move clocks, each with its position, in order."""
    times = {(event.name, event.id): event.time for event in events}
    placed: list[tuple[Position, Event]] = []
    for event in events:
        kind = catalog[event.name]
        moves = moves_of(kind, event)
        if moves or kind.follow_ups or kind.ends_follow_ups:
            placed.append((_position(event, _counts_from(moves, event, policy), times), event))
    return sorted(placed, key=itemgetter(0))


def _position(
    event: Event, at: datetime, times: Mapping[tuple[Json, Json], datetime] = MappingProxyType({})
) -> Position:
    about = about_id(event)
    # Only our own events: a publisher's "about" may be anything.
    earliest = at if about is None else times.get((event.data.get("about"), about), at)
    return (
        max(at, earliest),
        event.source == HUB_SOURCE,
        event.time,
        event.id,
        event.source,
    )


def _missing(events: Sequence[Event]) -> tuple[str, ...]:
    """Return the ids of the events that are not there and that an event of the hub's own is about."""
    there = {(event.name, event.id) for event in events}
    abouts = {(event.data.get("about"), about) for event in events if (about := about_id(event))}
    return tuple(sorted(about for name, about in abouts if (name, about) not in there))


def _scheduled(clocks: Iterable[Clock], policy: Policy) -> list[Clock]:
    return [with_outcome(schedule(clock, policy.calendar, policy.calendar_version)) for clock in clocks]
