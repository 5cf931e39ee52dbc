"""Webhooks and subscriptions as rows, and the bodies and forms that make them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from hub.doors.cells import LINK, STATE, Argument, Cell, Flag
from hub.model import Instant
from hub.model.results import ResultKind
from hub.rendering.labels_es import RESULT_KINDS, WEBHOOK_STATES

Source = Annotated[str, Meta(min_length=1, max_length=255, pattern="^[^\\x00]*$")]
Kinds = Annotated[list[ResultKind], Meta(description="Only these; empty: all.")]


def kinds_es(row: WebhookRow | SubscriptionRow) -> str:
    return ", ".join(RESULT_KINDS[kind] for kind in row.kinds) or "Todos"


class WebhookRow(Struct, kw_only=True):
    """An endpoint without its secret."""

    id: str
    source: Annotated[str, Cell("Origen")]
    url: Annotated[str, Cell("Dirección", LINK)]
    kinds: Annotated[Kinds, Cell("Avisa", value=kinds_es)]
    state: Annotated[
        str, Meta(description="`live`, `failing` or `off`."), Cell("Estado", STATE, words=WEBHOOK_STATES)
    ]
    waiting: Annotated[int, Meta(description="Events that wait for it."), Cell("Esperan")]
    sent_at: Annotated[Instant | None, Meta(description="When it last took events.")]
    failing_since: Instant | None
    last_error: Annotated[str | None, Meta(description="`http_500`, `timeout`, `private_address` …")]
    disabled_at: Annotated[Instant | None, Meta(description="When it was turned off.")]
    created_at: Instant
    created_by: str


class WebhookMade(WebhookRow, kw_only=True):
    """`secret` is shown only here."""

    secret: str


class WebhookSecret(Struct, kw_only=True):
    """`secret` is shown only here; the one before signs as well until `earlier_ends_at`."""

    id: str
    secret: str
    earlier_ends_at: Instant


class WebhookAnswer(Struct, kw_only=True):
    """The response of the endpoint to a call with one event, `notification.test`."""

    taken: bool
    reason: str | None


class WebhookId(Struct, frozen=True, kw_only=True):
    id: str


class SubscriptionRow(Struct, kw_only=True):
    """A subscription over RabbitMQ to the results of a source."""

    source: str
    kinds: Kinds
    key: Annotated[str, Meta(description="The last word of its routing keys: `notification.sent.KEY`.")]
    created_at: Instant
    created_by: str


class SubscriptionSource(Struct, kw_only=True, frozen=True):
    source: str


class SourceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: Annotated[Source, Meta(description="The source of the events."), Argument("SOURCE")]


class SubscriptionBody(SourceBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kinds: Annotated[
        list[ResultKind], Meta(description="Only these; all if there are none."), Flag("--kind")
    ] = []


class WebhookBody(SubscriptionBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: Annotated[Source, Meta(description="The source of the events.")]
    url: Annotated[
        str,
        Meta(max_length=1000, description="https; http only on the hub's own machine."),
        Argument("URL"),
    ]


class WebhookSecretBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    earlier_ends_at: Annotated[
        Annotated[Instant, Meta(description="Both secrets sign until then; by default for a day.")] | None,
        Flag("--old-ends"),
    ] = None


class ResultsForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticked box for each kind of result, by its name."""

    source: Source
    sent: bool = False
    delivered: bool = False
    read: bool = False
    failed: bool = False
    undelivered: bool = False
    cancelled: bool = False

    @property
    def kinds(self) -> list[ResultKind]:
        return [kind for kind in ResultKind if getattr(self, kind.value)]


class WebhookForm(ResultsForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[str, Meta(max_length=1000)] = ""


class OffQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: Source
