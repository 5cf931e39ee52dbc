"""Explanations of whether a person was notified; their sentences are in `hub.operations.explain`."""
