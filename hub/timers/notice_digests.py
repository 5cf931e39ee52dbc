"""
Digests of notices: one message of the service messages that wait, for each person who wants that.

A digest is made in one transaction with its messages, published until the broker has confirmed it, and
settled by what became of its own message. After a kill anywhere the next look goes on, and nothing is sent
twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

import structlog

from hub.messages.delivery.notice_digest import GATHER
from hub.model import Json
from hub.model.notice_digests import HeldNotice, NoticeDigest, digest_id
from hub.rendering.notice_items_es import item_of
from hub.timers.deps import Timers

PAGE: Final = 1000
"""Waiting messages that one statement reads, and digests that one settles."""
AT_ONCE: Final = 100
"""Digests that are published before others are made."""
MOST: Final = 30
"""Notices of one digest. The others leave by themselves."""
LONGEST: Final = 60_000
"""Characters of one digest: mail programs cut what is longer."""
FEWEST: Final = 2
"""A digest of one notice would be that notice, later."""
SURE_AFTER: Final = timedelta(hours=24)
"""An accepted mail may come back until then; a digest that intake does not know by then is lost."""

log = structlog.get_logger()


async def keep_digests(timers: Timers) -> bool:
    """Make the digests that are due, publish them, and settle what became of earlier ones."""
    await _publish(timers)
    made = await _make(timers)
    await _publish(timers)
    freed = await _settle(timers)
    if made or freed:
        log.info("digests.kept", made=made, given_back=freed)
    return False


async def _make(timers: Timers) -> int:
    now, made, after = timers.now(), 0, ""
    while page := await timers.digests.waiting(now, now + GATHER, after=after, limit=PAGE):
        for notices in _whole_people(page):
            made += await timers.digests.make(notices, compose) is not None
            # Notices in no digest: a single one, those above the most, and those that came meanwhile.
            await timers.digests.release([notice.id for notice in notices])
            after = notices[0].person
        if made >= AT_ONCE:
            await _publish(timers)
        if len(page) < PAGE:
            break
    return made


def _whole_people(page: Sequence[HeldNotice]) -> Iterator[Sequence[HeldNotice]]:
    """Yield the notices of each person; a full page may cut off its last person, who has the next page."""
    people = [list(notices) for _, notices in groupby(page, attrgetter("person"))]
    yield from people[:-1] if len(page) == PAGE and len(people) > 1 else people


def compose(notices: Sequence[HeldNotice]) -> NoticeDigest | None:
    """Make the digest of one person's notices; None where it would have only one."""
    items: dict[str, dict[str, Json]] = {}
    left_over = LONGEST
    taken: list[HeldNotice] = []
    for notice in sorted(notices, key=lambda notice: (notice.event_time, notice.event_id)):
        key = notice.event_key.hex
        if key not in items:
            item = _item(notice)
            size = len(str(item))
            if len(items) == MOST or size > left_over:
                continue
            items[key], left_over = item, left_over - size
        taken.append(notice)
    if len(items) < FEWEST:
        return None
    due_at = min(notice.next_at for notice in taken) - GATHER
    person, places = taken[0].person, {notice.copropiedad_id for notice in taken}
    [*one] = places
    data: dict[str, Json] = {
        "digest_id": digest_id(person, due_at),
        "resident": {"ref": person},
        **({"copropiedad_id": one[0]} if len(one) == 1 and one[0] else {}),
        "items": list(items.values()),
    }
    return NoticeDigest(person=person, due_at=due_at, messages=[notice.id for notice in taken], data=data)


def _item(notice: HeldNotice) -> dict[str, Json]:
    return {
        "event": notice.event,
        "event_id": notice.event_id,
        "at": notice.event_time.isoformat(),
        **({"building": notice.building} if notice.building else {}),
        **item_of(notice.event, notice.data or {}),
    }


async def _publish(timers: Timers) -> None:
    while page := await timers.digests.unpublished(AT_ONCE):
        for digest in page:
            await timers.publisher.event(digest.event())
            await timers.digests.mark_published(digest)


async def _settle(timers: Timers) -> int:
    after, freed = None, 0
    while True:
        after, given_back = await timers.digests.settle(after, PAGE, sure_after=SURE_AFTER)
        freed += given_back
        if after is None:
            return freed
