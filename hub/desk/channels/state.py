"""Channels as they are, by settings, pauses, incidents and the broker."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from hub.channels.registry import BUILDERS, NAMES, OWN
from hub.channels.urls import read_rate
from hub.desk.channels import queries
from hub.desk.channels.rows import ChannelRow, HeldRow, PauseRow, PauseWhole
from hub.model import Lane
from hub.parts.stores import Stores
from hub.ports import EVERYTHING, Publisher
from hub.settings import PROVIDERS, Mode, Settings
from hub.storage import PostgresMonitor
from hub.storage.database import Database

_INCIDENTS: Final = 500
_CIRCUIT: Final = "circuit"

Depths: TypeAlias = Mapping[str, dict[str, int]]
"""Channel → lane → tickets that wait for a worker."""


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


async def read_depths(publisher: Publisher) -> Depths:
    """Ask the broker for the length of the queue of each channel and lane."""
    return {name: {str(lane): await publisher.depth(name, lane) for lane in Lane} for name in NAMES}


async def read_channels(stores: Stores, depths: Depths) -> list[ChannelRow]:
    """List the channels: whether each is paused or broken, and how many messages wait."""
    providers, rates = providers_of(stores.settings), rates_of(stores.settings)
    broken = await _broken(stores.incidents)
    paused = {row.subject: row for row in await queries.pauses(stores.database)}
    held, urgent = Counter[str](), Counter[str]()
    for row in await queries.held(stores.database):
        held[row.channel] += row.held
        urgent[row.channel] += row.urgent
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


async def read_pause(db: Database, subject: str) -> PauseWhole | None:
    """Return a pause with the messages and steps that wait for its end; None if there is none."""
    found = next((row for row in await queries.pauses(db) if row.subject == subject), None)
    if found is None:
        return None
    return await (_of_everything(db, found) if subject == EVERYTHING else _of_one(db, found))


async def _of_one(db: Database, pause: PauseRow) -> PauseWhole:
    return PauseWhole(
        **msgspec.structs.asdict(pause),
        unsent=sum(row.held for row in await queries.held(db) if pause.subject in _subjects(row)),
        older=None,
        oldest_at=None,
        due_steps=None,
        restored=False,
    )


async def _of_everything(db: Database, pause: PauseRow) -> PauseWhole:
    rows = await queries.unsent(db)
    return PauseWhole(
        **msgspec.structs.asdict(pause),
        unsent=sum(row.unsent for row in rows),
        older=sum(row.before for row in rows),
        oldest_at=min((row.oldest_at for row in rows), default=None),
        due_steps=await queries.due_steps(db),
        restored=pause.is_restored,
    )


def _subjects(row: HeldRow) -> tuple[str, str]:
    return f"channel:{row.channel}", f"event:{row.event}"


async def _broken(incidents: PostgresMonitor) -> Mapping[str, list[str]]:
    """Return channel → its providers whose circuit is open."""
    broken = defaultdict[str, list[str]](list)
    for incident in await incidents.incidents(_INCIDENTS):
        kind, _, place = incident.key.partition(":")
        if kind == _CIRCUIT and incident.resolved_at is None:
            channel, _, provider = place.partition(":")
            broken[channel].append(provider)
    return broken
