"""The shared parts of a process's roles: one of each connection, and the company's rules."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import structlog
from prometheus_client import REGISTRY, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hub import storage
from hub.access.check_rate import CheckRate
from hub.app.connections import open_appointments, open_publisher
from hub.app.known_channels import KnownChannels
from hub.channels import ProviderLimits, build_channels
from hub.channels.registry import names_channels
from hub.client.connection import user_of
from hub.consumers.publisher import BrokerPublisher
from hub.intake.sender_rates import SenderRates
from hub.model import ChannelTraits
from hub.model.incidents import DOCUMENT
from hub.parts.company import CompanyRules
from hub.policy.documents import host_breaker
from hub.ports import Channel
from hub.ports.traces import Tracer
from hub.resilience.breaker import Breakers, Circuit
from hub.resilience.rate_limit import ThrottlePolicy
from hub.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Container:
    """One of each connection, closed together. They connect at first use."""

    settings: Settings
    roles: frozenset[str]
    company: CompanyRules
    database: storage.Database
    publisher: BrokerPublisher
    appointments: storage.RedisAppointments
    breakers: Breakers
    throttle: storage.RedisThrottle
    presence: storage.RedisPresence
    sender_rates: SenderRates
    check_rate: CheckRate
    tracer: Tracer | None = None
    """None: nothing is traced."""

    def channels(self) -> dict[str, Channel]:
        """Build the channels that are configured."""
        return build_channels(
            self.settings,
            self.company.policy,
            compose=self.company.compose,
            verp=self.company.verp,
            store_inbox=storage.PostgresInbox(self.database).add,
            store_letter=storage.PostgresLetters(self.database).add,
            guards=ProviderLimits(breakers=self.breakers, throttle=self.throttle),
        )

    def traits(self) -> Mapping[str, ChannelTraits]:
        """Return the configured channels as planning knows them."""
        return {name: channel.traits for name, channel in self.channels().items()}

    @cached_property
    def known_channels(self) -> KnownChannels | None:
        """The channels of delivery, for an intake whose settings name none; None: they are its own."""
        if "intake" not in self.roles or "delivery" in self.roles or names_channels(self.settings):
            return None
        return KnownChannels(storage.PostgresToldChannels(self.database).told)


@asynccontextmanager
async def open_parts(
    settings: Settings, name: str, roles: frozenset[str] = frozenset()
) -> AsyncIterator[Container]:
    """Open the components of one process with these roles; `name` is shown to RabbitMQ's operator."""
    company = CompanyRules(settings)
    breakers = Breakers(company.policy.breaker, report, {DOCUMENT: host_breaker(company.policy.breaker)})
    circuits = Circuits(breakers)
    REGISTRY.register(circuits)
    async with AsyncExitStack() as stack:
        stack.callback(REGISTRY.unregister, circuits)
        yield Container(
            settings=settings,
            roles=roles,
            company=company,
            database=await stack.enter_async_context(storage.Database(settings.database_url.reveal())),
            publisher=await stack.enter_async_context(open_publisher(settings, f"hub {name} publisher")),
            appointments=await stack.enter_async_context(open_appointments(settings)),
            breakers=breakers,
            throttle=await stack.enter_async_context(_throttle(settings, company.policy.throttle)),
            presence=await stack.enter_async_context(
                aclosing(storage.RedisPresence(settings.redis_url.reveal()))
            ),
            sender_rates=SenderRates(company.policy.intake, own=user_of(settings.amqp_url.reveal())),
            check_rate=CheckRate(time.monotonic),
            tracer=await stack.enter_async_context(_tracing(settings)),
        )


@asynccontextmanager
async def _tracing(settings: Settings) -> AsyncIterator[Tracer | None]:
    if settings.traces_url is None:
        yield None
        return
    # Only a process that traces loads it.
    from hub.app.otlp import OtlpTracer  # noqa: PLC0415

    async with OtlpTracer(settings.traces_url) as tracer:
        yield tracer


def _throttle(
    settings: Settings, policy: ThrottlePolicy
) -> AbstractAsyncContextManager[storage.RedisThrottle]:
    url = settings.redis_url.reveal()
    return aclosing(
        storage.RedisThrottle(url, urgent_share=policy.urgent_share, local_share=policy.local_share)
    )


METRIC: Final = "hub_provider_circuit"

log = structlog.get_logger()


def report(provider: str, channel: str, circuit: Circuit) -> None:
    """Log a change; an open circuit is a warning."""
    level = log.warning if circuit is Circuit.OPEN else log.info
    level("provider.circuit", provider=provider, channel=channel, circuit=circuit.name.lower())


class Circuits(Collector):
    """`hub_provider_circuit{channel, provider}`: 0 closed, 1 half-open, 2 open, as this process sees it."""

    def __init__(self, breakers: Breakers) -> None:
        self._breakers = breakers

    def collect(self) -> Iterator[Metric]:
        gauge = GaugeMetricFamily(
            METRIC,
            "whether this process asks a provider: 0 closed, 1 half-open, 2 open",
            labels=["channel", "provider"],
        )
        for (channel, provider), circuit in self._breakers.states().items():
            gauge.add_metric([channel, provider], circuit)
        yield gauge
