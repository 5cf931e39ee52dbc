"""Plans of communications, of the stores of a process: the desk makes them, and the timers the large ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from hub.channels.registry import first_of
from hub.channels.urls import read_rate
from hub.model.documents import LinkedDocument
from hub.operations.communications.planning import Planning
from hub.parts.stores import Stores
from hub.rendering.paper.pages import count_pages
from hub.resilience.rate_limit import Rate
from hub.settings import PROVIDERS
from hub.storage.communication_drafts import StoredFile


def rates_of(stores: Stores) -> Mapping[str, Sequence[Rate]]:
    """Return channel → the rates of its providers that have one, in their order."""
    return {
        name: [rate for url in urls if (rate := read_rate(url.reveal(), setting=PROVIDERS[name])) is not None]
        for name, urls in stores.settings.providers.items()
    }


async def _pages(stores: Stores, files: Sequence[StoredFile]) -> int:
    if not files:
        return 0
    sent, content = files[0], await stores.communications.content(files[0].sha256)
    return await count_pages(LinkedDocument(kind=sent.kind, name=sent.name, content=content or b""))


def planning_of(stores: Stores) -> Planning:
    """Return what a plan needs."""
    return Planning(
        database=stores.database,
        store=stores.communications,
        check=lambda event, now: stores.schemas.check(event, now=now),
        schema=lambda event: stores.schemas.by_name[event].document,
        run_dry=stores.dry_run,
        texts=stores.company.digest_of_texts,
        policy=stores.policy,
        rates=rates_of(stores),
        providers=first_of(stores.settings),
        pages=partial(_pages, stores),
        places=stores.directory.place_names,
        now=stores.now,
    )
