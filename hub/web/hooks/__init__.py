"""Routes that providers and signed links call."""
