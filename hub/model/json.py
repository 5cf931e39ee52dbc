"""The type of JSON values, and field types that several schemas share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

Json = Any
"""What `json.loads` returns: Any is honest at this edge."""
Instant = Annotated[datetime, Meta(tz=True)]
"""Written as RFC 3339, with its offset."""
Word = Annotated[str, Meta(max_length=200, pattern="^[^\\x00]*$")]
"""A short text that PostgreSQL can store (no NUL)."""
