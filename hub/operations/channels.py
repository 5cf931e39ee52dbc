"""The channels: their providers, pauses, broken circuits and queues."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct

from hub.channels.registry import BUILDERS, NAMES, OWN
from hub.channels.urls import read_rate
from hub.model import Instant, Json, Lane
from hub.ports import EVERYTHING, RESTORED_BY, IncidentLog, PauseStore, Publisher
from hub.settings import PROVIDERS, Mode, Settings

_INCIDENTS: Final = 500
_CIRCUIT: Final = "circuit"


class PauseRow(Struct, kw_only=True):
    """`subject` is `channel:sms`, `event:pqrs.received` or `all`; a restore's is as old as its copy."""

    subject: str
    since: Instant
    by: str
    reason: str
    ends_at: Annotated[Instant | None, Meta(description="When it ends by itself; null: somebody ends it.")]


class PauseWhole(PauseRow, kw_only=True):
    """A pause, and what leaves when it ends. What only a pause of everything has is null for others."""

    unsent: Annotated[int, Meta(description="Messages that would leave.")]
    older: Annotated[
        int | None, Meta(description="Of those, planned before the pause: perhaps they have left.")
    ]
    oldest_at: Annotated[Instant | None, Meta(description="When the oldest of them was planned.")]
    due_steps: Annotated[int | None, Meta(description="Clocks with a step that is due.")]
    restored: Annotated[
        bool, Meta(description="Whether a restore has paused it: only then `older=cancel` may end it.")
    ]


class ChannelRow(Struct, kw_only=True):
    name: str
    providers: Annotated[list[str], Meta(description="In failover order; empty where it is not configured.")]
    rates: Annotated[
        list[str], Meta(description="Of each provider, as `20/s`: how many it may get at most; empty: any.")
    ]
    broken: Annotated[list[str], Meta(description="Those that are left alone; an incident has the reason.")]
    paused: PauseRow | None
    held: Annotated[int, Meta(description="Messages held for a pause, of the channel or of their event.")]
    urgent: Annotated[int, Meta(description="Of those, the ones of the urgent lane.")]
    waiting: Annotated[dict[str, int], Meta(description="Tickets that wait for a worker, by lane.")]


def providers_of(settings: Settings) -> dict[str, Sequence[str]]:
    """Return each channel's providers without their secrets."""
    captured = BUILDERS if settings.mode is Mode.CAPTURE else ()
    urls = {name: tuple(url.shown for url in urls) for name, urls in settings.providers.items()}
    return {**dict.fromkeys(OWN, ("hub",)), **dict.fromkeys(captured, ("capture",)), **urls}


def rates_of(settings: Settings) -> dict[str, Sequence[str]]:
    """Return the rate of each channel's providers in the same order; empty for one without a limit."""
    return {
        name: [str(read_rate(url.reveal(), setting=PROVIDERS[name]) or "") for url in urls]
        for name, urls in settings.providers.items()
    }


Depths: TypeAlias = Mapping[str, dict[str, int]]
"""Channel → lane → tickets that wait for a worker."""


async def read_depths(publisher: Publisher) -> Depths:
    """Ask the broker how much waits in the queue of each channel and lane."""
    return {name: {str(lane): await publisher.depth(name, lane) for lane in Lane} for name in NAMES}


async def read_channels(
    pauses: PauseStore, depths: Depths, incidents: IncidentLog, settings: Settings
) -> list[ChannelRow]:
    """List the channels: whether each is paused or broken, and how many messages wait."""
    providers, rates = providers_of(settings), rates_of(settings)
    broken = await _broken(incidents)
    paused = {row["subject"]: msgspec.convert(row, PauseRow) for row in await pauses.pauses()}
    held, urgent = Counter[str](), Counter[str]()
    for row in await pauses.held():
        held[row["channel"]] += row["held"]
        urgent[row["channel"]] += row["urgent"]
    return [
        ChannelRow(
            name=name,
            providers=list(providers.get(name, ())),
            rates=list(rates.get(name, ())),
            broken=broken[name],
            paused=paused.get(f"channel:{name}") or paused.get(EVERYTHING),
            held=held[name],
            urgent=urgent[name],
            waiting=depths[name],
        )
        for name in NAMES
    ]


async def read_pause(store: PauseStore, subject: str) -> PauseWhole | None:
    """Return a pause with what waits for its end; None if there is none."""
    found = next((row for row in await store.pauses() if row["subject"] == subject), None)
    if found is None:
        return None
    if subject != EVERYTHING:
        held = [row for row in await store.held() if subject in _subjects(row)]
        waits: dict[str, object] = {"unsent": sum(row["held"] for row in held)}
        return msgspec.convert({**found, **waits, **_OF_ALL}, PauseWhole)
    rows = await store.unsent()
    waits = {
        "unsent": sum(row["unsent"] for row in rows),
        "older": sum(row["before"] for row in rows),
        "oldest_at": min((row["oldest_at"] for row in rows), default=None),
        "due_steps": await store.due_steps(),
        "restored": found["by"] == RESTORED_BY,
    }
    return msgspec.convert({**found, **waits}, PauseWhole)


_OF_ALL: Final = {"older": None, "oldest_at": None, "due_steps": None, "restored": False}


def _subjects(row: Mapping[str, Json]) -> tuple[str, str]:
    return f"channel:{row['channel']}", f"event:{row['event']}"


async def _broken(incidents: IncidentLog) -> Mapping[str, list[str]]:
    """Return channel → its providers whose circuit is open."""
    broken = defaultdict[str, list[str]](list)
    for incident in await incidents.incidents(_INCIDENTS):
        kind, _, place = incident.key.partition(":")
        if kind == _CIRCUIT and incident.resolved_at is None:
            channel, _, provider = place.partition(":")
            broken[channel].append(provider)
    return broken
