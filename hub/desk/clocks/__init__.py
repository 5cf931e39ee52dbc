"""Clocks: the promises, live ones soonest due first; one in full; taking one on."""
