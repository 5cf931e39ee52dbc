"""The residents' page: how long its links, codes and sessions last, and how often they may be asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy


class ResidentPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A link in a message lasts for `link_lifetime`. A code lasts for `code_lifetime` and takes `code_tries`; a
    person gets `codes_a_day` at most. A session ends after `session`, even in use.
    """

    link_lifetime: Parsed[timedelta]
    code_lifetime: Parsed[timedelta]
    code_tries: Annotated[int, Meta(ge=1, le=10)]
    codes_a_day: Annotated[int, Meta(ge=1, le=50)]
    session: Parsed[timedelta]

    def __post_init__(self) -> None:
        if min(self.link_lifetime, self.code_lifetime, self.session) <= timedelta(0):
            raise InvalidPolicy("the times of residents are longer than nothing")
