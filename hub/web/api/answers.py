"""Answers that operations of several sections of the API have: status → schema."""

from __future__ import annotations

from typing import Final

from hub.web.schemas import common
from hub.web.schemas.common import Problem

TOO_LATE: Final = {409: Problem}
CONSTANCIA: Final = {200: common.Archive, 413: Problem}
