"""What the next steps of clocks need to know of the directory and of messages: looked up for all at once."""

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

Calls = Mapping[str, Collection[str]]
"""Of each event that called somebody, if it has been taken in: whom."""
T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLookups:
    """
    By clock: the levels that somebody holds where it is to climb, whom it has called, what has left of it.

    A clock of which that could not be looked up is in `broken`.
    """

    held: Mapping[UUID, Collection[int]]
    called: Mapping[UUID, Calls]
    dispatch: Mapping[UUID, DispatchStatus]
    broken: frozenset[UUID]


async def look_up(clocks: Sequence[Clock], store: TimerStore) -> ClockLookups:
    """Look up what the next step of each clock needs to know."""
    climbing = [clock for clock in clocks if climbs_to(clock)]
    ending = [clock for clock in clocks if sla.ends(clock.steps[clock.fired])]
    checked = [clock for clock in clocks if clock.promise.checked and clock.ended_at is None]
    held = await _each(climbing, lambda some: _held(some, store))
    called = await _each(ending, lambda some: _called(some, store))
    dispatch = await _each(checked, lambda some: _departures(some, store))
    asked = {clock.id for clock in (*climbing, *ending, *checked)}
    return ClockLookups(
        held=held,
        called=called,
        dispatch=dispatch,
        broken=frozenset(asked - {*held, *called, *dispatch}),
    )


def climbs_to(clock: Clock) -> Sequence[int]:
    """Answer the levels that the next step may be handed to; none where it climbs nowhere."""
    step = clock.steps[clock.fired]
    return [] if sla.already_told(clock, step) else sla.levels_from(clock, step)


async def _each(
    clocks: Sequence[Clock], ask: Callable[[Sequence[Clock]], Awaitable[Mapping[UUID, T]]]
) -> Mapping[UUID, T]:
    """Ask for all; those with which that fails are found by halving, and are not among the answers."""
    if not clocks:
        return {}
    try:
        return await ask(clocks)
    except Unavailable:
        raise
    except Exception:
        if len(clocks) == 1:
            log.exception("clock.broken", clock_id=str(clocks[0].id), clock=clocks[0].name)
            return {}
    half = len(clocks) // 2
    return {**await _each(clocks[:half], ask), **await _each(clocks[half:], ask)}


async def _held(clocks: Sequence[Clock], store: TimerStore) -> Mapping[UUID, Collection[int]]:
    return await store.held_levels([(clock, climbs_to(clock)) for clock in clocks])


async def _called(clocks: Sequence[Clock], store: TimerStore) -> Mapping[UUID, Calls]:
    asked = {clock.id: [sla.event_id(clock, step) for step in sla.calls(clock)] for clock in clocks}
    found = await store.called([name for names in asked.values() for name in names])
    return {clock: {name: found[name] for name in names if name in found} for clock, names in asked.items()}


async def _departures(clocks: Sequence[Clock], store: TimerStore) -> Mapping[UUID, DispatchStatus]:
    opened = {clock.id: clock.opened_by for clock in clocks if clock.opened_by is not None}
    found = await store.dispatch(list(opened.values()))
    return {clock: found[key] for clock, key in opened.items() if key in found}
