"""Webhooks: where results go by HTTP, for publishers without RabbitMQ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from hub.model.json import Json
from hub.model.results import ResultSubscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(ResultSubscription):
    """
    An endpoint, with the secrets that sign its calls, sealed.

    The earlier secret signs as well until it ends. All its events go out in order, so that tries and the
    next one are the endpoint's. `waiting` counts its events in lists. A URL may hold a secret: it is never
    logged.
    """

    url: str = field(repr=False)
    secret: str = field(repr=False)
    earlier_secret: str | None = field(default=None, repr=False)
    earlier_ends_at: datetime | None = None
    tries: int = 0
    failing_since: datetime | None = None
    last_error: str | None = None
    sent_at: datetime | None = None
    disabled_at: datetime | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """An event that waits for an endpoint, as it will be sent."""

    event_id: str
    event: Mapping[str, Json]


class LateWebhook(Struct, frozen=True, kw_only=True):
    """An endpoint that is on, and how long its oldest event waits."""

    id: str
    source: str
    error: str
    age: timedelta


class WebhookFigures(Struct, frozen=True, kw_only=True):
    """How many endpoints are well, failing and off, and the events that wait for those that are on."""

    on: int
    failing: int
    off: int
    waiting: int
    oldest: timedelta
