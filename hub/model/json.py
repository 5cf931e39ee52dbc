"""What JSON is, here."""

from __future__ import annotations

from typing import Any

Json = Any
"""What `json.loads` returns: Any is honest at this edge."""
