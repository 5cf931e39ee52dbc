"""Consumers of intake: a queue per lane, so that a flood in one never delays another."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from hub.consumers.topology import events_queue
from hub.consumers.worker import Consumer
from hub.intake import process_batch
from hub.intake.decode import IntakeContext
from hub.intake.source_bindings import SourceBindings
from hub.model import Lane
from hub.ports import Appointments, IntakeStore, Now, Publisher

BATCH: Final = 200
"""Events per transaction at most; a batch takes what has arrived and never waits for more."""


def consumers(
    *,
    context: IntakeContext,
    senders: SourceBindings,
    store: IntakeStore,
    publisher: Publisher,
    appointments: Appointments,
    now: Now,
) -> list[Consumer]:
    """Make the consumers of all lanes."""
    handle = partial(
        process_batch.process_batch,
        senders=senders,
        store=store,
        publisher=publisher,
        appointments=appointments,
        now=now,
    )
    bury = partial(
        process_batch.store_dead_letter, senders=senders, store=store, publisher=publisher, now=now
    )
    return [
        Consumer(
            queue=events_queue(lane),
            handle=partial(handle, context=replace(context, lane=lane)),
            bury=bury,
            batch=BATCH,
            lane=lane,
        )
        for lane in Lane
    ]
