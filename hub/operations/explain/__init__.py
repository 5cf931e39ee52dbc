"""Explanations why somebody was notified of an event, or was not."""
