"""Look-ups for the next steps of clocks, in the directory and messages, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import structlog

from hub import sla
from hub.errors import Unavailable
from hub.model import Clock, DispatchStatus
from hub.ports import TimerStore
from hub.sla.events import PERSON_REF
from hub.sla.follow_ups import PERSON_ID

Calls = Mapping[str, Collection[str]]
"""Id of each alert that intake has stored → the people it was addressed to."""
T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLookups:
    """
    By clock: `held` levels for its escalation, people `called` by its alerts, `dispatch` of its messages, and
    the `names` of the people whose cases they are, and the people `concerned` by a follow-up, by reference.

    A clock whose look-up failed is in `broken`.
    """

    held: Mapping[UUID, Collection[int]]
    called: Mapping[UUID, Calls]
    dispatch: Mapping[UUID, DispatchStatus]
    names: Mapping[UUID, str]
    concerned: Mapping[UUID, Sequence[str]]
    broken: frozenset[UUID]


async def look_up(clocks: Sequence[Clock], store: TimerStore) -> ClockLookups:
    escalating = [clock for clock in clocks if target_levels(clock)]
    ending = [clock for clock in clocks if sla.ends(clock.steps[clock.fired])]
    checked = [clock for clock in clocks if clock.promise.checked and clock.ended_at is None]
    held = await _isolating_faults(escalating, lambda batch: _held(batch, store))
    called = await _isolating_faults(ending, lambda batch: _called(batch, store))
    dispatch = await _isolating_faults(checked, lambda batch: _dispatch(batch, store))
    named = [clock for clock in clocks if _person_of(clock)]
    names = await _isolating_faults(named, lambda batch: _names(batch, store))
    following = [clock for clock in clocks if _asks_people(clock)]
    concerned = await _isolating_faults(following, store.concerned)
    wanted = {clock.id for clock in (*escalating, *ending, *checked, *following)}
    return ClockLookups(
        held=held,
        called=called,
        dispatch=dispatch,
        names=names,
        concerned=concerned,
        broken=frozenset(wanted - {*held, *called, *dispatch, *concerned}),
    )


def target_levels(clock: Clock) -> Sequence[int]:
    """Return the levels that the next step may notify; none where it does not escalate."""
    step = clock.steps[clock.fired]
    return [] if sla.already_notified(clock, step) else sla.levels_from(clock, step)


def _person_of(clock: Clock) -> str | None:
    """Return the person whom the next event of the clock names, by reference."""
    if clock.promise.follow_up is not None:
        found: str | None = clock.context.get(PERSON_ID)
        return found
    return None if clock.ended_at is not None else clock.context.get(PERSON_REF)


def _asks_people(clock: Clock) -> bool:
    follow_up = clock.promise.follow_up
    return follow_up is not None and bool(follow_up.to)


async def _isolating_faults(
    clocks: Sequence[Clock], ask: Callable[[Sequence[Clock]], Awaitable[Mapping[UUID, T]]]
) -> Mapping[UUID, T]:
    """Ask for all clocks at once. On a fault, halve the batch to find the broken clocks, and omit those."""
    if not clocks:
        return {}
    try:
        return await ask(clocks)
    except Unavailable:
        raise
    except Exception:
        if len(clocks) == 1:
            [clock] = clocks
            log.exception("clock.broken", clock_id=str(clock.id), clock=clock.name, case=clock.case)
            return {}
    half = len(clocks) // 2
    return {**await _isolating_faults(clocks[:half], ask), **await _isolating_faults(clocks[half:], ask)}


async def _held(clocks: Sequence[Clock], store: TimerStore) -> Mapping[UUID, Collection[int]]:
    return await store.held_levels([(clock, target_levels(clock)) for clock in clocks])


async def _names(clocks: Sequence[Clock], store: TimerStore) -> Mapping[UUID, str]:
    refs = {clock.id: ref for clock in clocks if (ref := _person_of(clock))}
    names = await store.names(set(refs.values()))
    return {clock: names[ref] for clock, ref in refs.items() if ref in names}


async def _called(clocks: Sequence[Clock], store: TimerStore) -> Mapping[UUID, Calls]:
    named = {clock.id: [sla.event_id(clock, step) for step in sla.calls(clock)] for clock in clocks}
    people = await store.called([name for names in named.values() for name in names])
    return {clock: {name: people[name] for name in names if name in people} for clock, names in named.items()}


async def _dispatch(clocks: Sequence[Clock], store: TimerStore) -> Mapping[UUID, DispatchStatus]:
    opened = {clock.id: clock.opened_by for clock in clocks if clock.opened_by is not None}
    statuses = await store.dispatch(list(opened.values()))
    return {clock: statuses[key] for clock, key in opened.items() if key in statuses}
