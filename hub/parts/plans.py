"""Plans of communications, of the stores of a process: the desk makes them, and the timers the large ones."""

from __future__ import annotations

from hub.channels.registry import first_of
from hub.channels.urls import read_rate
from hub.operations.communications.planning import Planning
from hub.parts.stores import Stores
from hub.settings import PROVIDERS


def planning_of(stores: Stores) -> Planning:
    """Return what a plan needs."""
    providers = stores.settings.providers
    rates = {
        name: [rate for url in urls if (rate := read_rate(url.reveal(), setting=PROVIDERS[name])) is not None]
        for name, urls in providers.items()
    }
    return Planning(
        database=stores.database,
        store=stores.communications,
        check=lambda event, now: stores.schemas.check(event, now=now),
        schema=lambda event: stores.schemas.by_name[event].document,
        run_dry=stores.dry_run,
        texts=stores.company.digest_of_texts,
        policy=stores.policy,
        rates=rates,
        providers=first_of(stores.settings),
        places=stores.directory.place_names,
        now=stores.now,
    )
