"""The type of JSON values."""

from __future__ import annotations

from typing import Any

Json = Any
"""What `json.loads` returns: Any is honest at this edge."""
