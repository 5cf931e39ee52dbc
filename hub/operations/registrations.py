"""Publishing what was registered: by whoever registers it, else by the timers."""

from __future__ import annotations

from hub.cloudevents import CONTENT_TYPE, decode
from hub.model.registrations import Registration
from hub.ports import Publisher
from hub.storage import radicados
from hub.storage.database import Runner


async def publish(run: Runner, publisher: Publisher, registration: Registration) -> None:
    """
    Publish the event of a registration, and forget its bytes. Raises BrokerUnavailable.

    Killed in between it is published again: intake drops the second one as a duplicate.
    """
    if registration.event is not None:
        await publisher.event(decode(registration.event, CONTENT_TYPE, {}))
        await radicados.published(run, registration.id)
