"""
Alerts to the desk about people whom no channel has reached in an emergency.

The messages of an emergency go out by all channels at once, and each may fail long after planning. This work
gathers the people whose every message is lost: one alert for all of them, and at most one a minute for each
event. A crash before the mark repeats the alert, under the same id if it names the same people.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

import structlog

from hub.messages.planning.unreached_people import alert_of, is_over, people_of
from hub.timers.deps import Timers

GATHER: Final = timedelta(seconds=5)
"""How long after the first lost message the alert waits for others: they mostly fail together."""
PAUSE: Final = timedelta(minutes=1)
"""Between two alerts about the same event."""
AT_ONCE: Final = 2000

log = structlog.get_logger()


async def alert_unreached(timers: Timers) -> bool:
    """Publish an alert for each event with people who are unreached, and mark them as named."""
    store = timers.emergencies
    lost = await store.lost_recipients(AT_ONCE, gather=GATHER, pause=PAUSE)
    events = await store.events_of({found.event_key for found in lost}) if lost else {}
    for key, of_event in groupby(lost, attrgetter("event_key")):
        people = people_of(of_event)
        if key in events and not is_over(events[key]):
            await timers.publisher.event(alert_of(people, events[key], now=timers.now()))
            log.warning("emergency.unreached", event_id=events[key].event.id, people=len(people))
        await store.mark_alerted(key, [messages[0].person for messages in people])
    return False
