"""The query of the list of clocks, and the body with which one is taken on."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from hub.model import ClockState, Word
from hub.model.pages import Cursor, Limit


class ClocksQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: ClockState | None = None
    name: Annotated[Word, Meta(description="The promise: `first_reply`.")] | None = None
    area: Annotated[Word, Meta(description="Of this area (`service_area`).")] | None = None
    copropiedad: Annotated[Word, Meta(description="Of this copropiedad.")] | None = None
    level: Annotated[int, Meta(ge=1, le=4, description="With this level now.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50

    @property
    def is_narrowed(self) -> bool:
        """Whether it selects by a field that the boards in Redis do not have."""
        return any(asked is not None for asked in (self.name, self.area, self.copropiedad, self.level))


class AcknowledgeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    note: Annotated[
        str, Meta(max_length=500, description="Words for those who read the case; empty: none.")
    ] = ""
