"""A claimed message as its channel sends it: rendered, with its document, under its lease."""

from __future__ import annotations

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


def _about(message: Message) -> dict[str, str]:
    return {"message_id": str(message.id), "event_id": message.event_id, "event_name": message.event}
