"""Publishing what was registered: by whoever registers it, else by the timers."""

from __future__ import annotations

from contextlib import suppress

from hub.cloudevents import CONTENT_TYPE, decode
from hub.errors import BrokerUnavailable
from hub.model.registrations import Registering, Registration
from hub.ports import Publisher
from hub.storage import radicados
from hub.storage.database import Database, Runner


async def register(
    db: Database, publisher: Publisher, asked: Registering, make: radicados.Make
) -> Registration:
    """Give a number to what was registered, and publish it; without a broker the timers do that."""
    done = await radicados.register(db, asked, make)
    with suppress(BrokerUnavailable):
        await publish(db, publisher, done)
    return done


async def publish(run: Runner, publisher: Publisher, registration: Registration) -> None:
    """
    Publish the event of a registration, and forget its bytes. Raises BrokerUnavailable.

    Killed in between it is published again: intake drops the second one as a duplicate.
    """
    if registration.event is not None:
        await publisher.event(decode(registration.event, CONTENT_TYPE, {}))
        await radicados.published(run, registration.id)
