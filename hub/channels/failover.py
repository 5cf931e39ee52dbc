"""
The providers of one channel, in order: the first healthy one sends, and the answer names it.

Each has a breaker and may have a rate. An unknown outcome ends the send: another provider cannot detect
the first one's copy. Only the retry may repeat the message, and it tries the same provider first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from msgspec import structs

from hub.channels.connection_slots import waiting
from hub.channels.failures import Blame, blame
from hub.errors import SendFailure, TransientFailure
from hub.model import Accepted, ChannelTraits, Outgoing
from hub.ports import Channel, Throttle
from hub.resilience.breaker import CIRCUIT_OPEN, Breaker, Circuit, Permit
from hub.resilience.rate_limit import Rate

THROTTLED: Final = "throttled"
NO_TIME: Final = "no_time"
TURN_WAIT: Final = timedelta(seconds=1)
"""How long a message waits here for the rate; if the wait is longer, it is retried later."""
_LAST_WORD: Final = timedelta(milliseconds=500)
"""Time left of the lease when a provider is cut off, enough to record which provider it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider. `name` identifies it in attempts, metrics and logs; `rate` is its limit, if any."""

    name: str
    channel: Channel
    breaker: Breaker
    rate: Rate | None = None


class Failover:
    """Calls each provider at most once per send. `timeout` bounds one provider."""

    def __init__(self, providers: Sequence[Provider], *, throttle: Throttle, timeout: timedelta) -> None:
        traits = [provider.channel.traits for provider in providers]
        # Wait for receipts only if every provider sends them.
        self.traits: ChannelTraits = replace(traits[0], confirms=all(trait.confirms for trait in traits))
        self.providers = tuple(providers)
        self._throttle = throttle
        self._timeout = timeout

    async def send(self, outgoing: Outgoing) -> Accepted:
        failures: list[SendFailure] = []
        unasked: list[TransientFailure] = []
        for provider in self._in_order(outgoing.unsure_of):
            if failures and _time_left(outgoing) <= self._timeout:
                # Cut off midway, the next provider's outcome would be unknown: leave it to a retry.
                unasked.append(TransientFailure(NO_TIME, provider=provider.name, untried=True))
                break
            try:
                answer = await self._ask(provider, outgoing)
            except SendFailure as failure:
                if isinstance(failure, TransientFailure) and failure.untried:
                    unasked.append(failure)
                else:
                    failures.append(failure)
                if not _may_try_next(failure):
                    break
            else:
                return structs.replace(answer, provider=provider.name, earlier=tuple(failures))
        raise _combined(failures, unasked)

    async def aclose(self) -> None:
        for provider in self.providers:
            await provider.channel.aclose()

    def _in_order(self, unsure_of: str | None) -> Iterable[Provider]:
        """Put the provider that may already have the message first: it may detect the duplicate."""
        first = [provider for provider in self.providers if provider.name == unsure_of]
        if not first or first[0].breaker.circuit is not Circuit.CLOSED:
            return self.providers
        return (*first, *(provider for provider in self.providers if provider not in first))

    async def _ask(self, provider: Provider, outgoing: Outgoing) -> Accepted:
        given = await self._admitted(provider, outgoing)
        began = time.monotonic()
        try:
            with waiting() as waited:
                answer = await self._sent(provider, outgoing)
        except SendFailure as failure:
            took = _since(began)
            if isinstance(failure, TransientFailure) and failure.untried:
                provider.breaker.abandon(given)
            else:
                fault = blame(failure) is Blame.PROVIDER
                provider.breaker.leave(given, time.monotonic(), fault=fault, took=took - waited.total)
            raise failure.attributed_to(provider.name, took=took) from failure
        except BaseException:
            provider.breaker.abandon(given)
            raise
        provider.breaker.leave(given, time.monotonic(), fault=False, took=_since(began) - waited.total)
        return answer

    async def _sent(self, provider: Provider, outgoing: Outgoing) -> Accepted:
        bound = max(self._timeout, _time_left(outgoing) - _LAST_WORD)
        try:
            async with asyncio.timeout(None if outgoing.until is None else bound.total_seconds()):
                return await provider.channel.send(outgoing)
        except TimeoutError as exc:
            # The channel has its own, shorter time-outs; this one fires only if they all fail.
            raise TransientFailure("timeout", unknown=True) from exc

    async def _admitted(self, provider: Provider, outgoing: Outgoing) -> Permit:
        """Pass the breaker and the rate; raises a `TransientFailure` that is `untried`."""
        if not provider.breaker.wait(time.monotonic()):
            await self._wait_for_turn(provider, outgoing)
        given = provider.breaker.enter(time.monotonic())
        if given is None:
            wait = provider.breaker.wait(time.monotonic())
            raise TransientFailure(CIRCUIT_OPEN, provider=provider.name, retry_after=wait, untried=True)
        return given

    async def _wait_for_turn(self, provider: Provider, outgoing: Outgoing) -> None:
        if provider.rate is None:
            return
        key, patience = f"{self.traits.name}:{provider.name}", TURN_WAIT
        while wait := await self._throttle.take(key, provider.rate, outgoing.message.lane):
            if wait > min(patience, _time_left(outgoing) - self._timeout):
                raise TransientFailure(THROTTLED, provider=provider.name, retry_after=wait, untried=True)
            patience -= wait
            await asyncio.sleep(wait.total_seconds())


def _time_left(outgoing: Outgoing) -> timedelta:
    if outgoing.until is None:
        return timedelta.max
    return timedelta(seconds=outgoing.until - time.monotonic())


def _since(began: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - began)


def _may_try_next(failure: SendFailure) -> bool:
    """Return whether to try the next provider. Not after throttling, even if another has capacity."""
    if isinstance(failure, TransientFailure) and (failure.unknown or failure.reason == THROTTLED):
        return False
    return blame(failure) is not Blame.MESSAGE


def _combined(failures: Sequence[SendFailure], unasked: Sequence[TransientFailure]) -> SendFailure:
    """
    Combine the failures: the last one, made transient while some provider may still accept.

    If the second provider filters the message but the first only timed out, a retry may succeed.
    """
    if not failures:
        return min(unasked, key=_retry_after)
    last, earlier = failures[-1], tuple(failures[:-1])
    hopes = [failure for failure in (*failures, *unasked) if isinstance(failure, TransientFailure)]
    if not hopes or not _may_try_next(last) or hopes == [last]:
        return last.attributed_to(last.provider, took=last.took, earlier=earlier)
    softened = TransientFailure(
        last.reason,
        provider=last.provider,
        code=last.code,
        retry_after=min(map(_retry_after, hopes)),
        ours=all(failure.ours for failure in hopes if failure not in unasked),
    )
    return softened.attributed_to(last.provider, took=last.took, earlier=earlier)


def _retry_after(failure: TransientFailure) -> timedelta:
    return failure.retry_after or timedelta(0)
