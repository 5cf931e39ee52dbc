"""Matters: what waits for somebody, with its person, its last word, and the time that is left."""
