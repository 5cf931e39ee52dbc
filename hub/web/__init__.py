"""The hub over HTTP: the API, the live page, health and metrics."""

from hub.web.application import build, build_metrics

__all__ = ["build", "build_metrics"]
