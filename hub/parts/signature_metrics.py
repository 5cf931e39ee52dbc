"""Counts of the keys of HUB_SECRET that are still in use: an operator sees when to remove an old one."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

from hub.access.keyring import Purpose

METRIC: Final = "hub_signature_verified_total"

_VERIFIED: Final = Counter(METRIC, "signatures of the hub's own that came back, by key", ["purpose", "key"])


def count(purpose: Purpose, key: str) -> None:
    """Count one verification."""
    _VERIFIED.labels(purpose=purpose, key=key).inc()
