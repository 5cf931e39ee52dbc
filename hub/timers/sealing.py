"""
Seals over what happened to messages, minute by minute; the head of the chain goes outside once a day,
and an authority may stamp it (RFC 3161).

A minute is sealed once every transaction that was open at its end is over: nothing comes late, and nobody
waits for the seal. Any number of processes may do this; the database lets one at a time. After a crash the
next look finds the same minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import aiohttp
import structlog

from hub.business_time.dates import ZONE
from hub.errors import StorageConflict, Unavailable
from hub.model import Event, own_event
from hub.model.evidence import Horizon, Seal
from hub.operations.evidence.time_stamps import grants, query
from hub.ports import Publisher
from hub.settings import SecretUrl
from hub.storage import PostgresSeals
from hub.tasks import reraise_if_cancelled
from hub.tls import http_context

LOOK: Final = 10.0
"""Seconds between looks for a minute to seal."""
GRACE: Final = timedelta(seconds=5)
"""The database's clock may step back by this much: still nothing is recorded in a sealed minute."""
ASK_AGAIN: Final = timedelta(minutes=10)
"""Between looks whether yesterday's head has a time stamp."""
STUCK: Final = timedelta(minutes=10)
"""A transaction that is open for so long is named in the log: nothing is sealed meanwhile."""
HEAD: Final = "hub.evidence.sealed"

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Sealer:
    """
    `notify` is true if the policy names addresses for the daily head. With it goes the fingerprint of the
    `key` that signs constancias, so that it is known outside.

    `stamp` asks an authority for a time stamp over it, and returns None where that failed.
    """

    store: PostgresSeals
    publisher: Publisher
    notify: bool
    key: str | None = None
    stamp: Callable[[bytes], Awaitable[bytes | None]] | None = None
    horizon: Horizon | None = field(init=False, default=None)
    """The horizon whose open transactions must end first."""
    published: date | None = field(init=False, default=None)
    """The last day whose head this process has published."""
    ask_again_at: datetime | None = field(init=False, default=None)


async def run(sealer: Sealer) -> None:
    """Seal until cancelled. While a server is away, wait for it."""
    while True:
        try:
            await seal(sealer)
        except StorageConflict:
            # Another process seals, or did so at that moment.
            reraise_if_cancelled()
        except Unavailable as exc:
            reraise_if_cancelled()
            log.warning("seals.waiting", error=str(exc))
        except Exception:
            # A fault of ours must not end the hub with it.
            reraise_if_cancelled()
            log.exception("seals.broken")
        await asyncio.sleep(LOOK)


async def seal(sealer: Sealer) -> None:
    """Seal each complete minute; publish the head of yesterday, and have it stamped."""
    until = _complete(sealer, await sealer.store.horizon())
    if until is None:
        return
    while (made := await sealer.store.seal_next(until)) is not None:
        log.info("seals.made", number=made.number, minute=made.minute.isoformat(), count=made.count)
    today = until.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    head = await sealer.store.last_before(today)
    if head is not None:
        await _tell(sealer, head, today)
        await _stamp(sealer, head, until)


def _complete(sealer: Sealer, now: Horizon) -> datetime | None:
    """Return the instant up to which every record is visible; None while that is not known."""
    before = sealer.horizon
    if before is not None and now.oldest <= before.own:
        if now.at - before.at > STUCK:
            log.warning("seals.stuck", since=before.at.isoformat(), to_do="end the transaction that is open")
        return None
    sealer.horizon = now
    return None if before is None else before.at - GRACE


async def _tell(sealer: Sealer, head: Seal, today: datetime) -> None:
    """Publish the head of yesterday, which is whole: a repeat has the same id and the same content."""
    day = (today - timedelta(days=1)).date()
    if sealer.notify and sealer.published != day:
        await sealer.publisher.event(event_of(head, day, today, key=sealer.key))
        sealer.published = day


async def _stamp(sealer: Sealer, head: Seal, now: datetime) -> None:
    """Get a time stamp over the head of yesterday, unless there is one; after a failure, again later."""
    if sealer.stamp is None or (sealer.ask_again_at is not None and now < sealer.ask_again_at):
        return
    sealer.ask_again_at = now + ASK_AGAIN
    if head.number in await sealer.store.stamped(head.number):
        return
    if (reply := await sealer.stamp(head.digest)) is not None:
        await sealer.store.keep_stamp(head.number, reply)
        log.info("seals.stamped", number=head.number)


def event_of(head: Seal, day: date, ended: datetime, *, key: str | None = None) -> Event:
    """Make the event with the head of a day."""
    return own_event(
        HEAD,
        f"seal-head:{day}",
        {
            "day": day.isoformat(),
            "number": head.number,
            "digest": head.digest.hex(),
            **({"key": key} if key is not None else {}),
        },
        time=ended,
    )


TIMEOUT: Final = timedelta(seconds=20)
MOST: Final = 1 << 16
"""Bytes of an answer: a stamp with its certificates has some thousands."""
_HEADERS: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


async def stamp(url: SecretUrl, digest: bytes) -> bytes | None:
    """Return the authority's answer; None unless it grants the stamp. Logs why, without the address."""
    try:
        reply = await _ask(url, query(digest))
    except (aiohttp.ClientError, OSError, TimeoutError) as exc:
        reraise_if_cancelled()
        log.warning("seals.not_stamped", error=type(exc).__name__)
        return None
    if not grants(reply, digest):
        log.warning("seals.not_stamped", error="refused")
        return None
    return reply


async def _ask(url: SecretUrl, request: bytes) -> bytes:
    total = aiohttp.ClientTimeout(total=TIMEOUT.total_seconds())
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=http_context()),
            timeout=total,
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session,
        session.post(url.reveal(), data=request, headers=_HEADERS, allow_redirects=False) as answer,
    ):
        answer.raise_for_status()
        return await answer.content.read(MOST)
