"""Examples of bodies for the OpenAPI document. A test reads each one as the shape that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from hub.desk.nouns import NOUNS

_SOURCE: Final = "urn:coproservicios:crm"
_GRANTS: Final = [{"office": "viewer", "copropiedad_id": "ph-altos-del-rosal"}]

BODIES: Final[Mapping[type[Struct], Mapping[str, Any]]] = {
    shape: example for noun in NOUNS for shape, example in noun.examples.items()
}
