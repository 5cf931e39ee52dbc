"""
The providers of one channel, in order: the first that is well sends, and the answer says who.

Each has a breaker and may have a rate. An outcome that nobody knows ends the send: another provider
knows nothing of the first one's copy, so only the retry may repeat it, and it asks the same one first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

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
"""How long a message waits here for its turn at the rate; one that must wait longer comes again."""
_LAST_WORD: Final = timedelta(milliseconds=500)
"""Left of the lease when a provider is cut short, so that it is still we who tell who it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One of the pool. `name` is what attempts, metrics and logs call it; `rate` its limit, if it has one."""

    name: str
    channel: Channel
    breaker: Breaker
    rate: Rate | None = None


class Failover:
    """Asks each provider at most once a send. `timeout` is what one of them may take."""

    def __init__(self, providers: Sequence[Provider], *, throttle: Throttle, timeout: timedelta) -> None:
        traits = [provider.channel.traits for provider in providers]
        # A receipt is waited for only where it will come, whoever sends.
        self.traits: ChannelTraits = replace(traits[0], confirms=all(trait.confirms for trait in traits))
        self.providers = tuple(providers)
        self._throttle = throttle
        self._timeout = timeout

    async def send(self, outgoing: Outgoing) -> Accepted:
        said: list[SendFailure] = []
        unasked: list[TransientFailure] = []
        for provider in self._in_order(outgoing.unsure_of):
            if said and _left(outgoing) <= self._timeout:
                # Cut in the middle, the next one's answer would be unknown: it is asked another time.
                unasked.append(TransientFailure(NO_TIME, provider=provider.name, untried=True))
                break
            try:
                answer = await self._ask(provider, outgoing)
            except SendFailure as failure:
                if isinstance(failure, TransientFailure) and failure.untried:
                    unasked.append(failure)
                else:
                    said.append(failure)
                if not _goes_on(failure):
                    break
            else:
                return replace(answer, provider=provider.name, earlier=tuple(said))
        raise _together(said, unasked)

    async def aclose(self) -> None:
        for provider in self.providers:
            await provider.channel.aclose()

    def _in_order(self, unsure_of: str | None) -> Iterable[Provider]:
        """Whoever may have the message already comes first: it may know it again."""
        first = [provider for provider in self.providers if provider.name == unsure_of]
        if not first or first[0].breaker.circuit is not Circuit.CLOSED:
            return self.providers
        return (*first, *(one for one in self.providers if one not in first))

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
        bound = max(self._timeout, _left(outgoing) - _LAST_WORD)
        try:
            async with asyncio.timeout(None if outgoing.until is None else bound.total_seconds()):
                return await provider.channel.send(outgoing)
        except TimeoutError as exc:
            # The channel has its own, shorter time-outs; this one only says that none of them worked.
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
            if wait > min(patience, _left(outgoing) - self._timeout):
                raise TransientFailure(THROTTLED, provider=provider.name, retry_after=wait, untried=True)
            patience -= wait
            await asyncio.sleep(wait.total_seconds())


def _left(outgoing: Outgoing) -> timedelta:
    if outgoing.until is None:
        return timedelta.max
    return timedelta(seconds=outgoing.until - time.monotonic())


def _since(began: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - began)


def _goes_on(failure: SendFailure) -> bool:
    """Tell whether the next provider is asked. A rate is kept also where another one would have room."""
    if isinstance(failure, TransientFailure) and (failure.unknown or failure.reason == THROTTLED):
        return False
    return blame(failure) is not Blame.MESSAGE


def _together(said: Sequence[SendFailure], unasked: Sequence[TransientFailure]) -> SendFailure:
    """
    Answer what all of them mean: the last word, softened while anybody may still say yes.

    A carrier's filter at the second is not the end while the first only did not answer.
    """
    if not said:
        return min(unasked, key=_wish)
    last, earlier = said[-1], tuple(said[:-1])
    hopes = [failure for failure in (*said, *unasked) if isinstance(failure, TransientFailure)]
    if not hopes or not _goes_on(last) or hopes == [last]:
        return last.attributed_to(last.provider, took=last.took, earlier=earlier)
    softened = TransientFailure(
        last.reason,
        provider=last.provider,
        code=last.code,
        retry_after=min(map(_wish, hopes)),
        ours=all(failure.ours for failure in hopes if failure not in unasked),
    )
    return softened.attributed_to(last.provider, took=last.took, earlier=earlier)


def _wish(failure: TransientFailure) -> timedelta:
    return failure.retry_after or timedelta(0)
