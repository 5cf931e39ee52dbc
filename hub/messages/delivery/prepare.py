"""Prepared messages: rendered, with their documents, under their lease, as their channels send them."""

from __future__ import annotations

from uuid import UUID

import structlog
from msgspec.structs import replace

from hub.errors import TemplateFailure
from hub.messages.delivery.decisions import fail_unsent
from hub.messages.delivery.deps import DeliveryDeps, Lease
from hub.model import Claimed, Message, Outcome, Outgoing

log = structlog.get_logger()


def prepare(claimed: Claimed, lease: Lease, deps: DeliveryDeps) -> Outgoing | Outcome:
    """Render the message; return its outcome if its template fails or its channel is not configured."""
    message = claimed.message
    if message.channel not in deps.channels:
        return fail_unsent(claimed, "not_configured")
    try:
        rendered = deps.render(claimed)
    except TemplateFailure as exc:
        log.error("template.failed", **_about(message), error=str(exc))
        return fail_unsent(claimed, exc.reason)
    except Exception:
        # A fault of ours must not end the ticket's other messages.
        log.exception("template.broken", **_about(message))
        return fail_unsent(claimed, "template")
    if claimed.exclusion is not None and rendered.facts is not None:
        rendered = replace(rendered, facts=replace(rendered.facts, exclusion=claimed.exclusion))
    return Outgoing(
        message=message,
        rendered=rendered,
        until=lease.until,
        unsure_of=claimed.unsure_of,
        attachment=claimed.document.content if claimed.document is not None else b"",
    )


class Prepared:
    """The prepared messages of a ticket: a rule may need one before its turn, and none is rendered twice."""

    def __init__(self, lease: Lease, deps: DeliveryDeps) -> None:
        self._lease, self._deps = lease, deps
        self._kept: dict[UUID, Outgoing] = {}

    def keep(self, claimed: Claimed) -> Outgoing | Outcome:
        """Prepare a message whose turn is to come."""
        prepared = prepare(claimed, self._lease, self._deps)
        if isinstance(prepared, Outgoing):
            self._kept[claimed.message.id] = prepared
        return prepared

    def take(self, claimed: Claimed) -> Outgoing | Outcome:
        """Return a message whose turn has come."""
        return self._kept.pop(claimed.message.id, None) or prepare(claimed, self._lease, self._deps)


def _about(message: Message) -> dict[str, str]:
    return {"message_id": str(message.id), "event_id": message.event_id, "event_name": message.event}
