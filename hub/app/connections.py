"""Connections of a process besides the database: the appointments, a publisher."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, aclosing

from hub import storage
from hub.consumers.publisher import BrokerPublisher
from hub.settings import Settings


def open_appointments(settings: Settings) -> AbstractAsyncContextManager[storage.RedisAppointments]:
    """Open the appointments and the boards of clocks."""
    return aclosing(storage.RedisAppointments(settings.redis_url.reveal()))


def open_publisher(
    settings: Settings, name: str = "hub command"
) -> AbstractAsyncContextManager[BrokerPublisher]:
    """Open a publisher with confirms; `name` is shown to RabbitMQ's operator."""
    return aclosing(BrokerPublisher(settings.amqp_url.reveal(), name))
