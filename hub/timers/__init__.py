"""TIMERS: what was to happen later happens."""
