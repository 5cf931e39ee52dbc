"""
For systems that publish events: `Publisher` and `CloudEvent`.

It needs aio-pika, and of the hub nothing but its errors.
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
