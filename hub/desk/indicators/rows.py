"""The query of the indicators."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hub.model import Word


class IndicatorsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without dates: the last thirty days, including today."""

    since: Annotated[date, Meta(description="The first day, in Colombia.")] | None = msgspec.field(
        name="from", default=None
    )
    until: Annotated[date, Meta(description="The last day.")] | None = msgspec.field(name="to", default=None)
    area: Annotated[Word, Meta(description="The `service_area` of the case.")] | None = None
    copropiedad: Word | None = None
