"""Examples of bodies for the OpenAPI document. A test reads each one as the shape that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from hub.desk.nouns import NOUNS
from hub.web.api.accounts import AccountBody, GrantsBody, PersonBody
from hub.web.api.results import SourceBody, SubscriptionBody
from hub.web.api.webhooks import WebhookBody
from hub.web.schemas.letters import BatchBody, PostedBody
from hub.web.schemas.messages import CancelBody, ReasonBody, RedriveBody, RedriveOneBody, SettleBody

_SOURCE: Final = "urn:coproservicios:crm"
_GRANTS: Final = [{"office": "viewer", "copropiedad_id": "ph-altos-del-rosal"}]

BODIES: Final[Mapping[type[Struct], Mapping[str, Any]]] = {
    AccountBody: {"name": "luz.marina", "display_name": "Luz Marina Restrepo", "grants": _GRANTS},
    CancelBody: {"state": "held", "event": "admin.circular.issued", "why": "wrong"},
    RedriveOneBody: {"also_told": True},
    ReasonBody: {"why": "asked"},
    BatchBody: {"copropiedad": "ph-altos-del-rosal"},
    GrantsBody: {"grants": _GRANTS},
    PersonBody: {"person": "per-001"},
    PostedBody: {"guide": "RA123456789CO"},
    RedriveBody: {"state": "failed", "channel": "sms", "since": "2026-03-09T08:00:00-05:00", "dry_run": True},
    SettleBody: {"reason": "data.radicado", "event": "pqrs.received"},
    SourceBody: {"source": _SOURCE},
    SubscriptionBody: {"source": _SOURCE, "kinds": ["sent", "failed"]},
    WebhookBody: {"source": _SOURCE, "url": "https://crm.example/hooks/hub"},
    **{shape: example for noun in NOUNS for shape, example in noun.examples.items()},
}
