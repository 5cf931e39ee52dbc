"""Publication of a list of events, with the number that the broker confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from hub.errors import BrokerUnavailable
from hub.model import Event
from hub.ports import Publisher

_IN_FLIGHT: Final = 64
"""A confirm takes about as long as a disk write, so events are published concurrently."""


@dataclass(frozen=True, slots=True)
class Sent:
    """`accepted` events are confirmed. The others may have arrived too, so a retry must be idempotent."""

    accepted: int
    failure: BrokerUnavailable | None = None


async def send(publisher: Publisher, events: Sequence[Event], *, caller: str | None = None) -> Sent:
    """
    Publish in order; stop at the first part of the list that the broker does not confirm.

    Events of a `caller` count on their rate; those without are the hub's own, or its operator's.
    """
    publish = partial(publisher.event, caller=caller)
    accepted = 0
    for start in range(0, len(events), _IN_FLIGHT):
        part = events[start : start + _IN_FLIGHT]
        results = await asyncio.gather(*map(publish, part), return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        accepted += len(results) - len(failures)
        for failure in failures:
            if not isinstance(failure, BrokerUnavailable):
                raise failure
        if failures:
            return Sent(accepted, BrokerUnavailable(str(failures[0])))
    return Sent(accepted)


async def send_all(publisher: Publisher, events: Sequence[Event]) -> None:
    """Publish the hub's own events. Raises BrokerUnavailable unless all are confirmed."""
    sent = await send(publisher, events)
    if sent.failure is not None:
        raise sent.failure
