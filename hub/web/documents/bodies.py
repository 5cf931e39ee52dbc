"""Examples of bodies for the OpenAPI document. A test reads each one as the shape that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from hub.desk.nouns import NOUNS
from hub.web.schemas.messages import CancelBody, ReasonBody, RedriveBody, RedriveOneBody

_SOURCE: Final = "urn:coproservicios:crm"
_GRANTS: Final = [{"office": "viewer", "copropiedad_id": "ph-altos-del-rosal"}]

BODIES: Final[Mapping[type[Struct], Mapping[str, Any]]] = {
    CancelBody: {"state": "held", "event": "admin.circular.issued", "why": "wrong"},
    RedriveOneBody: {"also_told": True},
    ReasonBody: {"why": "asked"},
    RedriveBody: {"state": "failed", "channel": "sms", "since": "2026-03-09T08:00:00-05:00", "dry_run": True},
    **{shape: example for noun in NOUNS for shape, example in noun.examples.items()},
}
