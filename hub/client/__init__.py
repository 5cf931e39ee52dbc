"""
For systems that publish events: `Publisher` and `CloudEvent`.

A wheel of its own (`client/pyproject.toml`): it needs aio-pika, and of the hub nothing but the lowest rooms.
"""

from hub.client.event import CloudEvent
from hub.client.publisher import Publisher, Receipt
from hub.errors import (
    BrokerUnavailable,
    ConfigurationError,
    EventRefused,
    EventUnconfirmed,
    EventUnroutable,
    InvalidEvent,
)

__all__ = [
    "BrokerUnavailable",
    "CloudEvent",
    "ConfigurationError",
    "EventRefused",
    "EventUnconfirmed",
    "EventUnroutable",
    "InvalidEvent",
    "Publisher",
    "Receipt",
]
